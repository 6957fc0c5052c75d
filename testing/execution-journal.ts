import type { HistoryEvent } from "../local/asl/history";
import { hasEnded, type LocalExecution, viewExecution } from "./execution-view";

interface Entry {
  readonly arn: string;
  readonly history: HistoryEvent[];
  /** The execution as it was read last; it is read again once its history is longer. */
  view?: LocalExecution;
}

/** The executions of a runtime with their histories, found by name without a look at all of them. */
export class ExecutionJournal {
  private readonly byArn = new Map<string, Entry>();
  /** By name and by the name without its attempt, the latest one last. */
  private readonly byName = new Map<string, Entry[]>();

  add(arn: string, event: HistoryEvent): void {
    const entry = this.byArn.get(arn);
    if (entry) {
      entry.history.push(event);
      return;
    }
    const begun: Entry = { arn, history: [event] };
    this.byArn.set(arn, begun);
    const name = arn.split(":").at(-1) ?? arn;
    for (const key of new Set([name, name.replace(/_\d+$/, "")])) {
      this.byName.set(key, [...(this.byName.get(key) ?? []), begun]);
    }
  }

  /** Every execution, in the order of their start; those whose ARN matches, where it is said. */
  all(matches: (arn: string) => boolean = () => true): LocalExecution[] {
    return [...this.byArn.values()].filter(({ arn }) => matches(arn)).map(viewOf);
  }

  /** Those that have not ended; the others are not read for it. */
  running(): LocalExecution[] {
    return [...this.byArn.values()].filter(({ history }) => !hasEnded(history)).map(viewOf);
  }

  /** @param name an execution's name or ARN, or a name without the attempt, which stands for the latest. */
  get(name: string): LocalExecution | undefined {
    const entry = this.byArn.get(name) ?? this.byName.get(name)?.at(-1);
    return entry && viewOf(entry);
  }
}

function viewOf(entry: Entry): LocalExecution {
  if (entry.view?.history.length !== entry.history.length) {
    entry.view = viewExecution(entry.arn, entry.history);
  }
  return entry.view;
}
