import type { IncomingMessage, RequestListener } from "node:http";
import type { RuntimeListener } from "../listener";
import type { Graph } from "../record/graph";
import type { CloudFront } from "../services/cloudfront/cloudfront";
import type { MediaLive } from "../services/medialive/medialive";
import type { Activity } from "../time/activity";
import type { Clock } from "../time/clock";
import { channelOrigins, type ProgramOrigins } from "./channel-origins";
import { Edge } from "./edge";
import { type Headers, readViewerRequest } from "./exchange";

export interface PlaybackOptions {
  readonly graph: Graph;
  readonly services: { readonly CloudFront: CloudFront; readonly MediaLive: MediaLive };
  readonly origins: ProgramOrigins;
  readonly clock: Clock;
  readonly activity: Activity;
  readonly listener: RuntimeListener;
}

/** The distributions of a program, for viewers. */
export interface Playback {
  readonly edge: Edge;
  readonly handle: RequestListener;
}

/** Puts an edge location before the program's distributions, and the simulated channels behind them. */
export function createPlayback({
  graph,
  services,
  origins,
  clock,
  activity,
  listener,
}: PlaybackOptions): Playback {
  const { CloudFront: cloudFront, MediaLive: mediaLive } = services;
  const origin = channelOrigins(mediaLive, origins, clock);
  const onLog = (name: string, line: string) => listener.onLog?.(name, line);
  const edge = new Edge({ graph, cloudFront, clock, origin, onLog });
  const answer = async (request: IncomingMessage) => {
    const { method = "GET", url = "/", socket } = request;
    const viewer = readViewerRequest(method, url, headersOf(request), socket.remoteAddress);
    const answered = await edge.answer(viewer);
    const { status, headers, reason } = answered;
    const xCache = String(headers["x-cache"]);
    listener.onPlayback?.({
      method,
      path: viewer.path,
      status,
      xCache,
      ...(reason !== undefined && { reason }),
    });
    return answered;
  };
  return {
    edge,
    handle: (request, response) => {
      activity
        .during("a viewer's request", () => answer(request))
        .then(
          ({ status, headers, body }) => response.writeHead(status, headers).end(body),
          (error: unknown) => response.destroy(error as Error),
        );
    },
  };
}

/** Repeated headers are joined, as CloudFront joins them. */
function headersOf({ headers }: IncomingMessage): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}
