import type { CachePolicy, Selection } from "./cache-policies";
import { type Pair, type ViewerRequest, writePairs, writeQuery } from "./exchange";

/** The part of a request that is in the key of its object. CloudFront sends it to the origin as well. */
export interface KeyedParts {
  readonly query: readonly Pair[];
  readonly headers: { readonly [name: string]: string };
  readonly cookies: readonly Pair[];
}

/** @param request as the viewer-request function left it. */
export function keyedParts(request: ViewerRequest, policy: CachePolicy): KeyedParts {
  const headers: Record<string, string> = {};
  for (const name of policy.headers) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  const encodings = acceptedEncodings(request.headers["accept-encoding"] ?? "", policy.encodings);
  if (encodings !== "") headers["accept-encoding"] = encodings;
  return {
    query: select(request.query, policy.queryStrings),
    headers,
    cookies: select(request.cookies, policy.cookies),
  };
}

/**
 * The key of a request's object: the distribution, the path after the viewer-request function, and what the cache policy names. Source:
 * CloudFront developer guide, "Understand the cache key". No source of AWS counts the behaviour or the origin among its parts, so two
 * behaviours whose keys are equal share an object.
 *
 * @param domain of the distribution. A `Host` that the viewer sends counts only where the policy names it.
 */
export function cacheKey(domain: string, path: string, { query, headers, cookies }: KeyedParts): string {
  const named = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([domain, `${path}${writeQuery(query)}`, named, writePairs(cookies, "; ")]);
}

function select(pairs: readonly Pair[], { behavior, names }: Selection): readonly Pair[] {
  switch (behavior) {
    case "none":
      return [];
    case "all":
      return pairs;
    case "whitelist":
      return pairs.filter(([name]) => names.includes(name));
    case "allExcept":
      return pairs.filter(([name]) => !names.includes(name));
  }
}

/** Of `gzip, deflate, br` only what the policy names is left. Source: CloudFront developer guide, "Compressed objects and cache policies". */
function acceptedEncodings(header: string, enabled: readonly string[]): string {
  const accepted = header
    .split(",")
    .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
    .map((part) => part.split(";")[0]?.trim().toLowerCase());
  return enabled.filter((encoding) => accepted.includes(encoding)).join(",");
}
