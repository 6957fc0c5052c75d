import { EventEmitter } from "node:events";
import http, { IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import { Socket } from "node:net";
import { Writable } from "node:stream";
import type { Exchange } from "../http/exchange";
import type { Activity } from "../time/activity";
import { currentInvocation } from "./invocations";
import type { Outbound } from "./outbound";

type Headers = { readonly [name: string]: string };

type OnResponse = (response: IncomingMessage) => void;

/**
 * Makes the modules `http` and `https` of a function: calls to AWS are handed over within this process; all others go out, and are
 * counted while they are on their way.
 */
export function httpModules(outbound: Outbound, activity: Activity): { [module: string]: unknown } {
  const wrap = (module: typeof http | typeof https) => {
    const request = (...args: unknown[]) => {
      const { options, onResponse } = readArguments(args);
      const host = hostOf(options, module === http ? "80" : "443");
      const exchange = exchangeFor(outbound, host, authorizationOf(options.headers));
      const identify = (headers: Headers) => outbound.identify(headers, currentInvocation()?.traceId);
      if (exchange) return new InProcessRequest(identify, exchange, options, onResponse);
      const viewer = outbound.viewer(host);
      if (viewer)
        return new InProcessRequest((headers) => ({ ...headers, host }), viewer, options, onResponse);
      const sent = (module.request as (...values: unknown[]) => http.ClientRequest)(...args);
      sent.once("close", activity.begin(`a request of a function to ${host}`));
      return sent;
    };
    const get = (...args: unknown[]) => {
      const sent = request(...args);
      sent.end();
      return sent;
    };
    return Object.assign(Object.create(module) as object, { request, get });
  };
  const modules = { http: wrap(http), https: wrap(https) };
  for (const module of Object.values(modules)) Object.assign(module, { default: module });
  return modules;
}

/** A request reports a refusal as it reports a broken connection: by its `error` event. */
function exchangeFor(outbound: Outbound, host: string, authorization: string | undefined) {
  try {
    return outbound.route(host, authorization)?.exchange;
  } catch (error) {
    return { send: () => Promise.reject(error) };
  }
}

/** Makes `fetch` of a function, which goes the ways of its `http`. */
export function ownFetch(outbound: Outbound, activity: Activity): typeof fetch {
  return (input, init) =>
    activity.during("a fetch of a function", async () => {
      const url = input instanceof Request ? input.url : String(input);
      // It is fetch that refuses what is no URL.
      if (!URL.canParse(url)) return fetch(input, init);
      const { host, pathname, search } = new URL(url);
      const given = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
      const endpoint = outbound.route(host, given.get("authorization") ?? undefined);
      const exchange = endpoint?.exchange ?? outbound.viewer(host);
      if (!exchange) return fetch(input, init);
      const { method, headers, body } = await readRequest(new Request(input, init));
      const request = {
        method,
        path: `${pathname}${search}`,
        headers: endpoint ? outbound.identify(headers, currentInvocation()?.traceId) : { ...headers, host },
        body,
      };
      const { status, headers: answered, body: content } = await exchange.send(request);
      const texts = Object.entries(answered).map(([name, value]): [string, string] => [name, String(value)]);
      return new Response(isBodiless(status) ? null : new Uint8Array(content), { status, headers: texts });
    });
}

/** Makes the class `WebSocket` of a function: its own would report a refused connection without a reason. */
export function ownWebSocket(outbound: Outbound): typeof WebSocket {
  return new Proxy(globalThis.WebSocket, {
    construct: (target, args: [url: string | URL], newTarget) => {
      const [url] = args;
      const refused = URL.canParse(String(url)) ? outbound.check(new URL(url).host) : undefined;
      if (refused) throw refused;
      return Reflect.construct(target, args, newTarget) as WebSocket;
    },
  });
}

async function readRequest(request: Request) {
  const headers = Object.fromEntries([...request.headers]);
  return { method: request.method, headers, body: new Uint8Array(await request.arrayBuffer()) };
}

/** `Response` refuses a body for these. */
const isBodiless = (status: number) => [204, 205, 304].includes(status);

/** Reads the arguments of `http.request`: a URL, options, or both, and the callback. */
function readArguments(args: readonly unknown[]): { options: RequestOptions; onResponse?: OnResponse } {
  const onResponse = args.find((arg) => typeof arg === "function") as OnResponse | undefined;
  let options: RequestOptions = {};
  for (const arg of args) {
    if (typeof arg === "string" || arg instanceof URL) {
      const { hostname, port, pathname, search } = new URL(arg);
      options = { ...options, hostname, port, path: `${pathname}${search}` };
    } else if (typeof arg === "object" && arg !== null) options = { ...options, ...arg };
  }
  return { options, ...(onResponse && { onResponse }) };
}

/** As a URL writes it: without the protocol's own port. */
function hostOf({ hostname, host, port }: RequestOptions, ownPort: string): string {
  const name = hostname ?? host ?? "localhost";
  return port && String(port) !== ownPort ? `${name}:${port}` : name;
}

function authorizationOf(headers: RequestOptions["headers"]): string | undefined {
  const entries = Object.entries(headers ?? {});
  const found = entries.find(([name]) => name.toLowerCase() === "authorization")?.[1];
  return found === undefined ? undefined : String(found);
}

/** What a client sees of a connection: open, and never idle. */
class OpenSocket extends EventEmitter {
  readonly connecting = false;
  readonly destroyed = false;

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }
}

/** A ClientRequest to a server of this process. */
class InProcessRequest extends Writable {
  readonly socket = new OpenSocket();
  readonly method: string;
  readonly path: string;
  private readonly headers: Record<string, string> = {};
  private readonly chunks: Buffer[] = [];

  constructor(
    private readonly headersFor: (headers: Headers) => Headers,
    private readonly exchange: Pick<Exchange, "send">,
    options: RequestOptions,
    onResponse: OnResponse | undefined,
  ) {
    // A request that is sent is not over: a stream that has destroyed itself tells of no error, and the caller would wait in vain.
    super({ autoDestroy: false });
    this.method = options.method ?? "GET";
    this.path = options.path ?? "/";
    for (const [name, value] of Object.entries(options.headers ?? {})) {
      if (value !== undefined) this.setHeader(name, value);
    }
    if (onResponse) this.once("response", onResponse);
  }

  setHeader(name: string, value: number | string | readonly string[]): this {
    this.headers[name.toLowerCase()] = String(value);
    return this;
  }

  getHeader(name: string): string | undefined {
    return this.headers[name.toLowerCase()];
  }

  removeHeader(name: string): void {
    delete this.headers[name.toLowerCase()];
  }

  flushHeaders(): void {}

  setTimeout(): this {
    return this;
  }

  setNoDelay(): void {}

  setSocketKeepAlive(): void {}

  abort(): void {
    this.destroy();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  override _final(done: () => void): void {
    done();
    const { method, path } = this;
    const headers = this.headersFor(this.headers);
    const request = { method, path, headers, body: Buffer.concat(this.chunks) };
    this.exchange.send(request).then(
      ({ status, headers: answered, body }) => {
        if (this.destroyed && this.errored) return;
        const response = new IncomingMessage(new Socket());
        response.statusCode = status;
        response.statusMessage = http.STATUS_CODES[status] ?? "";
        response.headers = Object.fromEntries(
          Object.entries(answered).map(([name, value]) => [name, String(value)]),
        );
        response.complete = true;
        response.push(body);
        response.push(null);
        this.emit("response", response);
        this.destroy();
      },
      (error: Error) => this.destroy(error),
    );
  }
}
