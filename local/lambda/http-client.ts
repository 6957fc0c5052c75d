import { EventEmitter } from "node:events";
import http, { IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import { Socket } from "node:net";
import { Writable } from "node:stream";
import type { Exchange } from "../http/exchange";
import type { Activity } from "../time/activity";

type OnResponse = (response: IncomingMessage) => void;

/** The server of this process that functions reach without a socket. */
export interface Shortcut {
  /** Its base URL, such as `http://127.0.0.1:8788`. */
  readonly url: string;
  readonly exchange: Exchange;
}

/**
 * Makes the modules `http` and `https` of a function: calls of the AWS endpoint are handed over within this process; all others go
 * out, and are counted while they are on their way.
 */
export function httpModules(shortcut: Shortcut, activity: Activity): { [module: string]: unknown } {
  const { host } = new URL(shortcut.url);
  const wrap = (module: typeof http | typeof https) => {
    const request = (...args: unknown[]) => {
      const { options, onResponse } = readArguments(args);
      if (module === http && hostOf(options) === host) {
        return new InProcessRequest(shortcut.exchange, options, onResponse);
      }
      const sent = (module.request as (...values: unknown[]) => http.ClientRequest)(...args);
      sent.once("close", activity.begin(`a request of a function to ${hostOf(options)}`));
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
  return { ...modules, "node:http": modules.http, "node:https": modules.https };
}

/** `fetch` of a function, which is counted while it is under way. */
export function countedFetch(activity: Activity): typeof fetch {
  return (input, init) => activity.during("a fetch of a function", () => fetch(input, init));
}

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

function hostOf({ hostname, host, port }: RequestOptions): string {
  const name = hostname ?? host ?? "localhost";
  return port ? `${name}:${port}` : name;
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
    private readonly exchange: Exchange,
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
    const { method, path, headers } = this;
    this.exchange.send({ method, path, headers, body: Buffer.concat(this.chunks) }).then(
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
      },
      (error: Error) => this.destroy(error),
    );
  }
}
