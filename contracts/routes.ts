/** One route of the HTTP API. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** A segment in braces, such as `{streamId}` in `/streams/{streamId}`, is a parameter. */
  readonly path: `/${string}`;
  /** Whether anybody may call it, without credentials. */
  readonly isOpen: boolean;
  /** What a caller has to be allowed besides what all others need: with JWT, a scope of the token. */
  readonly access?: "ingest";
  /** Whether a request may be sent again where its answer was lost. GET, PUT and DELETE always may. @default false */
  readonly isIdempotent?: boolean;
}

/**
 * Every route of the HTTP API by the name of its operation, in the specification's order. The handlers, the component's
 * routes and policies, and the OpenAPI document are all made from this table.
 *
 * It holds no schema, so that a Lambda's bundle can have it without the schemas of all operations.
 */
export const routes = {
  // Load balancers ask for the health without credentials.
  GetHealthStatus: { method: "GET", path: "/health", isOpen: true },
  // The execution is named after the stream and its attempt: the same request again is answered from the same execution.
  CreateStreamWorkflow: { method: "POST", path: "/streams", isOpen: false, isIdempotent: true },
  UpdateStreamStatus: { method: "PUT", path: "/streams", isOpen: false },
  ListStreams: { method: "GET", path: "/streams", isOpen: false },
  EndStream: { method: "DELETE", path: "/streams/{streamId}", isOpen: false },
  GetStream: { method: "GET", path: "/streams/{streamId}", isOpen: false },
  ListStreamAttempts: { method: "GET", path: "/streams/{streamId}/attempts", isOpen: false },
  // Not below /streams: the asterisk of an IAM policy that allows GET/streams/* stands for slashes, too.
  GetIngest: { method: "GET", path: "/ingest/{streamId}", isOpen: false, access: "ingest" },
} as const satisfies { readonly [operation: string]: Route };

/** @returns whether a request may be sent again where its answer was lost. */
export function isIdempotent({ method, isIdempotent = false }: Route): boolean {
  return isIdempotent || method === "GET" || method === "PUT" || method === "DELETE";
}

/** The name of an operation. */
export type OperationName = keyof typeof routes;

/** The names of all operations, in the table's order. */
export const operationNames = /* @__PURE__ */ Object.keys(routes) as OperationName[];

/** The names of a path's parameters: `"streamId"` for `/streams/{streamId}`, never for `/streams`. */
export type PathParameterName<TPath extends string> = TPath extends `${string}{${infer TName}}${infer TRest}`
  ? TName | PathParameterName<TRest>
  : never;

/** The values of a path's parameters, by name. */
export type PathParameters<TPath extends string> = { readonly [name in PathParameterName<TPath>]: string };
