import type { Connection } from "./connection";

/** A request that was refused, or got no answer. */
export class ApiError extends Error {
  constructor(
    /** 0 where there was no answer. */
    readonly status: number,
    message: string,
    /** Every problem of the request, one each. */
    readonly issues: readonly string[] = [],
  ) {
    super(message);
  }
}

/** Calls a route of the HTTP API. @throws {ApiError} for every answer that is no success. */
export async function callApi<T>(
  { apiUrl, credentials }: Connection,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const url = new URL(`${apiUrl}${path}`, location.href);
  const text = body === undefined ? "" : JSON.stringify(body);
  const headers = await credentials({ method, url, body: text });
  return send(url, method, text, headers);
}

/** Calls the local runtime's own interface. @throws {ApiError} */
export function callLocal<T>(method: string, path: string, body?: unknown): Promise<T> {
  return send(
    new URL(`_console/${path}`, location.href),
    method,
    body === undefined ? "" : JSON.stringify(body),
    {},
  );
}

async function send<T>(
  url: URL,
  method: string,
  body: string,
  headers: { readonly [name: string]: string },
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: { ...(body !== "" && { "content-type": "application/json" }), ...headers },
      ...(body !== "" && { body }),
      credentials: "omit",
      redirect: "error",
    });
  } catch {
    throw new ApiError(
      0,
      `${url.host} does not answer. Check the address, and that the API allows this page's origin (cors.allowOrigins).`,
    );
  }
  const answer = (await response.json().catch(() => ({}))) as { message?: string; issues?: string[] };
  if (response.ok) return answer as T;
  throw new ApiError(response.status, answer.message ?? wordsOf(response.status), answer.issues ?? []);
}

function wordsOf(status: number): string {
  return status === 401 || status === 403
    ? "The API does not accept these credentials."
    : `The API answered ${status}.`;
}
