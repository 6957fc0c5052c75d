import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Has a server listen on 127.0.0.1.
 *
 * @param option the option that chooses the port, for the message.
 * @returns the server's URL.
 * @throws {Error} one sentence, where the port is in use or may not be used.
 */
export async function listen(server: Server, port: number, option: string): Promise<string> {
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
