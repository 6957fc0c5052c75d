import type { HistoryEvent } from "../local/asl/history";
import { type LocalExecution, viewExecution } from "./execution-view";
import type { Journal } from "./journal";
import type { WaitFor } from "./waiting";

/** The executions of the program's state machines. */
export class LocalExecutions {
  constructor(
    private readonly journal: Journal,
    private readonly waitUntil: WaitFor,
  ) {}

  /** Every execution so far, in the order of their start. */
  all(): LocalExecution[] {
    return [...this.journal.histories].map(([arn, history]) => viewExecution(arn, history));
  }

  /**
   * @param name an execution's name or ARN, or a `streamId`, which stands for its latest attempt.
   * @returns how it stands; undefined where there is none of that name.
   */
  get(name: string): LocalExecution | undefined {
    const [arn, history] = this.find(name) ?? [];
    return arn !== undefined && history ? viewExecution(arn, history) : undefined;
  }

  /**
   * Resolves once an execution is as `matches` says, which it may be already.
   * @param name as for {@link get}.
   * @param matches @default - it has ended, however
   * @throws {Error} that tells how the execution stands, when nothing more can happen before time passes.
   */
  waitFor(name: string, matches: (execution: LocalExecution) => boolean = hasEnded): Promise<LocalExecution> {
    const what = matches === hasEnded ? `the end of the execution '${name}'` : `the execution '${name}'`;
    return this.wait(what, name, matches);
  }

  /**
   * Resolves once an execution has entered a state.
   * @param name as for {@link get}.
   * @throws {Error} as {@link waitFor} does.
   */
  waitForState(name: string, state: string): Promise<LocalExecution> {
    const isThere = ({ states }: LocalExecution) => states.some((visit) => visit.name === state);
    return this.wait(`the execution '${name}' to enter ${state}`, name, isThere);
  }

  /** @returns an execution's ARN and history. */
  private find(name: string): [arn: string, history: readonly HistoryEvent[]] | undefined {
    const latest = new RegExp(`:${escapePattern(name)}(_\\d+)?$`);
    return [...this.journal.histories].findLast(([arn]) => arn === name || latest.test(arn));
  }

  private wait(
    what: string,
    name: string,
    matches: (execution: LocalExecution) => boolean,
  ): Promise<LocalExecution> {
    let seen = "";
    return this.waitUntil({
      what,
      find: () => {
        const [arn, history] = this.find(name) ?? [];
        // The history is long, and nothing new in it is nothing to look at.
        if (arn === undefined || !history || `${arn} ${history.length}` === seen) return undefined;
        seen = `${arn} ${history.length}`;
        const execution = viewExecution(arn, history);
        return matches(execution) ? execution : undefined;
      },
      happened: () => {
        const execution = this.get(name);
        if (execution) return tell(execution);
        return this.all().map((other) => `there is the execution '${other.name}', ${other.status}`);
      },
    });
  }
}

function hasEnded({ status }: LocalExecution): boolean {
  return status !== "RUNNING";
}

/** How an execution stands, in lines. */
function tell({ name, status, states, error, cause }: LocalExecution): string[] {
  const outcome = error === undefined ? status : `${status}: ${error}: ${cause ?? ""}`;
  const visits = states.map((visit) => {
    const errors = visit.errors.map(
      (failed) => `, failed with ${failed.error ?? "no error"}: ${failed.cause ?? ""}`,
    );
    const since = visit.exitedAt ? "" : `, since ${visit.enteredAt.toISOString()}`;
    return `${visit.name}${since}${errors.join("")}`;
  });
  return [`the execution '${name}' is ${outcome}`, ...visits];
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
