import { apiInfo } from "./api-info";
import { type EventContract, eventContracts } from "./events";
import type { JsonSchema } from "./json-schema";
import type { RestOperation } from "./rest-operation";
import { restOperations } from "./rest-operations";
import { type StateMachineContract, stateMachines } from "./stream-lifecycle-orchestrator";

/** An OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0). */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly [member: string]: unknown };
  readonly paths: { readonly [path: string]: { readonly [method: string]: JsonSchema } };
  readonly [member: string]: unknown;
}

/**
 * Describes the HTTP API, and in two extensions its events and the state machine of the specification.
 *
 * @returns a document of its own at each call: `paths` with each operation under its path and lower-case method,
 * `x-guidogerb-events` and `x-guidogerb-stateMachines`.
 */
export function buildOpenApiDocument(): OpenApiDocument {
  return structuredClone({
    openapi: "3.1.0",
    info: {
      title: "GuidoGerb Stream Orchestration API",
      version: apiInfo.version,
      description:
        "Provisions live streams, takes their status updates, reads and ends them, and tells whether it is able to.",
      license: { ...apiInfo.license, identifier: "Apache-2.0" },
    },
    servers: [{ url: "/", description: "The `apiUrl` of a deployment." }],
    paths: buildPaths(restOperations),
    components: {
      securitySchemes: {
        iam: {
          type: "apiKey",
          name: "Authorization",
          in: "header",
          description: "AWS Signature Version 4 for `execute-api`, the default.",
        },
        jwt: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "Where `auth.jwt` is configured.",
        },
      },
    },
    "x-guidogerb-events": eventContracts.map(describeEvent),
    "x-guidogerb-stateMachines": stateMachines.map(describeStateMachine),
  } satisfies OpenApiDocument);
}

/** @returns the operations under their paths and lower-case methods. */
export function buildPaths(operations: readonly RestOperation[]): OpenApiDocument["paths"] {
  const paths: { [path: string]: { [method: string]: JsonSchema } } = {};
  for (const operation of operations) {
    const method = operation.method.toLowerCase();
    paths[operation.path] = { ...paths[operation.path], [method]: describeOperation(operation) };
  }
  return paths;
}

function describeOperation(operation: RestOperation): JsonSchema {
  return {
    operationId: operation.name,
    summary: operation.name,
    description: operation.description,
    security: operation.isOpen ? [] : [{ iam: [] }, { jwt: [] }],
    ...describeParameters(operation),
    ...(operation.requestSchema && {
      requestBody: { required: true, content: json(operation.requestSchema) },
    }),
    responses: Object.fromEntries(
      Object.values(operation.responses).map(({ statusCode, description, schema }) => [
        String(statusCode),
        { description, content: json(schema) },
      ]),
    ),
  };
}

function describeParameters({ parameterSchemas = {}, querySchemas = {} }: RestOperation) {
  const parameters = [
    ...Object.entries(parameterSchemas).map(([name, schema]) => ({
      name,
      in: "path",
      required: true,
      schema,
    })),
    ...Object.entries(querySchemas).map(([name, schema]) => ({ name, in: "query", schema })),
  ];
  return parameters.length > 0 ? { parameters } : {};
}

function json(schema: JsonSchema) {
  return { "application/json": { schema } };
}

function describeEvent(event: EventContract) {
  const { name, source, detailType, description, detailSchema, example } = event;
  return { name, source, detailType, description, detailSchema, example };
}

function describeStateMachine(machine: StateMachineContract) {
  const { name, description, inputSchema, emitsEvents, states } = machine;
  return {
    name,
    description,
    inputSchema,
    emits: emitsEvents,
    states: states.map(({ emitsEvents: emits, ...state }) => ({ ...state, ...(emits && { emits }) })),
  };
}
