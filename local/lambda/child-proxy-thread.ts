// Runs in the thread that child-proxy.ts starts.
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { type MessagePort, workerData } from "node:worker_threads";
import { hostsOfUrl, isAwsHost, refusals } from "./aws-hosts";

export interface ProxySettings {
  /** Takes the proxy's port, and wakes the thread that waits for it. */
  readonly port: Int32Array<SharedArrayBuffer>;
  /** The AWS endpoint of this process. The main thread alone answers there. */
  readonly runtimeUrl: string | undefined;
  /** Takes each {@link ProxyNotice}, before the call is answered. */
  readonly notices: MessagePort;
}

/** A call that was refused. */
export interface ProxyNotice {
  readonly functionName: string;
  readonly message: string;
}

const { port, runtimeUrl, notices } = workerData as ProxySettings;
const runtimeHosts = runtimeUrl === undefined ? [] : hostsOfUrl(runtimeUrl);

const server = createServer(forward).on("connect", tunnel);
server.listen(0, "127.0.0.1", () => {
  Atomics.store(port, 0, (server.address() as AddressInfo).port);
  Atomics.notify(port, 0);
});

/** Connects a client with the host that it asks for, mostly for TLS. */
function tunnel({ url = "", headers }: IncomingMessage, socket: Socket, head: Buffer): void {
  const answer = (status: number, text: string) => {
    socket.end(`HTTP/1.1 ${status} ${text.replace(/\s+/g, " ")}\r\ncontent-length: 0\r\n\r\n`);
  };
  socket.on("error", () => undefined);
  if (!URL.canParse(`tunnel://${url}`)) {
    answer(400, "The target is no host with a port.");
    return;
  }
  const target = new URL(`tunnel://${url}`);
  const refused = refusalOf(target, headers["proxy-authorization"]);
  if (refused !== undefined) {
    answer(403, refused);
    return;
  }
  const upstream = connect(Number(target.port || 443), target.hostname.replace(/^\[|\]$/g, ""), () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
  });
  upstream.on("error", ({ message }) => answer(502, message));
  socket.on("close", () => upstream.destroy());
}

/** Sends a request without TLS on to its host. A proxy is asked for a whole URL. */
function forward(incoming: IncomingMessage, response: ServerResponse): void {
  const { url = "", method, headers } = incoming;
  const { "proxy-authorization": authorization, "proxy-connection": _, ...others } = headers;
  const answer = (status: number, text: string) => {
    incoming.resume();
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
  };
  if (!/^http:\/\//i.test(url) || !URL.canParse(url)) {
    answer(400, "This is a proxy: it takes whole URLs.");
    return;
  }
  const refused = refusalOf(new URL(url), authorization);
  if (refused !== undefined) {
    answer(403, refused);
    return;
  }
  const upstream = request(url, { ...(method !== undefined && { method }), headers: others }, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
  });
  upstream.on("error", ({ message }) => {
    if (response.headersSent) response.destroy();
    else answer(502, message);
  });
  response.on("close", () => upstream.destroy());
  incoming.pipe(upstream);
}

/** Says why a call is refused, to the function's log as well. */
function refusalOf({ hostname, port }: URL, authorization: string | undefined): string | undefined {
  const host = port === "" || port === "80" || port === "443" ? hostname : `${hostname}:${port}`;
  const decoded = Buffer.from(authorization?.replace(/^Basic /i, "") ?? "", "base64").toString("utf8");
  const [user = "", password] = decoded.split(":");
  const functionName = decodeURIComponent(user) || "(unknown)";
  const reason = reasonAgainst(host, password === "awaited");
  if (reason === undefined) return undefined;
  const message = `A child process of the function ${functionName} called ${host}. ${reason}`;
  notices.postMessage({ functionName, message } satisfies ProxyNotice);
  return message;
}

function reasonAgainst(host: string, isAwaited: boolean): string | undefined {
  if (runtimeHosts.includes(host)) return isAwaited ? refusals.stopped : undefined;
  return isAwsHost(host) ? refusals.aws : undefined;
}
