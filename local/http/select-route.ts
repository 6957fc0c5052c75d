/** The path of a request, as API Gateway reads it. */
export interface RequestPath {
  /** The path that chooses the route: decoded once. */
  readonly routed: string;
  /** The path that the function gets: decoded twice. */
  readonly decoded: string;
}

export interface Selection<TRoute> {
  readonly route: TRoute;
  /** By name; undefined for a route whose path has none. */
  readonly pathParameters: { readonly [name: string]: string } | undefined;
}

/**
 * Reads a request's path. HTTP APIs decode it twice: before they choose a route, where an encoded slash separates and
 * an encoded question mark ends the path, and again for the function, which gets `/a/b` for `/a%252Fb`. AWS documents
 * only that it decodes; the rest was observed on AWS (github.com/hotsock/voker, `vokerhttp/testdata/ingress-paths.json`).
 *
 * @returns undefined for a path that cannot be decoded, which HTTP APIs answer with 400.
 */
export function readPath(path: string): RequestPath | undefined {
  try {
    const [routed = ""] = decodeURIComponent(path).split("?");
    return { routed, decoded: decodeURIComponent(routed) };
  } catch {
    return undefined;
  }
}

/**
 * Reads the keys of an HTTP API's routes.
 *
 * @returns a function that chooses a request's route by method and routed path. A full match comes before a greedy one,
 * and `$default` comes last: so AWS documents it. Among several full or greedy matches, compared from the left, a plain
 * segment comes before a parameter; with equal paths, the request's own method comes before `ANY`.
 * @throws {Error} for a key that API Gateway does not take.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function routeSelector<TRoute extends { readonly routeKey: string }>(routes: readonly TRoute[]) {
  const keyed = routes
    .filter(({ routeKey }) => routeKey !== "$default")
    .map((route) => ({ route, key: parseRouteKey(route.routeKey) }))
    .sort((left, right) => compare(rank(left.key), rank(right.key)));
  const fallback = routes.find(({ routeKey }) => routeKey === "$default");

  return (method: string, path: string): Selection<TRoute> | undefined => {
    const segments = path.split("/").slice(1);
    for (const { route, key } of keyed) {
      const fits = key.method === "ANY" || key.method === method;
      const found = fits && matchSegments(key.segments, segments);
      if (found) return { route, pathParameters: Object.keys(found).length > 0 ? found : undefined };
    }
    return fallback && { route: fallback, pathParameters: undefined };
  };
}

interface Segment {
  readonly kind: "plain" | "parameter" | "greedy";
  /** The text of a plain segment, the name of a parameter. */
  readonly text: string;
}

interface RouteKey {
  readonly method: string;
  readonly segments: readonly Segment[];
}

function parseRouteKey(routeKey: string): RouteKey {
  const [, method, path] = /^([A-Z]+) \/(.*)$/.exec(routeKey) ?? [];
  const segments = path?.split("/").map(parseSegment) ?? [];
  const isGreedyLast = segments.slice(0, -1).every((segment) => segment?.kind !== "greedy");
  if (method === undefined || !isGreedyLast || !segments.every((segment) => segment !== undefined)) {
    throw new Error(
      `API Gateway does not take the route key '${routeKey}'. It must be $default, or a method and a path in which a parameter is a whole segment, such as 'GET /pets/{id}', and a greedy one the last, such as 'ANY /{proxy+}'.`,
    );
  }
  return { method, segments };
}

function parseSegment(text: string): Segment | undefined {
  const [, name, plus] = /^\{([^{}+]+)(\+?)\}$/.exec(text) ?? [];
  if (name !== undefined) return { kind: plus ? "greedy" : "parameter", text: name };
  return /[{}]/.test(text) ? undefined : { kind: "plain", text };
}

const ranks = { plain: 0, parameter: 1, greedy: 2 };

/** What makes one key more specific than another: the smaller the numbers, from the left, the more. */
function rank({ method, segments }: RouteKey): number[] {
  const isGreedy = segments.some(({ kind }) => kind === "greedy");
  return [Number(isGreedy), ...segments.map(({ kind }) => ranks[kind]), Number(method === "ANY")];
}

function compare(left: readonly number[], right: readonly number[]): number {
  const at = left.findIndex((number, index) => number !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

function matchSegments(
  expected: readonly Segment[],
  received: readonly string[],
): { [name: string]: string } | undefined {
  const isGreedy = expected.at(-1)?.kind === "greedy";
  if (isGreedy ? received.length < expected.length : received.length !== expected.length) return undefined;
  const parameters: { [name: string]: string } = {};
  for (const [index, { kind, text }] of expected.entries()) {
    const value = kind === "greedy" ? received.slice(index).join("/") : (received[index] ?? "");
    if (kind === "plain") {
      if (value !== text) return undefined;
    } else if (value === "") {
      return undefined;
    } else {
      parameters[text] = decodeURIComponent(value);
    }
  }
  return parameters;
}
