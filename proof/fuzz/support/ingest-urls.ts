import fc from "fast-check";

/** Stands in every stream key: what it is found in has told the key. */
const streamKey = "zqStreamKey7f3a";

/** @returns whether a text tells a stream key, in any of its spellings. */
export function tellsStreamKey(text: string): boolean {
  const decoded = text.replace(/%([0-9a-f]{2})/gi, (_escape, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  // Without its beginning or end a key is as good as told.
  const part = streamKey.slice(3, -3);
  return text.includes(part) || decoded.includes(part);
}

const spellings = fc.constantFrom(
  streamKey,
  [...streamKey].map((character) => `%${character.charCodeAt(0).toString(16)}`).join(""),
  streamKey.replace("K", "%4b"),
);

/** Characters that a URL may hold, and a text may end it with. */
const edges = fc.constantFrom("", "", "'", "@", "!", "$&'", "(", ")", "*+,;=", "~", ":", "%40", "%2F", "-._");

/** Keys as they stand in a URL. */
const keys = fc.tuple(edges, spellings, edges).map((parts) => parts.join(""));

const hosts = fc.constantFrom(
  "ingest.example.com",
  "ingest.example.com:1935",
  "192.0.2.1:9000",
  "[2001:db8::1]:443",
  "h",
);

/** Where a key stands in a URL. In credentials an at sign would end them. */
const places: readonly ((scheme: string, host: string, key: string) => string)[] = [
  (scheme, host, key) => `${scheme}://${key.replaceAll("@", "%40")}@${host}/live`,
  (scheme, host, key) => `${scheme}://user:${key.replaceAll("@", "%40")}@${host}/live`,
  (scheme, host, key) => `${scheme}://${host}/live/${key}`,
  (scheme, host, key) => `${scheme}://${host}/${key}/live?a=b#c`,
  (scheme, host, key) => `${scheme}://${host}?streamid=${key}&passphrase=${key}`,
  (scheme, host, key) => `${scheme}://${host}/live#${key}`,
];

/** Where a key stands in what is no ingest URL that works, and may be sent as one. */
const brokenPlaces: typeof places = [
  (scheme, _host, key) => `${scheme.toLowerCase()}:${key}`,
  (scheme, host, key) => `${scheme}:/${host}/${key}`,
  (scheme, _host, key) => `${scheme}:///${key}`,
];

/** Ingest URLs of a protocol that carry a stream key in credentials, path, query or fragment. */
export const ingestUrlsOf = (protocol: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...places), fc.constantFrom(protocol, protocol.toUpperCase()), hosts, keys)
    .map(([place, scheme, host, key]) => place(scheme, host, key));

/** The same of every protocol. */
export const ingestUrls = fc.constantFrom("rtmp", "rtmps", "srt").chain(ingestUrlsOf);

const brokenUrls = fc
  .tuple(
    fc.constantFrom(...brokenPlaces),
    fc.constantFrom("rtmp", "rtmps", "srt", "https", "UDP"),
    hosts,
    keys,
  )
  .map(([place, scheme, host, key]) => place(scheme, host, key));

/** The same in spellings in which they stand in other texts. */
export const urlTexts: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: ingestUrls, weight: 3 },
  { arbitrary: brokenUrls, weight: 2 },
  ingestUrls.map(encodeURIComponent),
  ingestUrls.map((url) => JSON.stringify({ url }).replaceAll("/", "\\/")),
  ingestUrls.map((url) => `ffmpeg: ${url}: Connection refused`),
  ingestUrls.map((url) => `x_${url}`),
  ingestUrls.map((url) => `'${url}', "${url}"; <${url}>`),
);
