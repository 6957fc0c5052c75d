import type { IncomingMessage, ServerResponse } from "node:http";
import { Exchange, type ExchangeResponse } from "../../local/http/exchange";
import type { Json } from "../../local/json";
import type { Runtime } from "../../local/runtime";
import { BadCommand, NotFound, relay, sendJson } from "./answers";
import type { Changes } from "./changes";
import { readBody, readJson } from "./json-body";
import type { Recorder } from "./recorder";
import { signAsLocalUser } from "./sign";
import { viewStream } from "./stream-view";
import { type ConsoleClock, Tools } from "./tools";
import { viewWorkflow } from "./workflow-view";

/** What the console shows and works on. */
export interface ConsoleSource {
  readonly runtime: Runtime;
  readonly recorder: Recorder;
  readonly clock: ConsoleClock;
  /** Whether the API asks callers for credentials. */
  readonly auth: "on" | "off";
  /** The clock of the API's callers, by which signatures expire: milliseconds since the Unix epoch. */
  readonly callerNow: () => number;
}

/** The folder of the console's own interface; everything else is a file of the page. */
export const ownPath = "/_console/";

/** Answers the paths of the console's own interface. */
export class Routes {
  private readonly tools: Tools;
  private readonly api: Exchange;
  private readonly viewers: Exchange;

  constructor(
    private readonly source: ConsoleSource,
    private readonly changes: Changes,
  ) {
    const { runtime, clock } = source;
    this.tools = new Tools(runtime, clock);
    this.api = new Exchange(runtime.servers.api);
    this.viewers = new Exchange(runtime.servers.playback);
  }

  /** @throws {BadCommand | NotFound | AwsError} what the page is to be told. */
  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (path.startsWith(`${ownPath}api/`)) relay(response, await this.callApi(request));
    else if (request.method !== "GET") sendJson(response, 200, await this.command(request, path));
    else if (path === `${ownPath}changes`) this.changes.subscribe(response);
    else if (path.startsWith(`${ownPath}playback/`)) relay(response, await this.askAsViewer(request));
    else sendJson(response, 200, await this.read(path));
  }

  private async read(path: string): Promise<Json> {
    const { runtime, recorder } = this.source;
    if (path === "/console.json") {
      return {
        isLocal: true,
        apiUrl: "_console/api",
        authorization: this.authorization,
        ...this.tools.time(),
      };
    }
    if (path === `${ownPath}clock`) return this.tools.time();
    if (path === `${ownPath}tools`) return this.tools.view();
    const [, kind, name = ""] = /^\/_console\/(streams|workflows)\/([^/]+)$/.exec(path) ?? [];
    if (kind === "streams") return viewStream(recorder, readStreamId(decodeURIComponent(name)));
    const workflow = kind === "workflows" && viewWorkflow(runtime.graph, decodeURIComponent(name));
    if (!workflow) throw new NotFound(path);
    return workflow;
  }

  private async command(request: IncomingMessage, path: string): Promise<Json> {
    const [, kind = "", id = ""] = /^\/_console\/(clock|faults|channels)(?:\/([^/]+))?$/.exec(path) ?? [];
    if (kind === "faults" && request.method === "DELETE") this.tools.removeFault(Number(id));
    else if (request.method !== "POST") throw new NotFound(path);
    else if (kind === "clock") await this.tools.advance(await readJson(request));
    else if (kind === "faults") this.tools.placeFault(await readJson(request));
    else if (kind === "channels") this.tools.actOnChannel(decodeURIComponent(id), await readJson(request));
    else throw new NotFound(path);
    this.changes.tell();
    return {};
  }

  /** Calls the HTTP API for the page: as the local user where callers sign, with the page's token where they send one. */
  private async callApi(request: IncomingMessage): Promise<ExchangeResponse> {
    const { runtime, callerNow } = this.source;
    const method = request.method ?? "GET";
    const path = `/${(request.url ?? "").slice(`${ownPath}api/`.length)}`;
    const { host } = new URL(runtime.apiUrl);
    const body = await readBody(request);
    const token = request.headers.authorization;
    return this.api.send({
      ...{ method, path, body },
      headers: {
        host,
        "content-type": request.headers["content-type"] ?? "application/json",
        ...(body.length > 0 && { "content-length": String(body.length) }),
        ...(this.authorization === "AWS_IAM" &&
          signAsLocalUser({ method, path, host, body }, runtime.region, callerNow())),
        ...(this.authorization === "JWT" && token !== undefined && { authorization: token }),
      },
    });
  }

  private askAsViewer(request: IncomingMessage): Promise<ExchangeResponse> {
    const { host } = new URL(this.source.runtime.playbackUrl);
    const path = (request.url ?? "").slice(`${ownPath}playback`.length);
    return this.viewers.send({ method: "GET", path, headers: { host } });
  }

  private get authorization() {
    return this.source.auth === "on" ? this.source.runtime.authorization : "NONE";
  }
}

/** @throws {BadCommand} */
function readStreamId(text: string): string {
  if (/^[a-zA-Z0-9-]{3,64}$/.test(text)) return text;
  throw new BadCommand([`streamId must match ^[a-zA-Z0-9-]{3,64}$, received ${JSON.stringify(text)}.`]);
}
