/** A request as it is signed: its path, query and body are sent as they are here. */
export interface UnsignedRequest {
  /** @default "POST" */
  readonly method?: string;
  readonly host: string;
  /** As it stands in the request line, percent-encoded. */
  readonly path: string;
  /** Names and values of the query parameters, not encoded; see {@link queryText}. @default - none */
  readonly query?: { readonly [name: string]: string };
  /** By lower-case name, in any order. */
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Temporary credentials, such as those of Lambda and SSO, always have one. */
  readonly sessionToken?: string | undefined;
}

/** The service and the Region that a signature is valid for. */
export interface SigningScope {
  /** The service's signing name, such as `dynamodb` or `execute-api`. */
  readonly service: string;
  readonly region: string;
}

/** SHA-256 as the platform has it: Node.js' own in a Lambda function, Web Crypto in a browser. */
export interface Sha256 {
  /** @returns the hash in hexadecimal digits. */
  hash(text: string): string | Promise<string>;
  hmac(key: string | Uint8Array, text: string): Uint8Array | Promise<Uint8Array>;
}

/**
 * Signs a request by Signature Version 4. Source: IAM user guide, "Create a signed AWS API request".
 *
 * @param at the time of the request; AWS refuses one that is more than five minutes away from its own.
 * @returns every header of the signed request.
 */
export async function signRequest(
  { method = "POST", host, path, query = {}, headers, body }: UnsignedRequest,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  { service, region }: SigningScope,
  at: Date,
  sha256: Sha256,
): Promise<{ [name: string]: string }> {
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
    ...[method, canonicalPath(path), queryText(query)],
    ...names.map((name) => `${name}:${signed[name]?.trim()}`),
    ...["", names.join(";"), await sha256.hash(body)],
  ].join("\n");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, await sha256.hash(canonical)].join("\n");
  let key: string | Uint8Array = `AWS4${secretAccessKey}`;
  for (const part of [date, region, service, "aws4_request"]) key = await sha256.hmac(key, part);
  const signature = hexadecimal(await sha256.hmac(key, text));
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...signed, authorization };
}

/** @returns a query in the order and the encoding that Signature Version 4 wants, without the question mark. */
export function queryText(query: { readonly [name: string]: string }): string {
  return Object.entries(query)
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map((pair) => pair.join("="))
    .join("&");
}

/** Every service but S3 encodes the path, encoded as it is, once more. */
function canonicalPath(path: string): string {
  return path.split("/").map(encode).join("/");
}

/** RFC 3986 leaves fewer characters as they are than encodeURIComponent does. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** @returns bytes as hexadecimal digits. */
export function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
