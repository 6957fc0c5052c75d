import * as pulumi from "@pulumi/pulumi";
import * as v from "valibot";
import { findIssues, type Issue } from "../../contracts/issues";
import { quote } from "../../contracts/text";
import { isMediaPackageV2 } from "./origin-access";

/** Headers that CloudFront adds to no request (CloudFront guide, "Custom headers that CloudFront can't add to origin requests"), and ours. */
const reserved =
  /^(cache-control|connection|content-length|cookie|host|if-(match|modified-since|none-match|range|unmodified-since)|max-forwards|pragma|proxy-.*|range|request-range|te|trailer|transfer-encoding|upgrade|via|x-amz-.*|x-edge-.*|x-real-ip|x-stream-id)$/i;

/** Custom headers for an origin, and the sizes of names and values that it takes. */
const limits = { headers: 10, nameLength: 256, valueLength: 1_783 };

/** The headers of an origin. No message has a value, which may be a secret. */
export const originHeaders = v.lazy((value) =>
  pulumi.Output.isInstance(value) || value instanceof Promise
    ? v.any()
    : v.pipe(
        v.custom<{ [name: string]: unknown }>(
          (input) => typeof input === "object" && input !== null && !Array.isArray(input),
          "must be an object of header values by header name, received something else",
        ),
        v.rawCheck(({ dataset, addIssue }) => {
          if (!dataset.typed) return;
          for (const message of headerProblems(dataset.value)) addIssue({ message });
        }),
      ),
);

/** @returns every problem of an origin's headers, as far as they are known. */
export function findOriginHeaderIssues(headers: unknown): Issue[] {
  return findIssues(originHeaders, headers);
}

function headerProblems(headers: { [name: string]: unknown }): string[] {
  const entries = Object.entries(headers);
  const problems = entries.flatMap(([name, value]) => {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || name.length > limits.nameLength) {
      return [
        `must have header names of 1 to ${limits.nameLength} token characters, received ${quote(name)}`,
      ];
    }
    if (reserved.test(name)) {
      return [`must have no header that CloudFront or this component sets itself, received ${quote(name)}`];
    }
    if (pulumi.Output.isInstance(value) || value instanceof Promise) return [];
    const isValue = typeof value === "string" && value.length > 0 && value.length <= limits.valueLength;
    if (isValue && !/[\r\n]/.test(value)) return [];
    return [`must have a value of 1 to ${limits.valueLength} characters in one line for ${quote(name)}`];
  });
  if (entries.length <= limits.headers) return problems;
  return [...problems, `must have at most ${limits.headers} headers, received ${entries.length}`];
}

interface KnownChannel {
  readonly channelId: string;
  readonly originDomainName: string;
  readonly originPath: string;
}

/** @returns the ids of channels whose paths at a shared MediaPackage v2 domain contain another channel's. */
export function channelsWithinReach(channels: unknown): string[] {
  if (!Array.isArray(channels)) return [];
  const known = channels.flatMap((channel: Partial<KnownChannel> | null): KnownChannel[] => {
    const { channelId, originDomainName, originPath = "" } = channel ?? {};
    if (typeof channelId !== "string" || typeof originPath !== "string") return [];
    return typeof originDomainName === "string" && isMediaPackageV2(originDomainName)
      ? [{ channelId, originDomainName: originDomainName.toLowerCase(), originPath }]
      : [];
  });
  const reaches = (one: KnownChannel, other: KnownChannel) =>
    one !== other &&
    one.originDomainName === other.originDomainName &&
    `${other.originPath}/`.startsWith(`${one.originPath}/`);
  return known.filter((one) => known.some((other) => reaches(one, other))).map(({ channelId }) => channelId);
}
