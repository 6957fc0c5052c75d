import type { PlannedInput } from "../../contracts/internal";

/** What `readSrtCaller` takes, for a message. */
export const srtCallerRule =
  "srt://host:port with no parameters but streamid and mode=caller or mode=listener, since the input itself has the latency and the passphrase";

/**
 * Reads the URL of a system that MediaLive is to call. MediaLive takes its address, its port and the stream's id; a passphrase only as a secret of Secrets Manager
 * (https://docs.aws.amazon.com/medialive/latest/apireference/inputs-inputid.html).
 *
 * @param url a valid URL of the protocol srt.
 * @returns the source as UpdateInput names it; undefined for a URL that names more or less than that.
 */
export function readSrtCaller(url: string): PlannedInput["sources"][number] | undefined {
  const [, authority = "", query = ""] = /^srt:\/\/([^/?#]+)\/?(?:\?([^#]*))?$/i.exec(url) ?? [];
  const [, address, port] = /^(\[[^\]]+\]|[^:@[\]]+):(\d+)$/.exec(authority) ?? [];
  const parameters = readQuery(query);
  if (address === undefined || port === undefined || !parameters) return undefined;
  const { streamid, mode = "caller", ...others } = parameters;
  if (Object.keys(others).length > 0 || !["caller", "listener"].includes(mode) || streamid === "") {
    return undefined;
  }
  return {
    SrtListenerAddress: address.replace(/^\[(.*)\]$/, "$1"),
    SrtListenerPort: port,
    ...(streamid !== undefined && { StreamId: streamid }),
  };
}

/** @returns each parameter; undefined where one stands twice, or has an escape that is no UTF-8. A plus sign is one: SRT's queries are no forms. */
function readQuery(query: string): { [name: string]: string } | undefined {
  const parts = query.split("&").filter((part) => part !== "");
  try {
    const entries = parts.map((part): [string, string] => {
      const [name = "", ...value] = part.split("=");
      return [decodeURIComponent(name), decodeURIComponent(value.join("="))];
    });
    const parameters = Object.fromEntries(entries);
    return Object.keys(parameters).length === entries.length ? parameters : undefined;
  } catch {
    return undefined;
  }
}
