import type { HistoryEvent } from "../local/asl/history";
import { endsExecution, type LocalExecution, viewExecution } from "./execution-view";

interface Entry {
  readonly arn: string;
  events: number;
  hasEnded: boolean;
  /** The execution as it was read last, as long as anybody has it; it is read again once there are more events. */
  view?: { readonly events: number; readonly execution: WeakRef<LocalExecution> };
}

/** Reads the history of an execution; undefined for one that Step Functions has forgotten. */
export type HistoryOf = (arn: string) => readonly HistoryEvent[] | undefined;

/** The executions of a runtime, found by name without a look at all of them. Their histories stay where they are. */
export class ExecutionJournal {
  private readonly byArn = new Map<string, Entry>();
  /** By name and by the name without its attempt, the latest one last. */
  private readonly byName = new Map<string, Entry[]>();
  private historyOf: HistoryOf = () => undefined;

  /** Says where histories are read; before that, none is. */
  readFrom(historyOf: HistoryOf): void {
    this.historyOf = historyOf;
  }

  add(arn: string, event: HistoryEvent): void {
    const entry = this.byArn.get(arn);
    // A name that was forgotten may be used again.
    if (entry && event.id > 1) {
      entry.events += 1;
      entry.hasEnded = endsExecution(event);
      return;
    }
    if (entry) this.forget(entry);
    const begun: Entry = { arn, events: 1, hasEnded: false };
    this.byArn.set(arn, begun);
    for (const key of keysOf(arn)) this.byName.set(key, [...(this.byName.get(key) ?? []), begun]);
  }

  /** Every execution, in the order of their start; those whose ARN matches, where it is said. */
  all(matches: (arn: string) => boolean = () => true): LocalExecution[] {
    return this.views([...this.byArn.values()].filter(({ arn }) => matches(arn)));
  }

  /** Those that have not ended; the others are not read for it. */
  running(): LocalExecution[] {
    return this.views([...this.byArn.values()].filter(({ hasEnded }) => !hasEnded));
  }

  /** @param name an execution's name or ARN, or a name without the attempt, which stands for the latest. */
  get(name: string): LocalExecution | undefined {
    const entry = this.byArn.get(name) ?? this.byName.get(name)?.at(-1);
    return entry && this.viewOf(entry);
  }

  private views(entries: readonly Entry[]): LocalExecution[] {
    return entries.flatMap((entry) => this.viewOf(entry) ?? []);
  }

  private viewOf(entry: Entry): LocalExecution | undefined {
    const known = entry.view?.events === entry.events ? entry.view.execution.deref() : undefined;
    if (known) return known;
    const history = this.historyOf(entry.arn);
    if (!history) {
      this.forget(entry);
      return undefined;
    }
    const execution = viewExecution(entry.arn, history);
    entry.view = { events: entry.events, execution: new WeakRef(execution) };
    return execution;
  }

  private forget(entry: Entry): void {
    this.byArn.delete(entry.arn);
    for (const key of keysOf(entry.arn)) {
      const others = (this.byName.get(key) ?? []).filter((one) => one !== entry);
      if (others.length > 0) this.byName.set(key, others);
      else this.byName.delete(key);
    }
  }
}

function keysOf(arn: string): Set<string> {
  const name = arn.split(":").at(-1) ?? arn;
  return new Set([name, name.replace(/_\d+$/, "")]);
}
