import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { listen } from "../../local/http/listen";
import { sendError, sendFile, sendJson } from "./answers";
import { Changes } from "./changes";
import { refusalOf } from "./guard";
import { type ConsoleSource, ownPath, Routes } from "./routes";
import { StaticFiles } from "./static-files";

export interface ConsoleOptions extends ConsoleSource {
  /** Folder with the console's page. */
  readonly folder: string;
  /** 0 for a free one. */
  readonly port: number;
}

export interface RunningConsole {
  readonly url: string;
  stop(): Promise<void>;
}

/** The page's own files and nothing else. `blob:` is for the player, which hands the video element what it has read. */
const policy = [
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'",
  "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
].join("; ");

const securityHeaders = {
  "content-security-policy": policy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/**
 * Serves the console on 127.0.0.1: the page, the API of the runtime, and what only a local runtime can tell and do.
 *
 * @throws {Error} when the port is taken, or the page has not been built.
 */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const files = new StaticFiles(options.folder);
  const changes = new Changes(options.recorder);
  const routes = new Routes(options, changes);
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const message = refusalOf(request, portOf(server));
    if (message !== undefined) sendJson(response, 403, { message });
    else if (path !== "/console.json" && !path.startsWith(ownPath)) sendFile(files, request, response, path);
    else routes.answer(request, response, path).catch((error: unknown) => sendError(response, error));
  });
  const url = await listen(server, options.port, "--console-port");
  return {
    url,
    stop: async () => {
      changes.stop();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
