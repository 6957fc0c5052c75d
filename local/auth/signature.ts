import { createHash, createHmac } from "node:crypto";

/** A request as Signature Version 4 sees it. */
export interface SignedParts {
  readonly method: string;
  /** As it stands in the request line, percent-encoded. */
  readonly path: string;
  /** What follows the question mark. */
  readonly search: string;
  /** By lower-case name. */
  readonly headers: { readonly [name: string]: string };
  readonly body: Buffer;
}

export interface SigningScope {
  readonly region: string;
  readonly service: string;
}

export const algorithm = "AWS4-HMAC-SHA256";

/**
 * Computes a request's signature.
 *
 * @param time as in `x-amz-date`: `20261122T180000Z`.
 * @param signedHeaders lower-case names, in alphabetical order.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signatureOf(
  parts: SignedParts,
  { region, service }: SigningScope,
  time: string,
  signedHeaders: readonly string[],
  secretAccessKey: string,
): string {
  const date = time.slice(0, 8);
  const canonicalRequest = [
    parts.method,
    canonicalPath(parts.path),
    canonicalQuery(parts.search),
    ...signedHeaders.map((name) => `${name}:${headerOf(parts, name).trim().replace(/ +/g, " ")}`),
    "",
    signedHeaders.join(";"),
    sha256(parts.body),
  ].join("\n");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const textToSign = [algorithm, time, scope, sha256(canonicalRequest)].join("\n");
  const key = [date, region, service, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, textToSign).toString("hex");
}

/** The caller chooses the name, which may be one that objects inherit. */
function headerOf({ headers }: SignedParts, name: string): string {
  return (Object.hasOwn(headers, name) ? headers[name] : undefined) ?? "";
}

export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** Every service but S3 encodes the path, encoded as it is, once more. */
function canonicalPath(path: string): string {
  return path.split("/").map(encode).join("/") || "/";
}

function canonicalQuery(search: string): string {
  const pairs = [...new URLSearchParams(search)].map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return pairs.sort((left, right) => (left < right ? -1 : 1)).join("&");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
