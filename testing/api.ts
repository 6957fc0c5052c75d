import type { Exchange } from "../local/http/exchange";
import type { Activity } from "../local/time/activity";

/** What `fetch` takes, and JSON. */
export interface ApiRequest extends RequestInit {
  /** A body that is sent as JSON. With one, the method is POST unless it is given. */
  readonly json?: unknown;
}

/**
 * Calls a route of the program's HTTP API as `fetch` does, without a socket.
 * @param path from the root, such as `/streams`; or a URL that begins with `local.apiUrl`.
 */
export type LocalApi = (path: string, request?: ApiRequest) => Promise<Response>;

/** Statuses with which a Response may have no body. */
const withoutBody = [101, 204, 205, 304];

export function createApi(apiUrl: string, exchange: Exchange, activity: Activity): LocalApi {
  return async (path, { json, ...init } = {}) => {
    const url = new URL(path, apiUrl);
    if (url.origin !== apiUrl) {
      throw new TypeError(
        `local.api calls the routes at ${apiUrl}, received '${path}'. Use fetch for anything else.`,
      );
    }
    const request = new Request(url, {
      ...(json !== undefined && { method: "POST", body: JSON.stringify(json) }),
      ...init,
    });
    if (json !== undefined && !new Headers(init.headers).has("content-type")) {
      request.headers.set("content-type", "application/json");
    }
    // Reading a body hops from turn to turn before the request is on its way.
    const body = await activity.during(`the body for ${path}`, () => request.arrayBuffer());
    const {
      status,
      headers,
      body: answer,
    } = await exchange.send({
      method: request.method,
      path: `${url.pathname}${url.search}`,
      headers: { host: url.host, ...Object.fromEntries(request.headers), ...contentLength(body) },
      body: new Uint8Array(body),
    });
    const list = Object.entries(headers).flatMap(([name, values]): [string, string][] =>
      [values ?? []].flat().map((value) => [name, String(value)]),
    );
    return new Response(withoutBody.includes(status) ? null : new Uint8Array(answer), {
      status,
      headers: list,
    });
  };
}

function contentLength({ byteLength }: ArrayBuffer): { "content-length"?: string } {
  return byteLength > 0 ? { "content-length": String(byteLength) } : {};
}
