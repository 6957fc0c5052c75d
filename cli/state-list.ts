import { streamLifecycleOrchestrator } from "../contracts";

interface Row {
  readonly name: string;
  readonly enteredAt: number;
  leftAt?: number;
}

/** Where the list is written: a terminal shows it live, anything else gets plain lines. */
export interface ListOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const contractStates: readonly string[] = streamLifecycleOrchestrator.states.map(({ name }) => name);
const longestName = Math.max(...contractStates.map((name) => name.length));
const refreshMilliseconds = 100;

/** Shows a workflow's states as they are entered and left, with how long each took. Supporting states are indented. */
export class StateList {
  private readonly rows: Row[] = [];
  private drawnLines = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly output: ListOutput) {}

  /** @param at milliseconds since the Unix epoch. */
  enter(name: string, at: number): void {
    // A Fail state has no exit, and ends the workflow with its entry.
    this.rows.push({ name, enteredAt: at, ...(name === "WorkflowFailed" && { leftAt: at }) });
    if (this.output.isTTY) this.startDrawing();
    else this.output.write(`→ ${label(name)}\n`);
  }

  leave(name: string, at: number): void {
    const row = this.rows.findLast((candidate) => candidate.name === name && candidate.leftAt === undefined);
    if (!row) return;
    row.leftAt = at;
    if (this.output.isTTY) this.draw();
    else this.output.write(`✓ ${label(name)} ${duration(row.leftAt - row.enteredAt)}\n`);
  }

  /** Draws the last picture. */
  stop(): void {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.draw();
  }

  private startDrawing(): void {
    this.timer ??= setInterval(() => this.draw(), refreshMilliseconds).unref();
    this.draw();
  }

  private draw(): void {
    const lines = this.rows.map(({ name, enteredAt, leftAt }) => {
      const mark = leftAt === undefined ? "…" : name === "WorkflowFailed" ? "✗" : "✓";
      return `  ${mark} ${label(name)} ${duration((leftAt ?? Date.now()) - enteredAt)}`;
    });
    const up = this.drawnLines > 0 ? `\u001b[${this.drawnLines}A` : "";
    this.output.write(up + lines.map((line) => `\u001b[2K${line}\n`).join(""));
    this.drawnLines = lines.length;
  }
}

function label(name: string): string {
  return (contractStates.includes(name) ? name : `  ${name}`).padEnd(longestName);
}

function duration(milliseconds: number): string {
  const text =
    milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
  return text.padStart(8);
}
