import { randomBytes } from "node:crypto";
import type { Json } from "../json";
import type { Clock } from "../time/clock";
import { StateFailure } from "./errors";

const tokenPrefix = "AQCE";

/** @returns whether a text has the form of a task token. */
export function isTaskToken(text: string): boolean {
  return text.startsWith(tokenPrefix) && /^[A-Za-z0-9+/]{84}$/.test(text);
}

/** A task that waits for SendTaskSuccess or SendTaskFailure. */
export class Callback {
  readonly token = `${tokenPrefix}${randomBytes(60).toString("base64")}`;
  /** Settles with what the caller sends; it keeps an answer that comes before anybody waits. */
  readonly answer: Promise<Json>;
  /** The time of the last heartbeat, in milliseconds since the Unix epoch; undefined before the first. */
  lastHeartbeat: number | undefined;
  private settle: { resolve: (output: Json) => void; reject: (failure: StateFailure) => void } | undefined;

  constructor() {
    this.answer = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    // A failure may be sent before the integration call is back and anybody listens.
    this.answer.catch(() => undefined);
  }

  get isOpen(): boolean {
    return this.settle !== undefined;
  }

  succeed(output: Json): void {
    this.settle?.resolve(output);
    this.settle = undefined;
  }

  fail(error: string | undefined, cause: string | undefined): void {
    this.settle?.reject(new StateFailure(error, cause));
    this.settle = undefined;
  }

  /** Ends the callback unanswered: later answers are refused as timed out. */
  close(): void {
    this.settle = undefined;
  }
}

/** The callbacks of all executions, by task token. */
export class TaskTokens {
  private readonly callbacks = new Map<string, Callback>();

  constructor(private readonly clock: Clock) {}

  /** Makes a token that can be answered from now on. */
  open(): Callback {
    const callback = new Callback();
    this.callbacks.set(callback.token, callback);
    return callback;
  }

  /** @returns the callback of a token, answered or not; undefined for a token never issued here. */
  find(token: string): Callback | undefined {
    return this.callbacks.get(token);
  }

  /** Notes a sign of life, which puts the heartbeat deadline off. */
  heartbeat(callback: Callback): void {
    callback.lastHeartbeat = this.clock.now();
  }
}
