import { hexadecimal, type Sha256 } from "../contracts/sign-request";

const encoder = new TextEncoder();

/** SHA-256 by Web Crypto, which browsers, Node.js and Lambda have. */
export const sha256: Sha256 = {
  async hash(text) {
    return hexadecimal(new Uint8Array(await subtle().digest("SHA-256", encoder.encode(text))));
  },
  async hmac(key, text) {
    const bytes = typeof key === "string" ? encoder.encode(key) : key.slice();
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const imported = await subtle().importKey("raw", bytes, algorithm, false, ["sign"]);
    return new Uint8Array(await subtle().sign("HMAC", imported, encoder.encode(text)));
  },
};

/** Browsers offer `crypto.subtle` only to pages that are served by HTTPS or from localhost. */
function subtle() {
  const { crypto } = globalThis;
  if (!crypto?.subtle) {
    throw new Error("Signing a request needs Web Crypto, which browsers only have on pages served by HTTPS.");
  }
  return crypto.subtle;
}
