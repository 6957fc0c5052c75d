import { Socket as DatagramSocket } from "node:dgram";
import { Socket } from "node:net";
import { currentInvocation } from "./invocations";

let isGuarded = false;

/**
 * Checks every connection that the code of a function opens: by `net`, `tls`, `http2`, `dgram`, or a client that has its own way to them.
 * Connections of other code are not affected.
 */
export function guardConnections(): void {
  if (isGuarded) return;
  isGuarded = true;
  // Every client connection of Node.js, undici's and TLS's included, begins with this method.
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
    const host = hostOfConnection(args);
    const refused = host === undefined ? undefined : currentInvocation()?.outbound.check(host);
    if (!refused) return Reflect.apply(connect, this, args);
    process.nextTick(() => this.destroy(refused));
    return this;
  } as typeof connect;
  guardDatagrams("send");
  guardDatagrams("connect");
}

/** The address among the arguments of these methods is a text, after a message or a port, and before an optional callback. */
function guardDatagrams(method: "send" | "connect"): void {
  const prototype = DatagramSocket.prototype as unknown as {
    [name in typeof method]: (...args: unknown[]) => unknown;
  };
  const original = prototype[method];
  prototype[method] = function (this: DatagramSocket, ...args: unknown[]) {
    const host = args.slice(1).find((arg) => typeof arg === "string");
    const refused = host === undefined ? undefined : currentInvocation()?.outbound.check(host);
    if (!refused) return Reflect.apply(original, this, args);
    const callback = args.at(-1);
    process.nextTick(() => {
      if (typeof callback === "function") (callback as (error: Error) => void)(refused);
      else this.emit("error", refused);
    });
    return undefined;
  };
}

/** Reads the arguments of `connect`: options, or port and host; net.connect() has them in an array already. */
function hostOfConnection(args: readonly unknown[]): string | undefined {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === "object" && first !== null) {
    const { host, port } = first as { host?: string; port?: number | string };
    return host === undefined ? undefined : withPort(host, port);
  }
  return typeof second === "string" ? withPort(second, first as number | string) : undefined;
}

/** As a URL writes it: without a default port. */
function withPort(host: string, port: number | string | undefined): string {
  const isDefault = port === undefined || port === "" || Number(port) === 80 || Number(port) === 443;
  return isDefault ? host : `${host}:${port}`;
}
