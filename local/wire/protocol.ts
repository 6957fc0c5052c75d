import type { IncomingHttpHeaders } from "node:http";
import type { JsonObject } from "../json";
import type { AwsError } from "../services/service";

/** An HTTP request, its body read. */
export interface WireRequest {
  method: string;
  /** Percent-decoding is left to who reads it. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An HTTP response. */
export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A request whose protocol was recognized: what it asks for, and how its answer is written. */
export interface WireCall {
  action: string;
  /** @throws {AwsError} `SerializationException` and the like when the body is not what the protocol says. */
  readInput(): JsonObject | Promise<JsonObject>;
  writeResult(result: JsonObject, requestId: string): WireResponse;
  writeError(error: AwsError, requestId: string): WireResponse;
}

/** Recognizes the requests of one protocol; others are not its business. */
export type Protocol = (request: WireRequest) => WireCall | undefined;
