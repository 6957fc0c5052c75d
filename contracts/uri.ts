import * as v from "valibot";
import { jsonSchemaOfCheck } from "./text";

/** RFC 3986: a scheme, then only characters that a URI may hold, percent signs only in escapes. */
const characters = /^[a-z][a-z0-9+.-]*:(?:[a-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9a-f]{2})+$/i;

function isUri(text: string): boolean {
  return characters.test(text) && URL.canParse(text);
}
jsonSchemaOfCheck.set(isUri, { format: "uri" });

/** An absolute URI (RFC 3986). */
export const uri = v.pipe(v.string(), v.check(isUri, "must be a URI"));
