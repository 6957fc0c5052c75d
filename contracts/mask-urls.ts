/**
 * What follows a URL's scheme in a text, up to where no URL goes on: in JSON its slashes may be escaped, in a query it is
 * percent-encoded, and an ingest URL may do without them.
 */
const url = /(:|%3a)((?:\\?\/|%2f){2})([^\s"<>]*)|(?<=rtmps?|srt)(?::|%3a)([^\s"<>]+)/gi;

/** Host and port, as far as they are plain. */
const plainHost = /^(?:\[[\da-f:.]+\]|[\p{L}\p{N}._~-]*)(?::\d{1,5}(?!\d))?/iu;

/**
 * Takes credentials, path and query out of every URL in a text, since those of an ingest endpoint are its stream key.
 *
 * @returns the text with `rtmps://ingest.example.com/…` for `rtmps://ingest.example.com/live/key?token=…`; never longer
 * than it was.
 */
export function maskUrls(text: string): string {
  return text.replace(url, (whole: string, colon = "", slashes = "", rest = "", opaque?: string) => {
    if (opaque !== undefined) return ":…";
    // An apostrophe may be a part of a URL, or close a quotation around it.
    const [closing = ""] = /'[.,;:)\]]*$/.exec(rest) ?? [];
    const inside = closing ? rest.slice(0, -closing.length) : rest;
    const host = `${colon}${slashes}`.includes("%") ? "" : hostOf(inside);
    // What is one character longer than its host ends in a slash, and hides nothing. Limits count code points.
    return [...inside].length - [...host].length < 2 ? whole : `://${host}/…${closing}`;
  });
}

/** @returns a text up to its first URL, which is masked: for what is quoted though it may be a URL in the wrong place. */
export function cutAtUrl(text: string): string {
  for (const { 0: found, index } of text.matchAll(url)) {
    const end = index + found.length;
    const shown = maskUrls(text.slice(0, end));
    return end === text.length || shown.endsWith("…") ? shown : `${shown}…`;
  }
  return text;
}

function hostOf(rest: string): string {
  const [authority = ""] = /^[^/?#\\]*/.exec(rest) ?? [];
  // An escaped at sign or slash would pass credentials or a path off as the host.
  if (authority.includes("%")) return "";
  const [host = ""] = plainHost.exec(authority.slice(authority.lastIndexOf("@") + 1)) ?? [];
  return host;
}
