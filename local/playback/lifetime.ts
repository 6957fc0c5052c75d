import { isJsonObject, type Json, type JsonObject } from "../json";
import type { CachePolicy } from "./cache-policies";
import { itemsOf } from "./distribution-config";
import type { Answer } from "./exchange";

/** Errors that CloudFront keeps whatever their headers say. Source: CloudFront developer guide, "HTTP status codes that CloudFront caches". */
const alwaysKept = [404, 410, 414, 500, 501, 502, 503, 504];
/** Errors that it keeps where the origin says for how long. Source: the same. */
const keptOnRequest = [400, 403, 405, 412, 415];
/** Errors whose origin may forbid keeping them. Source: CloudFront developer guide, "Control how long CloudFront caches errors". */
const forbiddable = [404, 410, 414, 501];
/** Source: the same. */
const defaultErrorSeconds = 10;

/**
 * How long CloudFront keeps an origin's answer.
 *
 * @param config the distribution's, whose custom error responses say how long errors are kept.
 * @returns seconds; 0 where it keeps nothing.
 */
export function lifetime(
  { status, headers }: Answer,
  policy: CachePolicy,
  config: JsonObject,
  now: number,
): number {
  const asked = readCacheHeaders(headers, now);
  if (status >= 400) return errorLifetime(status, asked, policy, config);
  if (status !== 200 && status !== 203 && status !== 204 && !(status >= 300 && status < 400)) return 0;
  // Source: CloudFront developer guide, "Manage how long content stays in the cache (expiration)".
  if (asked === "forbidden") return policy.minTtl;
  if (asked === undefined) return Math.max(policy.minTtl, policy.defaultTtl);
  return Math.max(policy.minTtl, Math.min(asked, policy.maxTtl));
}

function errorLifetime(
  status: number,
  asked: number | "forbidden" | undefined,
  { maxTtl }: CachePolicy,
  config: JsonObject,
): number {
  if (asked === "forbidden" && forbiddable.includes(status)) return 0;
  const seconds = typeof asked === "number" ? Math.min(asked, maxTtl) : undefined;
  if (alwaysKept.includes(status)) return Math.max(seconds ?? 0, errorMinTtl(status, config));
  if (keptOnRequest.includes(status) && seconds !== undefined) {
    return Math.max(seconds, errorMinTtl(status, config));
  }
  return 0;
}

function errorMinTtl(status: number, config: JsonObject): number {
  const custom = itemsOf(config.CustomErrorResponses).find(({ ErrorCode }) => ErrorCode === status);
  return numberOf(custom?.ErrorCachingMinTTL) ?? defaultErrorSeconds;
}

/** @returns the seconds that the origin asks for; `forbidden` where it asks to keep nothing; undefined where it does not say. */
function readCacheHeaders(headers: Answer["headers"], now: number): number | "forbidden" | undefined {
  const control = headers["cache-control"]?.toLowerCase() ?? "";
  if (/(^|[\s,])(no-cache|no-store|private)([\s,=]|$)/.test(control)) return "forbidden";
  const seconds = /s-maxage=(\d+)/.exec(control)?.[1] ?? /max-age=(\d+)/.exec(control)?.[1];
  if (seconds !== undefined) return Number(seconds);
  const expires = headers.expires === undefined ? Number.NaN : Date.parse(headers.expires);
  return Number.isNaN(expires) ? undefined : Math.max(0, Math.floor((expires - now) / 1000));
}

function numberOf(value: Json | undefined): number | undefined {
  const number = isJsonObject(value) || value === "" || value === undefined ? Number.NaN : Number(value);
  return Number.isNaN(number) ? undefined : number;
}
