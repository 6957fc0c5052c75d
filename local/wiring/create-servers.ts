import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createHttpApi } from "../http/http-api";
import { listen } from "../http/listen";
import type { Services } from "../services";
import type { Clock } from "../time/clock";
import { type AwsServerOptions, createAwsServer } from "../wire/server";
import type { Passage } from "./create-gate";
import type { ApiServer } from "./http-apis";

export interface ServersOptions {
  /** Port of the HTTP API; 0 for a free one. */
  readonly port: number;
  /** Port of the AWS wire protocols; 0 for a free one. */
  readonly awsPort: number;
  /** Port of the distributions, for viewers. @default 0, a free one */
  readonly playbackPort?: number | undefined;
  readonly accountId: string;
  readonly clock: Clock;
  readonly passage: Passage;
  readonly services: Services;
  /** Says which resources of the program a request that is not served is about. */
  readonly explain: NonNullable<AwsServerOptions["explain"]>;
  /** Takes what ends a server. */
  readonly onStop: (stop: () => unknown) => void;
}

export interface Servers {
  /** Opens the ports that were chosen. @throws {Error} when one was taken meanwhile. */
  readonly open: () => Promise<void>;
  /** The main HTTP API's. */
  readonly api: ApiServer;
  readonly aws: { readonly server: Server; readonly url: string };
  readonly playback: {
    readonly server: Server;
    readonly url: string;
    /** Until then, viewers are not answered. */
    readonly setHandler: (handle: RequestListener) => void;
  };
}

/**
 * Makes the servers of the HTTP API, of the AWS wire protocols and of the distributions: resources are recorded with their addresses.
 * A port that was chosen is opened last, so that whoever waits for it finds a runtime that answers. Nobody knows a free port before.
 *
 * @throws {Error} when a port is taken or may not be used.
 */
export async function createServers(options: ServersOptions): Promise<Servers> {
  const { accountId, clock, passage, services, onStop } = options;
  const { callers, gate } = passage;
  const awsServer = createAwsServer({
    services: (accessKeyId, traceId) => gate.servicesFor(callers.ofAccessKey(accessKeyId, traceId), services),
    explain: options.explain,
  });
  const aws = await address(awsServer, options.awsPort, "--aws-port", onStop);
  const { open: openApi, ...api } = await createApiServer({ accountId, clock, onStop }, options.port);
  const viewers: { handle: RequestListener } = { handle: (_request, response) => response.destroy() };
  const playbackServer = createServer((request, response) => viewers.handle(request, response));
  const viewing = await address(playbackServer, options.playbackPort ?? 0, "--playback-port", onStop);
  return {
    open: async () => {
      for (const open of [aws.open, openApi, viewing.open]) await open();
    },
    playback: {
      server: playbackServer,
      url: viewing.url,
      setHandler: (handle) => {
        viewers.handle = handle;
      },
    },
    aws: { server: awsServer, url: aws.url },
    api,
  };
}

/**
 * Makes the server of an HTTP API.
 *
 * @param port 0 for a free one.
 */
export async function createApiServer(
  { accountId, clock, onStop }: Pick<ServersOptions, "accountId" | "clock" | "onStop">,
  port = 0,
): Promise<ApiServer & { readonly open: () => Promise<void> }> {
  const routes: { handle: RequestListener } = {
    handle: createHttpApi({ apiId: "", accountId, routes: [], clock }),
  };
  const server = createServer((request, response) => routes.handle(request, response));
  const { url, open } = await address(server, port, "--port", onStop);
  return {
    server,
    url,
    open,
    setRoutes: (handle) => {
      routes.handle = handle;
    },
  };
}

/** @returns a server's address, and how to open it. A free port is opened at once, since it has no number before. */
async function address(
  server: Server,
  port: number,
  option: string,
  onStop: (stop: () => unknown) => void,
): Promise<{ url: string; open: () => Promise<void> }> {
  onStop(() => close(server));
  if (port === 0) return { url: await listen(server, port, option), open: async () => undefined };
  // A port that is in use is told before the program is recorded.
  const probe = createServer();
  const url = await listen(probe, port, option);
  await close(probe);
  return {
    url,
    open: async () => {
      await listen(server, port, option);
    },
  };
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}
