import { createHash } from "node:crypto";

/** A text as a list of pieces, of which each exists once in this process. */
export interface SharedText {
  readonly pieces: readonly Piece[];
}

interface Piece {
  readonly text: string;
}

const pieces = new Map<string, WeakRef<Piece>>();
const forgotten = new FinalizationRegistry<string>((digest) => {
  if (pieces.get(digest)?.deref() === undefined) pieces.delete(digest);
});

/**
 * Keeps a large text. Executions beside one distribution read nearly the same configuration, again and again, and all but a few pieces of it
 * are shared.
 */
export function shareText(text: string): SharedText {
  return { pieces: cut(text).map(share) };
}

/** @returns the text itself. */
export function readShared({ pieces: parts }: SharedText): string {
  return parts.map(({ text }) => text).join("");
}

function share(text: string): Piece {
  // Half of a surrogate pair is no UTF-8: neither the digest nor the copy would tell it from another half.
  if (!text.isWellFormed()) return { text };
  const digest = createHash("sha1").update(text).digest("base64");
  const known = pieces.get(digest)?.deref();
  if (known) return known;
  // A part of a string keeps all of it in memory, so it is copied.
  const piece = { text: Buffer.from(text).toString() };
  pieces.set(digest, new WeakRef(piece));
  forgotten.register(piece, digest);
  return piece;
}

const minPiece = 256;
/** A cut comes every 2048 characters in the mean. */
const cutMask = 2047;

/** Cuts where the text itself says so, so that an insertion changes the pieces around it alone. */
function cut(text: string): string[] {
  const found: string[] = [];
  let start = 0;
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    // Each character has left after 32 others.
    hash = ((hash << 1) + Math.imul(code, 0x9e3779b1)) | 0;
    const isSurrogate = (code & 0xf800) === 0xd800;
    if (index - start >= minPiece && ((hash >>> 16) & cutMask) === 0 && !isSurrogate) {
      found.push(text.slice(start, index + 1));
      start = index + 1;
    }
  }
  if (start < text.length) found.push(text.slice(start));
  return found;
}
