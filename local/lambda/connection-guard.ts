import { Socket } from "node:net";
import { currentInvocation } from "./invocations";

let isGuarded = false;

/**
 * Has every connection of this process checked that a function opens: by `net`, `tls`, `http2`, or a client that has its own way to
 * them. Other code of the process is not affected.
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
