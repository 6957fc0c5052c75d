import { createHmac } from "node:crypto";
import * as v from "valibot";
import { attemptNumberSchema, streamIdSchema, streamStatusSchema } from "../../contracts";

/** How long a token is valid: longer than a caller turns pages. */
const maxAgeMilliseconds = 86_400_000;

/** Where a page ended. */
const positionSchema = v.object({
  status: v.exactOptional(streamStatusSchema),
  requestedAt: v.string(),
  streamId: streamIdSchema,
  attempt: attemptNumberSchema,
  // The place of the list's first entry: what was requested later came after the first page.
  newest: v.string(),
  issuedAt: v.number(),
});

export type Position = v.InferOutput<typeof positionSchema>;

/**
 * Writes a token. It holds a place in the list and no secret: a caller who may list streams may begin anywhere. The digest finds tokens that were
 * changed, and those of another deployment.
 *
 * @param scope the name of the table.
 */
export function writeToken(scope: string, position: Position): string {
  const body = Buffer.from(JSON.stringify(position)).toString("base64url");
  return `${body}.${digest(scope, body)}`;
}

/**
 * Reads a token.
 *
 * @returns where the page before ended; or what is wrong, as a sentence.
 */
export function readToken(scope: string, token: string, now: number): Position | string {
  const [body = "", signature = "", ...more] = token.split(".");
  const expected = digest(scope, body);
  const parsed =
    more.length === 0 && signature === expected ? v.safeParse(positionSchema, parse(body)) : undefined;
  if (!parsed?.success) {
    return "nextToken must be the nextToken of a page of this list, received another text. Send it as it came, or leave it out to begin anew.";
  }
  const position = parsed.output;
  if (now - position.issuedAt > maxAgeMilliseconds) {
    return "nextToken has expired: it is valid for a day. Leave it out to begin anew.";
  }
  return position;
}

function digest(scope: string, body: string): string {
  return createHmac("sha256", scope).update(body).digest("base64url");
}

function parse(body: string): unknown {
  try {
    return JSON.parse(Buffer.from(body, "base64url").toString()) as unknown;
  } catch {
    return undefined;
  }
}
