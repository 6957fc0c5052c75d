import type { ServerResponse } from "node:http";
import type { Recorder } from "./recorder";

/** Changes within this time are told as one: a workflow goes through a dozen states at once. */
const gatherMilliseconds = 60;

/** Tells open pages by server-sent events that something has changed; they then read what they show. */
export class Changes {
  private readonly open = new Set<ServerResponse>();
  private timer: NodeJS.Timeout | undefined;

  constructor(recorder: Recorder) {
    recorder.watch(() => this.gather());
  }

  /** Keeps a response open, and writes an event `change` to it after each change. */
  subscribe(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    // The page reads everything when the connection opens, so that it misses nothing.
    response.write("retry: 1000\n\n");
    this.open.add(response);
    response.on("close", () => this.open.delete(response));
  }

  /** Tells at once, for a change that the recorder does not see. */
  tell(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const response of this.open) response.write("event: change\ndata: {}\n\n");
  }

  stop(): void {
    clearTimeout(this.timer);
    for (const response of this.open) response.end();
  }

  private gather(): void {
    if (this.open.size === 0) return;
    this.timer ??= setTimeout(() => this.tell(), gatherMilliseconds).unref();
  }
}
