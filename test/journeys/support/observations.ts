import type { HistoryEvent } from "../../../local/asl/history";
import type { JsonObject } from "../../../local/json";
import type { RuntimeListener } from "../../../local/runtime";
import type { Channel, PublishedMessage, UndeliveredEvent } from "../../../local/services";

/** Something that happened in a runtime. */
export type Observation =
  | { kind: "history"; execution: string; event: HistoryEvent }
  | { kind: "bus"; bus: string; event: JsonObject }
  | { kind: "channel"; channel: Channel }
  | { kind: "notification"; message: PublishedMessage }
  | { kind: "undelivered"; undelivered: UndeliveredEvent }
  | { kind: "log"; functionName: string; line: string };

/** Everything that happened in a runtime so far, and a way to wait for what has not happened yet. */
export class Observations implements RuntimeListener {
  readonly all: Observation[] = [];
  private readonly waiting = new Set<() => void>();
  /** What is waited for: said when a test runs out of time. */
  readonly pending = new Set<string>();

  onHistoryEvent = (executionArn: string, event: HistoryEvent) =>
    this.add({ kind: "history", execution: executionArn.split(":").at(-1) ?? "", event });
  onBusEvent = (bus: string, event: JsonObject) => this.add({ kind: "bus", bus, event });
  onChannelState = (channel: Channel) => this.add({ kind: "channel", channel });
  onNotification = (message: PublishedMessage) => this.add({ kind: "notification", message });
  onUndelivered = (undelivered: UndeliveredEvent) => this.add({ kind: "undelivered", undelivered });
  onLog = (functionName: string, line: string) => this.add({ kind: "log", functionName, line });

  /** Resolves once `find` finds something, which may be at once. */
  async until<T>(what: string, find: (all: readonly Observation[]) => T | undefined): Promise<T> {
    this.pending.add(what);
    for (;;) {
      const found = find(this.all);
      if (found !== undefined) {
        this.pending.delete(what);
        return found;
      }
      await new Promise<void>((resolve) => {
        const check = () => {
          this.waiting.delete(check);
          resolve();
        };
        this.waiting.add(check);
      });
    }
  }

  private add(observation: Observation): void {
    this.all.push(observation);
    for (const check of [...this.waiting]) check();
  }
}
