import type { Route } from "../../contracts";

type Routes = { readonly [operation: string]: Route };

/** Every method that a browser may send and an HTTP API may have a route for, but OPTIONS. */
const methods = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"];

/**
 * API Gateway answers 404 for a method without a route. The contract wants 405 with `Allow`, which the handler of the
 * path's last operation gives.
 *
 * @returns the keys of the routes that lead to an operation's function: its own, and for the last operation of a path
 * the path's other methods.
 */
export function routeKeysOf(routes: Routes, operation: string, hasCors: boolean): string[] {
  const own = routes[operation];
  if (!own) return [];
  const samePath = Object.entries(routes).filter(([, { path }]) => path === own.path);
  const ownKey = `${own.method} ${own.path}`;
  if (samePath.at(-1)?.[0] !== operation) return [ownKey];
  if (!hasCors) return [ownKey, `ANY ${own.path}`];
  // ANY would take the browsers' preflights too, which carry no credentials. Where no route takes OPTIONS, API Gateway
  // answers them by itself.
  const served: readonly string[] = samePath.map(([, { method }]) => method);
  const others = methods.filter((method) => !served.includes(method));
  return [ownKey, ...others.map((method) => `${method} ${own.path}`)];
}

/** @returns a route key as a part of a resource's name: `GET-streams-streamId` for `GET /streams/{streamId}`. */
export function routeName(routeKey: string): string {
  return routeKey.replace(" /", "-").replaceAll("/", "-").replace(/[{}]/g, "");
}

/**
 * @returns what follows the stage in the ARN of `execute-api:Invoke`, which has the path of the request: any value for
 * each parameter, `GET/streams/*` for `GET /streams/{streamId}`.
 */
export function invokeResource({ method, path }: Route): string {
  return `${method}${path.replace(/\{[^}]+\}/g, "*")}`;
}

/** @returns each method of a table once. */
export function methodsOf(routes: Routes): string[] {
  return [...new Set(Object.values(routes).map(({ method }) => method))];
}
