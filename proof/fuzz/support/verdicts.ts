import { isUtf8 } from "node:buffer";
import { buildOpenApiDocument, largestRequestBytes, restOperations } from "../../../contracts";
import { compileJsonSchema } from "../../../test/support/json-schema";

type Schema = { readonly [keyword: string]: unknown };
interface OperationObject {
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: Schema } } };
  readonly responses: {
    readonly [status: string]: {
      readonly content: { readonly "application/json": { readonly schema: Schema } };
    };
  };
}

type Judge = (value: unknown) => string[];

/** What the OpenAPI document says of one operation, as functions. */
interface Described {
  readonly request: Judge;
  readonly responses: ReadonlyMap<number, Judge>;
}

const { paths } = buildOpenApiDocument();

function describe(path: string, method: string): Described {
  const operation = paths[path]?.[method] as unknown as OperationObject;
  return {
    request: compileJsonSchema(operation.requestBody?.content["application/json"].schema ?? {}),
    responses: new Map(
      Object.entries(operation.responses).map(([status, { content }]) => [
        Number(status),
        compileJsonSchema(content["application/json"].schema),
      ]),
    ),
  };
}

const operations: ReadonlyMap<string, Described> = new Map(
  restOperations.map(({ method, path }) => [`${method} ${path}`, describe(path, method.toLowerCase())]),
);

/** @returns what the document says of the operation that a request is for; undefined where it is for none. */
function find(method: string, path: string): Described | undefined {
  const route = restOperations.find((one) => {
    const pattern = new RegExp(`^${one.path.replace(/\{\w+\}/g, "[^/]+")}$`);
    return one.method === method && isDecodable(path) && pattern.test(decodeURIComponent(path));
  });
  return route && operations.get(`${route.method} ${route.path}`);
}

/** An answer that no operation gives: of a path or method that there is not. */
const elsewhere = compileJsonSchema({
  type: "object",
  properties: { message: { type: "string" } },
  required: ["message"],
  additionalProperties: false,
});

/** @returns what the OpenAPI document has against an answer. */
export function judgeAnswer(
  method: string,
  path: string,
  { status, contentType, body }: { status: number; contentType: string; body: string },
): string[] {
  if (contentType !== "application/json") return [`content-type is ${contentType}`];
  const described = find(method, path);
  const judge = described
    ? described.responses.get(status)
    : status === 404 || status === 405 || (status === 400 && !isDecodable(path))
      ? elsewhere
      : undefined;
  return judge ? judge(JSON.parse(body)) : [`${status} is no answer to ${method} ${path}: ${body}`];
}

/** @returns whether the gateway can decode a path, which it does twice. */
function isDecodable(path: string): boolean {
  try {
    return decodeURIComponent(decodeURIComponent(path)) !== "";
  } catch {
    return false;
  }
}

/** What is to become of a body, by the OpenAPI document and by Unicode. */
export type Verdict = "too large" | "unreadable" | "invalid" | "valid";

/** @returns what the operation has to think of a body. */
export function judgeBody(operation: "POST /streams" | "PUT /streams", body: Buffer): Verdict {
  if (body.length > largestRequestBytes) return "too large";
  const value = isUtf8(body) ? parse(body.toString().replace(/^\ufeff/, "")) : undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "unreadable";
  const issues = operations.get(operation)?.request(value) ?? [];
  // JSON Schema knows no lone surrogates; they cannot be stored as UTF-8.
  return issues.length > 0 || !isWellFormed(value) ? "invalid" : "valid";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Looks at a value that fits a schema, and so is not deep. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isWellFormed(member));
}
