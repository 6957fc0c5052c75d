import type { Exchange } from "../local/http/exchange";
import type { Activity } from "../local/time/activity";

/** What a viewer sends besides the path. */
export interface ViewerInit {
  /** @default "GET" */
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
}

/**
 * Asks the local CDN as a viewer does, without a socket.
 * @param path with its query string, such as `/spring-launch/index.m3u8`. It is sent as it stands: dot segments are not resolved.
 */
export type Viewer = (path: string, init?: ViewerInit) => Promise<Response>;

export function createViewer(playbackUrl: string, exchange: Exchange, activity: Activity): Viewer {
  const { host } = new URL(playbackUrl);
  return async (path, { method = "GET", headers = {} } = {}) => {
    const target = path.startsWith(`${playbackUrl}/`) ? path.slice(playbackUrl.length) : path;
    if (!target.startsWith("/")) {
      throw new TypeError(`A viewer's path begins with '/' or with ${playbackUrl}, received '${path}'.`);
    }
    const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const answer = await activity.during(`${method} ${target}`, () =>
      exchange.send({ method, path: target, headers: { host, ...Object.fromEntries(given) } }),
    );
    const list = Object.entries(answer.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    const body = answer.body.length === 0 ? null : new Uint8Array(answer.body);
    return new Response(body, { status: answer.status, headers: list });
  };
}
