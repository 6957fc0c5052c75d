import { buildAsyncApiDocument, buildOpenApiDocument, type JsonSchema } from "../../contracts";
import { compareSchemas } from "./compare-schemas";

/** What a release promises to callers of the API and to readers of events. */
export interface Contract {
  /** The package's version. */
  readonly version: string;
  /** Those of the OpenAPI document. */
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  /** The events by name: their whole payload, and whether a deployment puts them on the bus, takes them from it, or both. */
  readonly events: { readonly [name: string]: Event };
}

interface Operation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: { readonly [status: string]: { readonly content: Content } };
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

type Content = { readonly "application/json": { readonly schema: JsonSchema } };

interface Event {
  readonly isSent: boolean;
  readonly isReceived: boolean;
  readonly payload: JsonSchema;
}

/** @returns the contract as the sources have it. */
export function currentContract(version: string): Contract {
  const { paths } = buildOpenApiDocument();
  const { operations, components } = buildAsyncApiDocument();
  const { messages } = components as { messages: { [name: string]: { payload: JsonSchema } } };
  const events = Object.entries(messages).map(([name, { payload }]) => {
    const event: Event = {
      isSent: `send${name}` in operations,
      isReceived: `receive${name}` in operations,
      payload,
    };
    return [name, event];
  });
  return { version, paths: paths as unknown as Contract["paths"], events: Object.fromEntries(events) };
}

/** @returns a sentence for each change that breaks callers of the API or readers of events; none where nothing breaks. */
export function breakingChanges(before: Contract, after: Contract): string[] {
  const changes: string[] = [];
  for (const [path, methods] of Object.entries(before.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const next = after.paths[path]?.[method];
      if (next) changes.push(...compareOperations(operation, next));
      else changes.push(`${method.toUpperCase()} ${path} was removed.`);
    }
  }
  for (const [name, event] of Object.entries(before.events)) {
    const next = after.events[name];
    if (!next) changes.push(`The event ${name} was removed.`);
    else changes.push(...compareEvents(name, event, next));
  }
  return changes;
}

/** Semantic Versioning: below 1.0.0, the second number says that something breaks. */
export function mayBreak(before: string, after: string): boolean {
  const [old = [], now = []] = [before, after].map((version) => version.split(".").map(Number));
  const [major = 0, minor = 0] = old;
  const [nextMajor = 0, nextMinor = 0] = now;
  return nextMajor > major || (major === 0 && nextMajor === 0 && nextMinor > minor);
}

function compareOperations(before: Operation, after: Operation): string[] {
  const name = before.operationId;
  const changes: string[] = [];
  if (after.operationId !== name)
    changes.push(`${name} is called ${after.operationId} now, and so is its method of the client.`);
  if (before.security.length === 0 && after.security.length > 0)
    changes.push(`${name} asks for credentials now.`);
  changes.push(...compareParameters(name, before.parameters ?? [], after.parameters ?? []));
  const [body, nextBody] = [before, after].map(({ requestBody }) => requestBody && schemaOf(requestBody));
  if (!body && nextBody) changes.push(`${name} asks for a body now.`);
  else if (body && !nextBody) changes.push(`${name} no longer takes a body.`);
  else if (body && nextBody) changes.push(...compareSchemas(body, nextBody, "request", `${name}: body`));
  return [...changes, ...compareResponses(name, before.responses, after.responses)];
}

function compareParameters(
  name: string,
  before: readonly Parameter[],
  after: readonly Parameter[],
): string[] {
  const find = (list: readonly Parameter[], wanted: Parameter) =>
    list.find((one) => one.name === wanted.name && one.in === wanted.in);
  const removed = before.flatMap((parameter) => {
    const next = find(after, parameter);
    const where = `${name}: parameter ${parameter.name}`;
    if (!next) return [`${where} was removed.`];
    const required = next.required && !parameter.required ? [`${where} is required now.`] : [];
    return [...required, ...compareSchemas(parameter.schema, next.schema, "request", where)];
  });
  const added = after.filter((parameter) => parameter.required && !find(before, parameter));
  return [...removed, ...added.map((parameter) => `${name}: parameter ${parameter.name} is required now.`)];
}

type Responses = Operation["responses"];

/** Removing an error status breaks no caller. A new success status does, since callers do not know it. */
function compareResponses(name: string, before: Responses, after: Responses): string[] {
  const isSuccess = (status: string) => status.startsWith("2");
  const changes = Object.entries(before).flatMap(([status, response]) => {
    const next = after[status];
    if (!next) return isSuccess(status) ? [`${name}: the answer ${status} was removed.`] : [];
    return compareSchemas(schemaOf(response), schemaOf(next), "answer", `${name}: ${status}`);
  });
  const added = Object.keys(after).filter((status) => isSuccess(status) && !(status in before));
  return [
    ...changes,
    ...added.map((status) => `${name}: the answer ${status} is one that callers do not know.`),
  ];
}

function schemaOf({ content }: { readonly content: Content }): JsonSchema {
  return content["application/json"].schema;
}

function compareEvents(name: string, before: Event, after: Event): string[] {
  const changes: string[] = [];
  if (before.isSent && !after.isSent) changes.push(`The event ${name} is no longer sent.`);
  if (before.isReceived && !after.isReceived)
    changes.push(`The event ${name} is no longer taken from other programs.`);
  if (before.isSent) changes.push(...compareSchemas(before.payload, after.payload, "answer", name));
  if (before.isReceived) {
    const known = new Set(changes);
    const received = compareSchemas(before.payload, after.payload, "request", name);
    changes.push(...received.filter((change) => !known.has(change)));
  }
  return changes;
}
