import { isJsonObject, type Json, type JsonObject } from "../json";
import { type Graph, resourcesOfType } from "../record/graph";
import { textsOf } from "./distribution-config";

/** Which of a request's query strings, or cookies, a policy takes. */
export interface Selection {
  readonly behavior: "none" | "all" | "whitelist" | "allExcept";
  readonly names: readonly string[];
}

/** What stands in the key of a cached object, and for how long it is kept. */
export interface CachePolicy {
  /** Lower-case names. */
  readonly headers: readonly string[];
  readonly queryStrings: Selection;
  readonly cookies: Selection;
  /** Encodings whose support by the viewer is part of the key. */
  readonly encodings: readonly ("br" | "gzip")[];
  /** All in seconds. */
  readonly minTtl: number;
  readonly defaultTtl: number;
  readonly maxTtl: number;
}

const nothing: Selection = { behavior: "none", names: [] };
const day = 86_400;
const year = 31_536_000;

/** AWS's managed policies that this project meets. Source: CloudFront developer guide, "Use managed cache policies". */
const managed: { readonly [id: string]: CachePolicy } = {
  // CachingDisabled
  "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": {
    ...{ headers: [], queryStrings: nothing, cookies: nothing, encodings: [] },
    ...{ minTtl: 0, defaultTtl: 0, maxTtl: 0 },
  },
  // CachingOptimized
  "658327ea-f89d-4fab-a63d-7e88639e58f6": {
    ...{ headers: [], queryStrings: nothing, cookies: nothing, encodings: ["br", "gzip"] },
    ...{ minTtl: 1, defaultTtl: day, maxTtl: year },
  },
  // Elemental-MediaPackage
  "08627262-05a9-4f76-9ded-b50ca2e3a84f": {
    headers: ["origin"],
    queryStrings: { behavior: "whitelist", names: ["aws.manifestfilter", "start", "end", "m"] },
    ...{ cookies: nothing, encodings: ["gzip"] },
    ...{ minTtl: 0, defaultTtl: day, maxTtl: year },
  },
};

/** The cache policies of a program and the managed ones. */
export class CachePolicies {
  private readonly recorded: ReadonlyMap<string, CachePolicy>;

  constructor(graph: Graph) {
    const resources = resourcesOfType(graph, "aws:cloudfront/cachePolicy:CachePolicy");
    this.recorded = new Map(resources.map(({ id, inputs }) => [id, readPolicy(inputs)]));
  }

  /** @returns the policy of a behaviour; undefined where the local runtime does not know it. */
  of(behavior: JsonObject): CachePolicy | undefined {
    if (isJsonObject(behavior.ForwardedValues))
      return readForwardedValues(behavior, behavior.ForwardedValues);
    const id = String(behavior.CachePolicyId);
    return this.recorded.get(id) ?? managed[id];
  }
}

/** Reads an `aws.cloudfront.CachePolicy`. */
function readPolicy(inputs: JsonObject): CachePolicy {
  const parameters = objectOf(inputs.parametersInCacheKeyAndForwardedToOrigin);
  const headers = objectOf(parameters.headersConfig);
  const queryStrings = objectOf(parameters.queryStringsConfig);
  const cookies = objectOf(parameters.cookiesConfig);
  // The defaults are those of CloudFront's API.
  const minTtl = numberOf(inputs.minTtl, 0);
  const defaultTtl = numberOf(inputs.defaultTtl, Math.max(day, minTtl));
  return {
    headers: headers.headerBehavior === "whitelist" ? lowerCase(namesOf(headers.headers)) : [],
    queryStrings: selectionOf(queryStrings.queryStringBehavior, namesOf(queryStrings.queryStrings)),
    cookies: selectionOf(cookies.cookieBehavior, namesOf(cookies.cookies)),
    encodings: [
      ...(parameters.enableAcceptEncodingBrotli === true ? (["br"] as const) : []),
      ...(parameters.enableAcceptEncodingGzip === true ? (["gzip"] as const) : []),
    ],
    ...{ minTtl, defaultTtl, maxTtl: numberOf(inputs.maxTtl, Math.max(year, defaultTtl)) },
  };
}

/** Reads the settings that a behaviour has instead of a policy. */
function readForwardedValues(behavior: JsonObject, forwarded: JsonObject): CachePolicy {
  const cookies = objectOf(forwarded.Cookies);
  const keys = textsOf(forwarded.QueryStringCacheKeys);
  const all = forwarded.QueryString === true;
  const minTtl = numberOf(behavior.MinTTL, 0);
  const defaultTtl = numberOf(behavior.DefaultTTL, Math.max(day, minTtl));
  return {
    headers: lowerCase(textsOf(forwarded.Headers)),
    queryStrings: !all
      ? nothing
      : keys.length > 0
        ? { behavior: "whitelist", names: keys }
        : { behavior: "all", names: [] },
    cookies: selectionOf(cookies.Forward, textsOf(cookies.WhitelistedNames)),
    encodings: [],
    ...{ minTtl, defaultTtl, maxTtl: numberOf(behavior.MaxTTL, Math.max(year, defaultTtl)) },
  };
}

function selectionOf(behavior: Json | undefined, names: readonly string[]): Selection {
  const known = (["all", "whitelist", "allExcept"] as const).find((one) => one === behavior);
  return known ? { behavior: known, names } : nothing;
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function namesOf(value: Json | undefined): string[] {
  const items = isJsonObject(value) ? value.items : undefined;
  return Array.isArray(items) ? items.map(String) : [];
}

function lowerCase(names: readonly string[]): string[] {
  return names.map((name) => name.toLowerCase());
}

function numberOf(value: Json | undefined, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}
