import { createHmac } from "node:crypto";

/** What the bytes of a secret stand behind. */
const secretPrefix = "whsec_";

/**
 * Signs a request as "Standard Webhooks" 1.0 does (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and body.
 *
 * @param secret `whsec_` and the key in base64.
 * @param seconds since the Unix epoch.
 * @returns the headers by which a receiver verifies it.
 */
export function signatureHeaders(
  secret: string,
  id: string,
  seconds: number,
  body: string,
): { readonly [name: string]: string } {
  const key = Buffer.from(secret.slice(secretPrefix.length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": `v1,${signature}`,
  };
}
