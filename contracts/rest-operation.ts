import * as v from "valibot";
import { type JsonSchema, toJsonSchema } from "./json-schema";
import { type OperationName, type PathParameterName, type Route, routes } from "./routes";
import { streamIdSchema } from "./stream";

/** One answer of an operation. */
export interface RestResponse<TSchema extends v.GenericSchema = v.GenericSchema> {
  readonly statusCode: number;
  readonly description: string;
  /** The JSON Schema of the body. */
  readonly schema: JsonSchema;
  /** The schema that {@link schema} is derived from. */
  readonly bodySchema: TSchema;
}

type QuerySchema = v.ObjectSchema<v.ObjectEntries, undefined>;

/** What an operation's route does not say: what it is for, what it takes and what it answers. */
interface OperationDescription {
  readonly description: string;
  /** The schema of the request body; absent for an operation without one. */
  readonly bodySchema?: v.GenericSchema;
  /** The schema of the query parameters; absent for an operation without any. All are optional. */
  readonly querySchema?: QuerySchema;
  /** The answers by status code. */
  readonly responses: { readonly [statusCode: number]: RestResponse };
}

/** The JSON Schema of each parameter of a path; absent for a path without one. */
type ParameterSchemas<TPath extends string> = [PathParameterName<TPath>] extends [never]
  ? { readonly parameterSchemas?: undefined }
  : { readonly parameterSchemas: { readonly [name in PathParameterName<TPath>]: JsonSchema } };

/** Clients take the members of either in one input. */
type BodyOrQuery = { readonly bodySchema?: undefined } | { readonly querySchema?: undefined };

/** One operation of the HTTP API. */
export interface RestOperation extends Route, OperationDescription {
  readonly name: string;
  /** The JSON Schema of the request body; absent for an operation without one. */
  readonly requestSchema?: JsonSchema | undefined;
  /** The JSON Schema of each query parameter, by name. */
  readonly querySchemas?: { readonly [name: string]: JsonSchema } | undefined;
  /** The JSON Schema of each path parameter, by name. */
  readonly parameterSchemas?: { readonly [name: string]: JsonSchema } | undefined;
}

/**
 * Makes an operation from its route and its description. A call at the top of a module is marked `@__PURE__`, so that a
 * Lambda's bundle drops what it does not use.
 */
export function defineOperation<
  TName extends OperationName,
  const TDescription extends OperationDescription &
    ParameterSchemas<(typeof routes)[TName]["path"]> &
    BodyOrQuery,
>(name: TName, description: TDescription) {
  const { bodySchema, querySchema }: OperationDescription = description;
  const derived = {
    ...(bodySchema && { requestSchema: toJsonSchema(bodySchema) }),
    ...(querySchema && { querySchemas: jsonSchemasOf(querySchema) }),
  } as unknown as DerivedSchemas<TDescription>;
  return { name, ...routes[name], ...description, ...derived };
}

/** The JSON Schemas of an operation that are derived from its description. */
type DerivedSchemas<TDescription> = (TDescription extends { readonly bodySchema: v.GenericSchema }
  ? { readonly requestSchema: JsonSchema }
  : { readonly requestSchema?: undefined }) &
  (TDescription extends { readonly querySchema: QuerySchema }
    ? { readonly querySchemas: { readonly [name: string]: JsonSchema } }
    : { readonly querySchemas?: undefined });

function jsonSchemasOf({ entries }: QuerySchema): { [name: string]: JsonSchema } {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, toJsonSchema(entry)]));
}

/** The body of every refusal: what is wrong in one sentence, then each problem. */
export const refusalSchema = v.object({
  message: v.string(),
  issues: v.array(v.string()),
});

export type Refusal = v.InferOutput<typeof refusalSchema>;

/** Makes an operation's answer from the schema of its body. */
export function response<TSchema extends v.GenericSchema>(
  statusCode: number,
  description: string,
  bodySchema: TSchema,
): RestResponse<TSchema> {
  return { statusCode, description, schema: toJsonSchema(bodySchema), bodySchema };
}

export const validationFailed = /* @__PURE__ */ response(
  400,
  "The request is invalid; `issues` names every problem.",
  refusalSchema,
);
export const notFound = /* @__PURE__ */ response(404, "No stream has this `streamId`.", refusalSchema);
export const conflict = /* @__PURE__ */ response(
  409,
  "The stream is already being provisioned, or live, by a different request.",
  refusalSchema,
);
export const payloadTooLarge = /* @__PURE__ */ response(413, "The request body is too large.", refusalSchema);

/** Describes an operation without a body on the stream that its path names, given its answer 200. */
export function describeStreamOperation<TSchema extends v.GenericSchema>(
  description: string,
  answer: RestResponse<TSchema>,
) {
  return {
    description,
    parameterSchemas: { streamId: toJsonSchema(streamIdSchema) },
    responses: { 200: answer, 400: validationFailed, 404: notFound },
  };
}
