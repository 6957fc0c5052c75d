import type { Server } from "node:http";
import { connect } from "node:net";
import { isAwsHost } from "../lambda/aws-hosts";

/**
 * Makes a server the HTTPS proxy of the processes that functions start: tunnels to AWS are refused by name, all others go through. The
 * user name of the proxy's URL is the function's name.
 */
export function refuseTunnelsToAws(server: Server): void {
  server.on("connect", ({ url = "", headers }, socket, head: Buffer) => {
    const { hostname, port } = new URL(`tunnel://${url}`);
    socket.on("error", () => undefined);
    if (isAwsHost(hostname)) {
      const functionName = userOf(headers["proxy-authorization"]);
      const message = `A child process of the function ${functionName} called ${hostname}. The local runtime lets no call of a function out to AWS.`;
      socket.end(`HTTP/1.1 403 ${message}\r\ncontent-length: 0\r\n\r\n`);
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

function userOf(authorization: string | undefined): string {
  const decoded = Buffer.from(authorization?.replace(/^Basic /i, "") ?? "", "base64").toString("utf8");
  return decodeURIComponent(decoded.split(":")[0] || "(unknown)");
}
