import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What undici, and so `fetch`, tells of a request. */
interface FetchRequest {
  readonly origin?: string | URL;
}

/**
 * Tells whether a request of this process is on its way to one of its servers, or an answer on its way back: bytes that only the
 * kernel knows of. A request that a server is handling is not on its way; what it does is counted where it is done.
 */
export class HttpTraffic {
  private static readonly running = new Set<HttpTraffic>();
  private readonly ports = new Set<number>();
  /** The local ports of this process's connections to the servers. */
  private readonly own = new Set<number>();
  private readonly sent = new Set<object>();
  private readonly handled = new Set<object>();

  constructor(servers: readonly Server[]) {
    for (const server of servers) {
      const learnPort = () => this.ports.add((server.address() as AddressInfo).port);
      if (server.listening) learnPort();
      else server.once("listening", learnPort);
      server.on("request", (request, response) => this.handle(request, response));
    }
    for (const [channel, listener] of this.listeners) subscribe(channel, listener);
    if (HttpTraffic.running.size === 0) subscribe("net.client.socket", HttpTraffic.onSocket);
    HttpTraffic.running.add(this);
  }

  /** What is on its way, if anything. */
  readonly underWay = (): string | undefined =>
    this.sent.size > this.handled.size ? "a request over the loopback interface" : undefined;

  stop(): void {
    for (const [channel, listener] of this.listeners) unsubscribe(channel, listener);
    HttpTraffic.running.delete(this);
    if (HttpTraffic.running.size === 0) unsubscribe("net.client.socket", HttpTraffic.onSocket);
  }

  private readonly listeners = new Map<string, (message: unknown) => void>([
    [
      "http.client.request.start",
      (message) => this.sendHttp((message as { request: ClientRequest }).request),
    ],
    ["undici:request:create", (message) => this.sendFetch((message as { request: FetchRequest }).request)],
    ["undici:request:headers", (message) => this.sent.delete((message as { request: object }).request)],
    ["undici:request:error", (message) => this.sent.delete((message as { request: object }).request)],
  ]);

  /** One listener at each connection tells all that run in this process: Node.js warns of more than ten at one socket. */
  private static readonly onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    socket.once("connect", () => {
      for (const traffic of HttpTraffic.running) traffic.connect(socket);
    });
  };

  private connect(socket: Socket): void {
    const { localPort, remotePort } = socket;
    if (localPort === undefined || !this.ports.has(remotePort ?? 0)) return;
    this.own.add(localPort);
    socket.once("close", () => this.own.delete(localPort));
  }

  private sendHttp(request: ClientRequest): void {
    const port = Number(/:(\d+)$/.exec(String(request.getHeader("host")))?.[1]);
    if (!this.ports.has(port)) return;
    this.sent.add(request);
    const end = () => this.sent.delete(request);
    request.once("response", end).once("error", end).once("close", end);
  }

  private sendFetch(request: FetchRequest): void {
    if (this.ports.has(Number(new URL(String(request.origin)).port))) this.sent.add(request);
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    if (!this.own.has(request.socket.remotePort ?? 0)) return;
    const begin = () => this.handled.add(request);
    if (request.complete) begin();
    else request.once("end", begin);
    const end = () => this.handled.delete(request);
    response.once("finish", end).once("close", end);
  }
}
