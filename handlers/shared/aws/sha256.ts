import { createHash, createHmac } from "node:crypto";
import type { Sha256 } from "../../../contracts/sign-request";

/** SHA-256 by Node.js' own crypto: Web Crypto takes longer to load than all else that a call needs. */
export const sha256: Sha256 = {
  hash: (text) => createHash("sha256").update(text).digest("hex"),
  hmac: (key, text) => createHmac("sha256", key).update(text).digest(),
};
