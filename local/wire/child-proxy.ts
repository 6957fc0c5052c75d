import { type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { isAwsHost } from "../lambda/aws-hosts";

/**
 * Makes a server the proxy of the processes that functions start: calls to AWS are refused by name, all others go through. The user name of the
 * proxy's URL is the function's name. See {@link forwardForChild} for requests without TLS.
 */
export function tunnelForChildren(server: Server): void {
  server.on("connect", ({ url = "", headers }, socket, head: Buffer) => {
    const { hostname, port } = new URL(`tunnel://${url}`);
    socket.on("error", () => undefined);
    const refused = refusalOf(hostname, headers["proxy-authorization"]);
    if (refused !== undefined) {
      socket.end(`HTTP/1.1 403 ${refused}\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(Number(port || 443), hostname.replace(/^\[|\]$/g, ""), () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", (error) => {
      socket.end(`HTTP/1.1 502 ${error.message.replace(/\s+/g, " ")}\r\ncontent-length: 0\r\n\r\n`);
    });
    socket.on("close", () => upstream.destroy());
  });
}

/**
 * Sends a request without TLS on to its host, if it came to this server as to a proxy.
 *
 * @returns whether it did: such a request has a whole URL for its path.
 */
export function forwardForChild(incoming: IncomingMessage, response: ServerResponse): boolean {
  const { url = "", method, headers } = incoming;
  if (!/^http:\/\//i.test(url) || !URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  const { "proxy-authorization": authorization, "proxy-connection": _, ...others } = headers;
  const answer = (status: number, text: string) => {
    incoming.resume();
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
  };
  const refused = refusalOf(hostname, authorization);
  if (refused !== undefined) {
    answer(403, refused);
    return true;
  }
  const upstream = request(url, { ...(method !== undefined && { method }), headers: others }, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
  });
  upstream.on("error", (error) => {
    if (response.headersSent) response.destroy();
    else answer(502, error.message);
  });
  response.on("close", () => upstream.destroy());
  incoming.pipe(upstream);
  return true;
}

function refusalOf(hostname: string, authorization: string | undefined): string | undefined {
  return isAwsHost(hostname)
    ? `A child process of the function ${userOf(authorization)} called ${hostname}. The local runtime lets no call of a function out to AWS.`
    : undefined;
}

function userOf(authorization: string | undefined): string {
  const decoded = Buffer.from(authorization?.replace(/^Basic /i, "") ?? "", "base64").toString("utf8");
  return decodeURIComponent(decoded.split(":")[0] || "(unknown)");
}
