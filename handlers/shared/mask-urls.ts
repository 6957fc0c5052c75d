const url = /\b([a-z][a-z0-9+.-]*):(?:\\?\/){2}(?:[^\s/?#@"'<>]*@)?([^\s/?#"'<>\\]*)[^\s"'<>]*/gi;

/**
 * Takes credentials, path and query out of every URL in a text, since those of an ingest endpoint are its stream key.
 *
 * @returns the text with `rtmps://ingest.example.com/…` for `rtmps://ingest.example.com/live/key?token=…`.
 */
export function maskUrls(text: string): string {
  return text.replace(url, "$1://$2/…");
}
