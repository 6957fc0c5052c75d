import { hlsFile } from "../services/medialive/hls";
import type { MediaLive } from "../services/medialive/medialive";
import type { Clock } from "../time/clock";
import { defaultOriginDomain } from "./distribution-config";
import type { Answer } from "./exchange";
import type { OriginRequest, OriginServer } from "./origin-request";
import { normalizePath } from "./path-patterns";

/** Where the output of an encoder channel can be fetched. */
export interface ChannelOrigin {
  readonly channelId: string;
  /** @default - the domain of the distribution's default origin */
  readonly domainName?: string;
  /** The path under which it is. @default - every path of the domain that no other channel has */
  readonly path?: string;
}

/** What the origins know of a program. */
export interface ProgramOrigins {
  readonly channels: readonly ChannelOrigin[];
  /** Says in words what a running channel shows. @default - nothing in particular */
  readonly contentOf?: (channelId: string) => Promise<string | undefined>;
}

/** Source: MediaPackage v2 API, `EgressDomain` of a channel group. */
const mediaPackageV2 = /\.mediapackagev2\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/;

/**
 * Serves the output of the simulated channels at the domains of their origins. Any other domain is answered 502: a request to it would leave
 * the machine.
 */
export function channelOrigins(mediaLive: MediaLive, origins: ProgramOrigins, clock: Clock): OriginServer {
  return async (request) => {
    const path = normalizePath(request.path);
    const there = channelsAt(origins.channels, request, path);
    if (there === undefined) {
      return unreachable(
        `'${request.domainName}' is not the origin of a channel of the program. The local runtime sends nothing to other machines.`,
      );
    }
    // MediaPackage v2 answers requests that its endpoint policy admits. The policy that a distribution needs admits what it signs.
    if (
      mediaPackageV2.test(request.domainName) &&
      !["mediapackagev2", "unknown"].includes(String(request.signedFor))
    ) {
      return text(
        403,
        "Forbidden",
        `'${request.domainName}' is a MediaPackage v2 domain, which refuses requests that no origin access control of type mediapackagev2 signs.`,
      );
    }
    if (request.method !== "GET" && request.method !== "HEAD") return text(405, "Method Not Allowed");
    const running = there.filter(({ channelId }) => mediaLive.runOf(channelId) !== undefined);
    const [channel] = running;
    if (!channel) {
      return text(
        404,
        "Not Found",
        `No channel of '${request.domainName}${path}' is running: ${list(there)}.`,
      );
    }
    if (running.length > 1) {
      return unreachable(
        `The channels ${list(running)} are running, and all of them put their output at '${request.domainName}'. Give each its own originDomainName or originPath.`,
      );
    }
    return serve(channel.channelId, path);
  };

  async function serve(channelId: string, path: string): Promise<Answer> {
    const content = (await origins.contentOf?.(channelId)) ?? "a test picture";
    const run = mediaLive.runOf(channelId);
    const name = path.slice(path.lastIndexOf("/") + 1);
    const file = run && hlsFile({ channelId, ...run, content }, name, clock.now());
    if (!file) return text(404, "Not Found", `The channel ${channelId} has no file '${name}' now.`);
    return {
      status: 200,
      headers: { "content-type": file.contentType, "cache-control": `max-age=${file.maxAgeSeconds}` },
      body: file.body,
    };
  }
}

/** @returns the channels whose output is at a path, those with the longest path alone; undefined for a domain that is not theirs. */
function channelsAt(
  channels: readonly ChannelOrigin[],
  { domainName, config }: OriginRequest,
  path: string,
): readonly ChannelOrigin[] | undefined {
  const atDomain = channels.filter((one) => (one.domainName ?? defaultOriginDomain(config)) === domainName);
  if (atDomain.length === 0) return undefined;
  const atPath = atDomain.filter((one) => one.path === undefined || path.startsWith(`${one.path}/`));
  const longest = Math.max(...atPath.map((one) => one.path?.length ?? 0));
  return atPath.filter((one) => (one.path?.length ?? 0) === longest);
}

function list(channels: readonly ChannelOrigin[]): string {
  return channels.map(({ channelId }) => channelId).join(", ") || "there is none under this path";
}

function text(status: number, body: string, reason?: string): Answer {
  const headers = { "content-type": "text/plain" };
  return { status, headers, body: Buffer.from(body), ...(reason !== undefined && { reason }) };
}

/** An origin that CloudFront could not connect to: the answer without headers stands for no answer. */
function unreachable(reason: string): Answer {
  return { status: 502, headers: {}, body: Buffer.alloc(0), reason };
}
