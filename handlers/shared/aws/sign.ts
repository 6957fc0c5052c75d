import { createHash, createHmac } from "node:crypto";

/** A request as it is signed: its body is sent as it is. */
export interface UnsignedRequest {
  readonly host: string;
  readonly path: string;
  /** By lower-case name, in any order. */
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Lambda's credentials always have one. */
  readonly sessionToken?: string | undefined;
}

/** For what a signature is good. */
export interface SigningScope {
  /** The service's signing name, such as `dynamodb`. */
  readonly service: string;
  readonly region: string;
}

/**
 * Signs a POST without a query string, by Signature Version 4. Source: IAM user guide, "Create a signed AWS API request".
 *
 * @param at the time of the request; AWS refuses one that is more than five minutes away from its own.
 * @returns every header of the signed request.
 */
export function signRequest(
  { host, path, headers, body }: UnsignedRequest,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  { service, region }: SigningScope,
  at: Date,
): { [name: string]: string } {
  const time = at.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const date = time.slice(0, 8);
  const signed: { [name: string]: string } = {
    ...headers,
    host,
    "x-amz-date": time,
    ...(sessionToken && { "x-amz-security-token": sessionToken }),
  };
  const names = Object.keys(signed).sort();
  const canonical = [
    ...["POST", path, ""],
    ...names.map((name) => `${name}:${signed[name]?.trim()}`),
    ...["", names.join(";"), sha256(body)],
  ].join("\n");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  const key = [date, region, service, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const signature = createHmac("sha256", key).update(text).digest("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...signed, authorization };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
