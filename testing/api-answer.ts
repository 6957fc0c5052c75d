import { isJsonObject, type Json, type JsonObject } from "../local/json";

/** An answer of the HTTP API, read to its end. */
export interface ApiAnswer {
  /** The HTTP status. */
  readonly status: number;
  readonly headers: Headers;
  /** The body's JSON object; empty where the answer has none. A refusal says why in `message` and `issues`. */
  readonly body: JsonObject & { readonly message?: string; readonly issues?: string[] };
}

/** Reads an answer. */
export async function readAnswer(response: Response): Promise<ApiAnswer> {
  const text = await response.text();
  const body = text === "" ? {} : (JSON.parse(text) as Json);
  return { status: response.status, headers: response.headers, body: isJsonObject(body) ? body : {} };
}
