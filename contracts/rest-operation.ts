import * as v from "valibot";
import { type JsonSchema, toJsonSchema } from "./json-schema";
import { type OperationName, type PathParameterName, type Route, routes } from "./routes";
import { streamIdSchema } from "./stream";

/** One answer of an operation. */
export interface RestResponse {
  readonly statusCode: number;
  readonly description: string;
  /** The JSON Schema of the body. */
  readonly schema: JsonSchema;
}

/** What an operation's route does not say: what it is for, what it takes and what it answers. */
interface OperationDescription {
  readonly description: string;
  /** The JSON Schema of the request body; absent for an operation without one. */
  readonly requestSchema?: JsonSchema;
  /** The JSON Schema of each query parameter, by name. All are optional. */
  readonly querySchemas?: { readonly [name: string]: JsonSchema };
  /** The answers by status code. */
  readonly responses: { readonly [statusCode: number]: RestResponse };
}

/** The JSON Schema of each parameter of a path; absent for a path without one. */
type ParameterSchemas<TPath extends string> = [PathParameterName<TPath>] extends [never]
  ? { readonly parameterSchemas?: undefined }
  : { readonly parameterSchemas: { readonly [name in PathParameterName<TPath>]: JsonSchema } };

/** One operation of the HTTP API. */
export interface RestOperation extends Route, OperationDescription {
  readonly name: string;
  /** The JSON Schema of each path parameter, by name. */
  readonly parameterSchemas?: { readonly [name: string]: JsonSchema } | undefined;
}

/**
 * Makes an operation from its route and its description. A call at the top of a module is marked `@__PURE__`, so that a
 * Lambda's bundle drops what it does not use.
 */
export function defineOperation<
  TName extends OperationName,
  const TDescription extends OperationDescription & ParameterSchemas<(typeof routes)[TName]["path"]>,
>(name: TName, description: TDescription) {
  return { name, ...routes[name], ...description };
}

/** The body of every refusal: what is wrong in one sentence, then each problem. */
export const refusalSchema = v.object({
  message: v.string(),
  issues: v.array(v.string()),
});

export type Refusal = v.InferOutput<typeof refusalSchema>;

/** Makes an operation's answer from the schema of its body. */
export function response(statusCode: number, description: string, schema: v.GenericSchema): RestResponse {
  return { statusCode, description, schema: toJsonSchema(schema) };
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

/** Describes an operation without a body on the stream that its path names, given its answer for a stream that there is. */
export function describeStreamOperation(description: string, answer: RestResponse) {
  return {
    description,
    parameterSchemas: { streamId: toJsonSchema(streamIdSchema) },
    responses: { [answer.statusCode]: answer, 400: validationFailed, 404: notFound },
  };
}
