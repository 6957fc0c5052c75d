import { createVerify } from "node:crypto";
import { isJsonObject, type Json, type JsonObject } from "../json";
import { type Graph, type RecordedResource, resourcesOfType } from "../record/graph";
import { textsOf } from "./distribution-config";
import { type Pair, type ViewerRequest, writeQuery } from "./exchange";
import { matchesPathPattern } from "./path-patterns";

/** Why a request is refused: code and message as CloudFront words them, and more for the developer. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly reason?: string;
}

/** The query strings of a signed URL. CloudFront takes them off before it looks for an object and asks the origin. */
const signatureParameters = ["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"];

export function withoutSignature(request: ViewerRequest): ViewerRequest {
  return { ...request, query: request.query.filter(([name]) => !signatureParameters.includes(name)) };
}

/** The key groups and public keys of a program. */
export class TrustedKeys {
  private readonly groups: readonly RecordedResource[];
  private readonly keys: readonly RecordedResource[];

  constructor(graph: Graph) {
    this.groups = resourcesOfType(graph, "aws:cloudfront/keyGroup:KeyGroup");
    this.keys = resourcesOfType(graph, "aws:cloudfront/publicKey:PublicKey");
  }

  /**
   * Checks the signed URL or the signed cookies of a request, where its behaviour asks for them. Source: CloudFront developer guide, "Serve
   * private content with signed URLs and signed cookies".
   *
   * @param domains under which the viewer may have signed the URL.
   * @param now milliseconds since the Unix epoch.
   */
  check(
    behavior: JsonObject,
    request: ViewerRequest,
    domains: readonly string[],
    now: number,
  ): Refusal | undefined {
    const groupIds = enabledItems(behavior.TrustedKeyGroups);
    if (groupIds.length === 0 && enabledItems(behavior.TrustedSigners).length === 0) return undefined;
    const signed = readSignature(request);
    if (signed.keyPairId === undefined) {
      return { code: "MissingKey", message: "Missing Key-Pair-Id query parameter or cookie value" };
    }
    const key = this.find(groupIds, signed.keyPairId);
    if (typeof key === "object") return key;
    const urls = domains.flatMap((domain) => [`https://${domain}`, `http://${domain}`]);
    const target = `${request.path}${writeQuery(withoutSignature(request).query)}`;
    return verify(signed, key, urls, target, now, request.ip);
  }

  private find(groupIds: readonly string[], keyPairId: string): string | Refusal {
    const unknown = { code: "InvalidKey", message: "Unknown Key" };
    const trusted = this.groups.filter(({ id }) => groupIds.includes(id));
    if (trusted.length === 0) {
      const reason = `The program has no key group ${groupIds.join(", ") || "for its trusted signers"}: the local runtime cannot verify signatures without the public keys.`;
      return { ...unknown, reason };
    }
    const keyIds = trusted.flatMap(({ inputs }) => (Array.isArray(inputs.items) ? inputs.items : []));
    const key = this.keys.find(({ id }) => id === keyPairId && keyIds.includes(id));
    return key ? String(key.inputs.encodedKey) : unknown;
  }
}

interface SignedRequest {
  readonly keyPairId: string | undefined;
  readonly policy: string | undefined;
  readonly expires: string | undefined;
  readonly signature: string | undefined;
  readonly hash: "RSA-SHA1" | "RSA-SHA256";
}

function readSignature({ query, cookies }: ViewerRequest): SignedRequest {
  const ofUrl = query.some(([name]) => name === "Key-Pair-Id");
  const value = (pairs: readonly Pair[], name: string) =>
    pairs.find((pair) => pair[0] === name)?.[1] || undefined;
  const read = (name: string) => (ofUrl ? value(query, name) : value(cookies, `CloudFront-${name}`));
  return {
    keyPairId: read("Key-Pair-Id"),
    policy: read("Policy"),
    expires: read("Expires"),
    signature: read("Signature"),
    hash: read("Hash-Algorithm") === "SHA256" ? "RSA-SHA256" : "RSA-SHA1",
  };
}

const denied: Refusal = { code: "AccessDenied", message: "Access denied" };

function verify(
  { policy, expires, signature, hash }: SignedRequest,
  publicKey: string,
  urls: readonly string[],
  target: string,
  now: number,
  ip: string,
): Refusal | undefined {
  if (signature === undefined || (policy === undefined && expires === undefined)) {
    return { ...denied, reason: "A signature needs Signature, and Policy or Expires." };
  }
  // A canned policy is not sent: both sides write it in the very same way.
  const documents =
    policy === undefined
      ? urls.map((url) => cannedPolicy(`${url}${target}`, Number(expires)))
      : [decode(policy)];
  const signed = documents.find((text) => isSignedWith(publicKey, hash, text, signature));
  if (signed === undefined) return { ...denied, reason: "The signature does not fit the request." };
  return checkPolicy(signed.toString(), urls, target, now, ip);
}

function isSignedWith(publicKey: string, hash: string, text: Buffer, signature: string): boolean {
  try {
    return createVerify(hash).update(text).verify(publicKey, decode(signature));
  } catch {
    // What is no public key signs nothing.
    return false;
  }
}

function checkPolicy(
  text: string,
  urls: readonly string[],
  target: string,
  now: number,
  ip: string,
): Refusal | undefined {
  const { Resource: resource, Condition } = firstStatement(text);
  const condition = isJsonObject(Condition) ? Condition : {};
  const until = epochTime(condition.DateLessThan);
  if (until === undefined || now >= until * 1000) return { ...denied, reason: "The signature has expired." };
  const from = epochTime(condition.DateGreaterThan);
  if (from !== undefined && now < from * 1000)
    return { ...denied, reason: "The signature is not valid yet." };
  const { IpAddress } = condition;
  const range = isJsonObject(IpAddress) ? String(IpAddress["AWS:SourceIp"]) : "0.0.0.0/0";
  if (range !== "0.0.0.0/0" && range.replace(/\/32$/, "") !== ip) {
    return { ...denied, reason: `The policy is for viewers of ${range}, and this one is at ${ip}.` };
  }
  const pattern = typeof resource === "string" ? resource : "*";
  // Without a scheme, as with one, a pattern stands for the whole URL.
  const fits = urls.some((url) => matchesPathPattern(`/${pattern}`, `/${url}${target}`));
  return fits ? undefined : { ...denied, reason: `The policy is for '${pattern}'.` };
}

function firstStatement(text: string): JsonObject {
  try {
    const document = JSON.parse(text) as Json;
    const list = isJsonObject(document) ? document.Statement : undefined;
    const [first] = Array.isArray(list) ? list : [];
    return isJsonObject(first) ? first : {};
  } catch {
    return {};
  }
}

function cannedPolicy(url: string, expires: number): Buffer {
  return Buffer.from(
    `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`,
  );
}

function epochTime(condition: Json | undefined): number | undefined {
  const time = isJsonObject(condition) ? Number(condition["AWS:EpochTime"]) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** CloudFront's base64 for URLs: `-_~` stand for `+=/`. */
function decode(text: string): Buffer {
  return Buffer.from(text.replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/"), "base64");
}

function enabledItems(list: Json | undefined): string[] {
  return isJsonObject(list) && list.Enabled === true ? textsOf(list) : [];
}
