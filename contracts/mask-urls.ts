/**
 * A colon and a slash, as they are or escaped: for a query, in JSON, in JSON that stands in JSON, in HTML. What is escaped
 * several times has more than one backslash, or `%25` for a percent sign.
 */
const colon = String.raw`(?::|%(?:25)*3a|\\[ux](?:00)?3a|&(?:#58|#x3a|colon);)`;
const slash = String.raw`(?:\\*(?:\/|u002f|x2f)|%(?:25)*2f|&(?:#47|#x2f|sol);)`;

/** One line end or tab in the middle of a word. URL parsers leave it out, so that a URL goes on behind it. */
const gap = String.raw`(?:\r\n|[\t\n\v\f\r\u2028\u2029\ufeff])`;
/** The same, and every invisible character, as JSON escapes them. */
const gaps = String.raw`(?:${gap}|\\+(?:[btnvfr]|u(?:00[01][\da-f]|007f|00[89][\da-f]|00ad|20[0-6][\da-f]|feff)))*`;
/** What a URL is made of, up to where no URL goes on. */
const rest = String.raw`(?:[^\s">]|${gap}(?=[^\s">]))`;

/** Where an ingest URL may be sent to. After these, a URL is one without its slashes, too. */
const schemes =
  "rtmp[est]{0,2}|rtmfp|srt|udp|rtp|rtsp[su]?|rist|https?|whips?|wheps?|webrtc|quic|tcp|tls|zixi|hls|ftps?|sftp|mms";

/** What follows a URL's scheme in a text. */
const url = new RegExp(
  String.raw`(${colon})((?:${gaps}${slash}){2})(${rest}*)|(?<=(?:${schemes})\\{0,8})${colon}(${rest}+)`,
  "gi",
);

/** Host and port, as far as they are plain. */
const plainHost = /^(?:\[[\da-f:.]+\]|[\p{L}\p{N}._~-]*)(?::\d{1,5}(?!\d))?/iu;

/**
 * Takes credentials, path and query out of every URL in a text, since those of an ingest endpoint are its stream key.
 *
 * @returns the text with `rtmps://ingest.example.com/…` for `rtmps://ingest.example.com/live/key?token=…`; never longer
 * than it was.
 */
export function maskUrls(text: string): string {
  const { plain, indexOf } = visiblePart(text);
  let masked = "";
  let shown = 0;
  for (const found of plain.matchAll(url)) {
    const replacement = maskUrl(found);
    if (replacement === undefined) continue;
    masked += text.slice(shown, indexOf(found.index)) + replacement;
    shown = indexOf(found.index + found[0].length - 1) + 1;
  }
  return masked + text.slice(shown);
}

/** Controls that are no whitespace, and characters without a width. */
const invisible = /[^\P{Cc}\s]|[^\P{Cf}\s]/u;

/**
 * Finds the part of a text that is seen. A character that is not may stand anywhere in a URL, and a reader copies the URL without it.
 *
 * @returns the part, and where in the text each of its UTF-16 code units stands.
 */
function visiblePart(text: string): { plain: string; indexOf: (index: number) => number } {
  if (!invisible.test(text)) return { plain: text, indexOf: (index) => index };
  const indexes: number[] = [];
  for (let index = 0; index < text.length; index++) {
    if (!invisible.test(text.charAt(index))) indexes.push(index);
  }
  const plain = indexes.map((index) => text.charAt(index)).join("");
  return { plain, indexOf: (index) => indexes[index] ?? text.length };
}

/** @returns what stands for what was found; undefined for a URL that hides nothing. */
function maskUrl([, before = "", slashes = "", rest = "", opaque]: readonly (string | undefined)[]):
  | string
  | undefined {
  if (opaque !== undefined) return `:…${closingOf(opaque)}`;
  const closing = closingOf(rest);
  const inside = closing ? rest.slice(0, -closing.length) : rest;
  const host = /[%&]/.test(`${before}${slashes}`) ? "" : hostOf(inside);
  // What is one character longer than its host ends in a slash, and hides nothing. Limits count code points.
  return [...inside].length - [...host].length < 2 ? undefined : `://${host}/…${closing}`;
}

/** @returns a text up to its first URL, which is masked: for what is quoted though it may be a URL in the wrong place. */
export function cutAtUrl(text: string): string {
  const { plain } = visiblePart(text);
  for (const { 0: found, index } of plain.matchAll(url)) {
    const end = index + found.length;
    const shown = maskUrls(plain.slice(0, end));
    return end === plain.length || shown.endsWith("…") ? shown : `${shown}…`;
  }
  return text;
}

/**
 * @returns the end of what was found that is no part of the URL: an apostrophe may be one, or close a quotation around the
 * URL; a backslash escapes the quotation mark that comes after it.
 */
function closingOf(found: string): string {
  let end = found.length;
  while (found[end - 1] === "\\") end -= 1;
  const [quotation = ""] = /'[.,;:)\]]*$/.exec(found.slice(0, end)) ?? [];
  const closing = `${quotation}${found.slice(end)}`;
  return closing.length < found.length ? closing : "";
}

function hostOf(rest: string): string {
  const [authority = ""] = /^[^/?#\\]*/.exec(rest) ?? [];
  // An escaped at sign or slash would pass credentials or a path off as the host.
  if (/[%&]/.test(authority)) return "";
  const [host = ""] = plainHost.exec(authority.slice(authority.lastIndexOf("@") + 1)) ?? [];
  return host;
}
