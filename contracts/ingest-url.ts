import * as v from "valibot";
import { maskUrls } from "./mask-urls";
import { jsonSchemaOfCheck } from "./text";

/** The protocols of an ingest endpoint. Each is the scheme of its URLs. */
export const ingestProtocols = ["rtmp", "rtmps", "srt"] as const;

/** RFC 3986: a scheme, and the rest. */
const parts = /^([a-z][a-z0-9+.-]*):(.*)$/is;

/** RFC 3986: characters that a URI may hold, percent signs only in escapes. */
const uriCharacters = /^(?:[a-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9a-f]{2})*$/i;

/** What follows the two slashes: credentials, host, port, and the rest. A host may be an IPv6 address in brackets. */
const hierarchy = /^\/\/(?:[^/?#]*@)?(\[[^/?#\]]*\]|[^/?#:]*)(?::([^/?#]*))?(?=[/?#]|$)(.*)$/s;

/** SRT's side that waits for calls has a port, and need not name an address. */
const isListener = /[?&]mode=listener(?=[&#]|$)/i;

/** Schemes that may be told back. Any other may be a part of a stream key. */
const knownSchemes = new Set([
  ...ingestProtocols,
  ...["file", "ftp", "http", "https", "hls", "mms", "rist", "rtp", "rtsp", "rtsps", "sftp", "tcp", "udp"],
  ...["webrtc", "whep", "whip", "ws", "wss", "zixi"],
]);

interface IngestUrl {
  /** In small letters. */
  readonly scheme: string;
  readonly rest: string;
}

function readUrl(text: string): IngestUrl | undefined {
  const [, scheme, rest] = parts.exec(text) ?? [];
  return scheme === undefined || rest === undefined ? undefined : { scheme: scheme.toLowerCase(), rest };
}

/** Finds what keeps a URL from working as that of any ingest endpoint, as sentences without a subject. */
function findProblems(text: string): string[] {
  const url = readUrl(text);
  if (!url) return ["must be a URI"];
  if (/\s/.test(text)) return ["must be a URI, which has no space: remove it, or write %20"];
  if (!uriCharacters.test(url.rest)) {
    return ["must be a URI: percent-encode the characters that it has and a URI has not"];
  }
  if (!url.rest.startsWith("//")) {
    return [`must have two slashes and a host after its scheme${received(url, (scheme) => `${scheme}:…`)}`];
  }
  const [, host, port, tail = ""] = hierarchy.exec(url.rest) ?? [];
  if (host === undefined) return ["must have a host that is a name or an IP address, IPv6 in brackets"];
  const listens = url.scheme === "srt" && isListener.test(tail);
  return [...hostProblems(url, host, listens), ...portProblems(port, listens && host === "")];
}

function hostProblems(url: IngestUrl, host: string, listens: boolean): string[] {
  if (host === "") {
    if (listens) return [];
    const hint = url.scheme === "srt" ? ", or be that of a listener, such as srt://:9000?mode=listener" : "";
    return [`must name a host${hint}${received(url, (scheme) => `${scheme}://…`)}`];
  }
  // The parser of the web's URLs knows addresses. It would take a number, such as a port without its colon, for one, too.
  return URL.canParse(`http://${host}`) && /^(?:\[.*\]|(?=.*[a-z.])[a-z0-9._-]*[a-z0-9]\.?)$/i.test(host)
    ? []
    : ["must have a host that is a name or an IP address, IPv6 in brackets"];
}

function portProblems(port: string | undefined, isNeeded: boolean): string[] {
  if (port === undefined)
    return isNeeded ? ["must have a port, since a listener without a host has no other address"] : [];
  const isPort = /^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
  // What is no number may be a part of a stream key.
  const what = port === "" ? "none" : /^\d{1,12}$/.test(port) ? port : "something else";
  return isPort ? [] : [`must have a port from 1 to 65535 after the colon, received ${what}`];
}

function received({ scheme }: IngestUrl, shown: (scheme: string) => string): string {
  return knownSchemes.has(scheme) ? `, received "${shown(scheme)}"` : "";
}

/** Host and port of a URL that is one, beside its scheme: the rest is masked. */
function receivedUrl(url: IngestUrl, text: string): string {
  return received(url, (scheme) => (isIngestUrl(text) ? maskUrls(text) : `${scheme}:…`));
}

function isIngestUrl(text: string): boolean {
  return findProblems(text).length === 0;
}
// An SRT listener's URL has no host, which RFC 3986 allows.
jsonSchemaOfCheck.set(isIngestUrl, { format: "uri" });

/** The URL of an ingest endpoint. It may hold a stream key: an issue tells no more of it than scheme and port. */
export const ingestUrl = v.pipe(
  v.string(),
  v.check(isIngestUrl, ({ input }) => findProblems(input).join(", and ")),
  v.description(
    "An absolute URI whose scheme is the endpoint's protocol. It names a host, unless it is that of an SRT listener, such as srt://:9000?mode=listener; a port is one from 1 to 65535.",
  ),
);

/**
 * Checks the URLs of an endpoint against its protocol.
 *
 * @returns an action for the schema of an object with `protocol`, `url` and `backupUrl`.
 */
export function schemesMatchProtocol<TEndpoint extends object>() {
  const action = v.rawCheck<TEndpoint>(({ dataset, addIssue }) => {
    const input: unknown = dataset.value;
    if (typeof input !== "object" || input === null) return;
    const endpoint = input as { readonly [member: string]: unknown };
    const protocol = ingestProtocols.find((one) => one === endpoint.protocol);
    for (const key of ["url", "backupUrl"]) {
      const value = endpoint[key];
      const url = typeof value === "string" ? readUrl(value) : undefined;
      if (!protocol || !url || url.scheme === protocol) continue;
      addIssue({
        message: `must begin with ${protocol}://, since the protocol is ${protocol}${receivedUrl(url, String(value))}`,
        path: [{ type: "object", origin: "value", input: endpoint, key, value }],
      });
    }
  });
  jsonSchemaOfCheck.set(action, { allOf: ingestProtocols.map(urlsOfProtocol) });
  return action;
}

/** The same in JSON Schema, whose patterns have no flag for letters in either case. */
function urlsOfProtocol(protocol: string) {
  const type = "string";
  const pattern = `^${[...protocol].map((letter) => `[${letter.toUpperCase()}${letter}]`).join("")}:`;
  return {
    if: { type: "object", properties: { protocol: { const: protocol } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { type: "object", properties: { url: { type, pattern }, backupUrl: { type, pattern } } },
  };
}
