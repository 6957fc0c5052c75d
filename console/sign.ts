import { SignatureV4 } from "@smithy/signature-v4";
import type { Credentials } from "./connection";

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly region: string;
}

type Data = string | ArrayBuffer | ArrayBufferView;

/** SHA-256 and HMAC as the signer takes them, by the browser. */
class Sha256 {
  private text: number[] = [];

  constructor(private readonly secret?: Data) {}

  update(data: Data): void {
    for (const byte of bytesOf(data)) this.text.push(byte);
  }

  reset(): void {
    this.text = [];
  }

  async digest(): Promise<Uint8Array> {
    const data = new Uint8Array(this.text);
    if (this.secret === undefined) return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", bytesOf(this.secret), algorithm, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", key, data));
  }
}

/** @returns how to sign requests by Signature Version 4. */
export function signedWith({ accessKeyId, secretAccessKey, sessionToken, region }: AwsKeys): Credentials {
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== "" && { sessionToken }) },
    service: "execute-api",
    sha256: Sha256,
    region,
  });
  return async ({ method, url, body }) => {
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host },
      ...(body !== "" && { body }),
    });
    const { host: _host, ...headers } = signed.headers;
    return headers;
  };
}

function bytesOf(data: Data): Uint8Array<ArrayBuffer> {
  if (typeof data === "string") return new TextEncoder().encode(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}
