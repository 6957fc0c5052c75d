import type { JsonObject } from "../json";
import type { Clock } from "../time/clock";
import { StateFailure } from "./errors";
import type { HistoryEvent } from "./history-event";
import { HistoryPage } from "./history-page";

export type { HistoryEvent } from "./history-event";

/** AWS ends an execution whose history would grow longer. Source: Step Functions service quotas. */
export const mostEvents = 25_000;

/** Where a sequence of states stands: the event that the next one follows. Every branch has its own. */
export interface Thread {
  previous: number;
}

/** Events after which nothing may happen for long. */
const rest = /^(TaskSubmitted|WaitStateEntered|Execution(Succeeded|Failed|TimedOut|Aborted))$/;
/** How many events stay unpacked at most. */
const mostUnpacked = 64;

/** The events of one execution. What is at rest is packed: a waiting execution costs a tenth of its history's text. */
export class History {
  private readonly pages: HistoryPage[] = [];
  private packedEvents = 0;
  private latest: HistoryEvent[] = [];
  private isClosed = false;

  constructor(
    private readonly clock: Clock,
    private readonly onEvent: (event: HistoryEvent) => void,
  ) {}

  /** How many events there are. */
  get length(): number {
    return this.packedEvents + this.latest.length;
  }

  get events(): readonly HistoryEvent[] {
    return [...this.pages.flatMap((page) => page.events), ...this.latest];
  }

  /**
   * Adds an event and moves the thread on to it.
   * @param type such as `TaskScheduled`.
   * @param details the event's `…EventDetails` member, by name.
   * @returns the event's id.
   * @throws {StateFailure} `States.Runtime` when the history is full.
   */
  record(thread: Thread, type: string, details: JsonObject = {}): number {
    thread.previous = this.recordAside(thread, type, details);
    return thread.previous;
  }

  /** Adds an event that the thread's next one does not follow, such as `MapIterationSucceeded`. */
  recordAside(thread: Thread, type: string, details: JsonObject = {}): number {
    // One place stays free for the event that ends the execution.
    if (this.length >= mostEvents - 1) {
      throw new StateFailure(
        "States.Runtime",
        `The execution reached the maximum number of history events (${mostEvents}).`,
      );
    }
    return this.add(thread.previous, type, details);
  }

  /** Adds the last event. What a branch that is still winding down records after it is dropped. */
  close(previousEventId: number, type: string, details: JsonObject): void {
    this.add(previousEventId, type, details);
    this.isClosed = true;
  }

  /** Adds the event with which a redriven execution goes on, after its end. */
  reopen(redriveCount: number): void {
    this.isClosed = false;
    const details = { executionRedrivenEventDetails: { redriveCount } };
    this.add(this.length, "ExecutionRedriven", details);
  }

  private add(previousEventId: number, type: string, details: JsonObject): number {
    const id = this.length + 1;
    if (this.isClosed) return id;
    const event = { timestamp: this.clock.now() / 1000, type, id, previousEventId, ...details };
    this.latest.push(event);
    this.onEvent(event);
    if (rest.test(type) || this.latest.length >= mostUnpacked) {
      this.pages.push(new HistoryPage(this.latest));
      this.packedEvents += this.latest.length;
      this.latest = [];
    }
    return id;
  }
}

/** Says that an event carries its data whole; AWS truncates what is too long for an event, which 256 KiB is not. */
export const whole = { truncated: false };
