import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { streamIdHeader } from "./viewer-request-function";

/**
 * The query strings that change what MediaPackage answers: manifest filtering and settings, the window of time-shifted viewing
 * (`start`, `end`, `m` in v1, `time_delay`), and the blocking and skipping reloads of low-latency HLS (MediaPackage guides, "Working with
 * CDNs" and "Time-shifted viewing"). CloudFront takes ten in a policy.
 */
const queryStrings = [
  "aws.manifestfilter",
  "aws.manifestsettings",
  "start",
  "end",
  "m",
  "time_delay",
  "_HLS_msn",
  "_HLS_part",
  "_HLS_skip",
];

/** How long CloudFront keeps an answer, in seconds. */
const ttls = {
  /** An origin's `no-cache` is obeyed. */
  minTtl: 0,
  /** Where the origin says nothing: shorter than a segment, so that a live playlist goes on. */
  defaultTtl: 5,
  /** The most that an origin can ask for: segments never change. */
  maxTtl: 86_400,
};

/** Makes the cache policy whose key has the stream's id. Pulumi adds characters to its name, which is unique in an account. */
export function createCachePolicy(
  name: string,
  opts: pulumi.CustomResourceOptions,
): aws.cloudfront.CachePolicy {
  return new aws.cloudfront.CachePolicy(
    `${name}-playback`,
    {
      comment: "Live streams: one key for each stream, path and MediaPackage query.",
      ...ttls,
      parametersInCacheKeyAndForwardedToOrigin: {
        cookiesConfig: { cookieBehavior: "none" },
        headersConfig: { headerBehavior: "whitelist", headers: { items: [streamIdHeader] } },
        queryStringsConfig: { queryStringBehavior: "whitelist", queryStrings: { items: queryStrings } },
        enableAcceptEncodingGzip: true,
        enableAcceptEncodingBrotli: true,
      },
    },
    opts,
  );
}
