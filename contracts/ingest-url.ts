import * as v from "valibot";
import { maskUrls } from "./mask-urls";
import { jsonSchemaOfCheck } from "./text";

/** The protocols of an ingest endpoint. Each is the scheme of its URLs. */
export const ingestProtocols = ["rtmp", "rtmps", "srt"] as const;

/** RFC 3986: a scheme, and the rest. */
const parts = /^([a-z][a-z0-9+.-]*):(.*)$/is;

/** RFC 3986: characters that a URI may hold, percent signs only in escapes. */
const uriCharacters = /^(?:[a-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9a-f]{2})*$/i;

const label = "[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?";
const octet = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
/** A name, which is more than a number: that would be a port without its colon. An IPv4 address, or IPv6 in brackets. */
const host = String.raw`(?:(?![0-9.]*(?:[:/?#]|$))(?:${label}\.)*${label}\.?|(?:${octet}\.){3}${octet}|\[[0-9A-Fa-f:.]+\])`;
const port = "(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
/** SRT's side that waits for calls has a port, and need not name an address. */
const listenerQuery = String.raw`(?:/[^?#]*)?\?(?:[^#]*&)?mode=listener(?:[&#]|$)`;

/** The same as the check says, as one pattern for JSON Schema; the address in brackets is the format's affair. */
const pattern = `^(?:[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@[\\]]*@)?${host}(?::${port})?(?:[/?#]|$)|[Ss][Rr][Tt]://(?:[^/?#@[\\]]*@)?:${port}${listenerQuery})`;

/** What follows the two slashes: credentials, host, port, and the rest. */
const hierarchy = /^\/\/(?:([^/?#]*)@)?(\[[^/?#\]]*\]|[^/?#:]*)(?::([^/?#]*))?(?=[/?#]|$)(.*)$/s;

const isHost = new RegExp(`^${host}$`);
const isPort = new RegExp(`^${port}$`);
const isListener = new RegExp(`^${listenerQuery}`);

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
  if (!uriCharacters.test(url.rest)) return [characterRule];
  if (!url.rest.startsWith("//")) {
    return [`must have two slashes and a host after its scheme${received(url, (scheme) => `${scheme}:…`)}`];
  }
  const [, user = "", name, number, tail = ""] = hierarchy.exec(url.rest) ?? [];
  if (name === undefined) return [hostRule];
  // Brackets are for addresses alone, an at sign for the end of credentials, and the second number sign is none.
  if (/[@[\]]/.test(user) || /[[\]]|#.*#/s.test(tail)) return [characterRule];
  const listens = url.scheme === "srt" && isListener.test(tail);
  return [...hostProblems(url, name, listens), ...portProblems(number, listens && name === "")];
}

const characterRule = "must be a URI: percent-encode the characters that it has and a URI has not";
const hostRule = "must have a host that is a name or an IP address, IPv6 in brackets";

function hostProblems(url: IngestUrl, name: string, listens: boolean): string[] {
  if (name === "") {
    if (listens) return [];
    const hint = url.scheme === "srt" ? ", or be that of a listener, such as srt://:9000?mode=listener" : "";
    return [`must name a host${hint}${received(url, (scheme) => `${scheme}://…`)}`];
  }
  const isAddress = !name.startsWith("[") || URL.canParse(`http://${name}`);
  return isHost.test(name) && isAddress ? [] : [hostRule];
}

function portProblems(number: string | undefined, isNeeded: boolean): string[] {
  if (number === undefined) {
    return isNeeded ? ["must have a port, since a listener without a host has no other address"] : [];
  }
  // What is no number may be a part of a stream key.
  const what = number === "" ? "none" : /^\d{1,12}$/.test(number) ? number : "something else";
  return isPort.test(number) ? [] : [`must have a port from 1 to 65535 after the colon, received ${what}`];
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
jsonSchemaOfCheck.set(isIngestUrl, { format: "uri", pattern });

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
  const scheme = `^${[...protocol].map((letter) => `[${letter.toUpperCase()}${letter}]`).join("")}:`;
  return {
    if: { type: "object", properties: { protocol: { const: protocol } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      type: "object",
      properties: { url: { type, pattern: scheme }, backupUrl: { type, pattern: scheme } },
    },
  };
}
