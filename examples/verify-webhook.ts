import { createHmac, timingSafeEqual } from "node:crypto";

/** How far a signature's time may be off, in seconds. */
const tolerance = 300;

/**
 * Verifies a notification that was signed.
 *
 * @param headers of the request, by lower-case name.
 * @param body the request's body, byte for byte as it came.
 * @param secret `whsec_…`, as the component has it.
 */
export function isGenuine(
  headers: { readonly [name: string]: string | undefined },
  body: string,
  secret: string,
  now = Date.now(),
): boolean {
  const {
    "webhook-id": id = "",
    "webhook-timestamp": seconds = "",
    "webhook-signature": given = "",
  } = headers;
  if (!(Math.abs(now / 1000 - Number(seconds)) <= tolerance)) return false;
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest();
  return given.split(" ").some((one) => {
    const signature = Buffer.from(one.replace(/^v1,/, ""), "base64");
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  });
}
