import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { UnsignedRequest } from "../../../contracts/sign-request";

/** An answer of AWS, whole. */
export interface AwsAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly body: string;
}

/** When a try is given up, so that a call which hangs is tried again, rather than seen as a function that timed out. */
export interface Timeouts {
  /** How long a connection may take, in milliseconds. @default 1000: AWS is in the same Region, some milliseconds away */
  readonly connect?: number;
  /** How long a connection may stay silent, in milliseconds. @default 5000 */
  readonly silence?: number;
}

interface Transport {
  readonly agent: Agent;
  readonly request: (options: RequestOptions) => ClientRequest;
}

const transports = new Map<string, Promise<Transport>>();

/**
 * Sends a POST and waits for the whole answer, over a connection that is kept for the next one.
 *
 * @param endpoint `http:` or `https:`, host and port.
 * @throws {Error} with the `code` of Node.js, or named TimeoutError, or the signal's reason.
 */
export async function post(
  endpoint: URL,
  { path, body }: UnsignedRequest,
  headers: { readonly [name: string]: string },
  timeouts?: Timeouts,
  signal?: AbortSignal,
): Promise<AwsAnswer> {
  const { agent, request } = await transportOf(endpoint.protocol);
  const { hostname, port } = endpoint;
  return new Promise((resolve, reject) => {
    const sent = request({
      ...{ method: "POST", hostname, path, agent },
      ...(port && { port }),
      headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
      ...(signal && { signal }),
    });
    sent.on("error", (error) => reject(signal?.aborted ? signal.reason : error));
    sent.on("response", (response) => void readBody(response).then(resolve, reject));
    giveUpInTime(sent, timeouts);
    sent.end(body);
  });
}

/** The module is loaded for the first call: an execution environment that only answers 400 needs none. */
function transportOf(protocol: string): Promise<Transport> {
  const known = transports.get(protocol) ?? load(protocol);
  transports.set(protocol, known);
  return known;
}

async function load(protocol: string): Promise<Transport> {
  const { Agent, request } = protocol === "http:" ? await import("node:http") : await import("node:https");
  return { agent: new Agent({ keepAlive: true }), request };
}

function readBody(response: IncomingMessage): Promise<AwsAnswer> {
  const chunks: Buffer[] = [];
  const { statusCode = 0, headers } = response;
  // By its events: an iterator has Node.js load more of its streams for the first call.
  return new Promise((resolve, reject) => {
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("end", () => {
      resolve({ status: statusCode, headers, body: Buffer.concat(chunks).toString("utf8") });
    });
    response.on("error", reject);
    response.on("aborted", () => reject(Object.assign(new Error("aborted"), { code: "ECONNRESET" })));
  });
}

function giveUpInTime(sent: ClientRequest, { connect = 1_000, silence = 5_000 }: Timeouts = {}): void {
  const giveUp = (what: string, milliseconds: number) => {
    sent.destroy(Object.assign(new Error(`${what} in ${milliseconds} ms.`), { name: "TimeoutError" }));
  };
  sent.setTimeout(silence, () => giveUp("AWS did not answer", silence));
  sent.on("socket", (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => giveUp("No connection to AWS", connect), connect);
    const stop = () => clearTimeout(timer);
    socket.once("connect", stop).once("close", stop);
  });
}
