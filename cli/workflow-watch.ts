import type { HistoryEvent } from "../local/asl/history";
import { isJsonObject } from "../local/json";
import type { StateList } from "./state-list";

/** Follows the one execution of a demo. */
export class WorkflowWatch {
  /** How it ended, once it has. */
  end: string | undefined;
  readonly waiting: Promise<void>;
  readonly ended: Promise<string>;
  private wait: () => void = () => {};
  private finish: (status: string) => void = () => {};

  constructor(private readonly list: StateList) {
    this.waiting = new Promise((resolve) => {
      this.wait = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  take(event: HistoryEvent): void {
    const entered = event.stateEnteredEventDetails;
    if (isJsonObject(entered)) this.list.enter(String(entered.name), event.timestamp * 1000);
    const exited = event.stateExitedEventDetails;
    if (isJsonObject(exited)) this.list.leave(String(exited.name), event.timestamp * 1000);
    // The token is stored, and the workflow waits for it to come back.
    if (event.type === "TaskSubmitted") this.wait();
    const end = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.exec(event.type)?.[1];
    if (end) {
      this.end = end.toUpperCase();
      this.finish(this.end);
    }
  }
}
