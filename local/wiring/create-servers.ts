import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createHttpApi } from "../http/http-api";
import type { Services } from "../services";
import type { Clock } from "../time/clock";
import { refuseTunnelsToAws } from "../wire/refuse-tunnels";
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
 * Starts the servers of the HTTP API, of the AWS wire protocols and of the distributions: resources are recorded with their addresses.
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
  refuseTunnelsToAws(awsServer);
  const awsUrl = await listen(awsServer, options.awsPort, "--aws-port");
  onStop(() => close(awsServer));
  const api = await createApiServer({ accountId, clock, onStop }, options.port);
  const viewers: { handle: RequestListener } = { handle: (_request, response) => response.destroy() };
  const playbackServer = createServer((request, response) => viewers.handle(request, response));
  const playbackUrl = await listen(playbackServer, options.playbackPort ?? 0, "--playback-port");
  onStop(() => close(playbackServer));
  return {
    playback: {
      server: playbackServer,
      url: playbackUrl,
      setHandler: (handle) => {
        viewers.handle = handle;
      },
    },
    aws: { server: awsServer, url: awsUrl },
    api,
  };
}

/**
 * Starts the server of an HTTP API.
 *
 * @param port 0 for a free one.
 */
export async function createApiServer(
  { accountId, clock, onStop }: Pick<ServersOptions, "accountId" | "clock" | "onStop">,
  port = 0,
): Promise<ApiServer> {
  const routes: { handle: RequestListener } = {
    handle: createHttpApi({ apiId: "", accountId, routes: [], clock }),
  };
  const server = createServer((request, response) => routes.handle(request, response));
  const url = await listen(server, port, "--port");
  onStop(() => close(server));
  return {
    server,
    url,
    setRoutes: (handle) => {
      routes.handle = handle;
    },
  };
}

async function listen(server: Server, port: number, option: string): Promise<string> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const problem = code === "EADDRINUSE" ? "is in use" : "may not be used";
    throw new Error(`Port ${port} ${problem}. Choose another with ${option}, or 0 for a free one.`);
  }
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}
