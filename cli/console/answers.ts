import type { IncomingMessage, ServerResponse } from "node:http";
import type { ExchangeResponse } from "../../local/http/exchange";
import type { Json } from "../../local/json";
import { AwsError } from "../../local/services";
import type { StaticFiles } from "./static-files";

/** A command or a path that cannot be done as it was sent. */
export class BadCommand extends Error {
  override readonly name = "BadCommand";
  constructor(readonly issues: readonly string[]) {
    super(issues.join(" "));
  }
}

/** The console has nothing at a path. */
export class NotFound extends Error {
  override readonly name = "NotFound";
  constructor(path: string) {
    super(`The console has nothing at ${path}.`);
  }
}

export function sendJson(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}

/** Hands on what another server of the runtime answered. */
export function relay(response: ServerResponse, { status, headers, body }: ExchangeResponse): void {
  const { "content-type": contentType = "application/json" } = headers;
  response.writeHead(status, { "content-type": String(contentType), "cache-control": "no-store" });
  response.end(body);
}

/** Sends a file of the page. */
export function sendFile(
  files: StaticFiles,
  { method, headers: asked }: IncomingMessage,
  response: ServerResponse,
  path: string,
): void {
  const file = method === "GET" || method === "HEAD" ? files.find(path) : undefined;
  if (!file) {
    sendJson(response, 404, { message: `The console has no file ${path}.` });
    return;
  }
  const { contentType, etag, body } = file;
  const headers = { "content-type": contentType, etag, "cache-control": "no-cache" };
  if (asked["if-none-match"] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, headers).end(method === "HEAD" ? undefined : body);
}

export function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else if (error instanceof BadCommand) {
    sendJson(response, 400, { message: "Validation failed.", issues: [...error.issues] });
  } else
    sendJson(response, statusOf(error), { message: error instanceof Error ? error.message : String(error) });
}

function statusOf(error: unknown): number {
  if (error instanceof NotFound) return 404;
  return error instanceof AwsError ? error.statusCode : 500;
}
