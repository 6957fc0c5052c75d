/** A typed client of the HTTP API, for Node.js, browsers and Lambda functions. Its operations are those of the contracts. */
export type { AwsCredentials } from "../contracts/sign-request";
export { StreamApiError, type StreamApiErrorCode, type StreamApiErrorDetails } from "./error";
export type { CallOptions, Input, OperationMethods, Output } from "./operations";
export type { StreamFilter } from "./pages";
export type { Provider, StreamClientOptions } from "./settings";
export { createStreamClient, type StreamClient } from "./stream-client";
