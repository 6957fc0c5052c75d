import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request as the server got it. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

type Answer = (response: ServerResponse) => void;

/** A server on this computer that answers as a test says. */
export interface ScriptedServer {
  readonly url: string;
  readonly received: Received[];
  /** Answers the next requests, one after the other; the last one goes on. */
  script(...answers: readonly Answer[]): void;
}

/** Starts a server for the tests of a `describe`. It has no members before they run. */
export function useServer(): ScriptedServer {
  const scripted = { received: [] as Received[] } as {
    -readonly [key in keyof ScriptedServer]: ScriptedServer[key];
  };
  let answers: readonly Answer[] = [];
  scripted.script = (...next) => {
    answers = next;
    scripted.received.length = 0;
  };
  const answerNext = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = "", url = "", headers } = request;
    scripted.received.push({ method, url, headers, body: await text(request) });
    const [answer, ...rest] = answers;
    if (rest.length > 0) answers = rest;
    answer?.(response);
  };
  const server = createServer((request, response) => void answerNext(request, response));
  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    scripted.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  return scripted;
}

/** Answers with JSON. */
export function json(
  status: number,
  body: unknown,
  headers: { readonly [name: string]: string } = {},
): Answer {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
}
