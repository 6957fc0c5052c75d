import type { ExecutionStatus } from "../local/asl/execution";
import type { HistoryEvent } from "../local/asl/history";
import { isJsonObject, type Json, type JsonObject } from "../local/json";

/** One visit of an execution to a state. */
export interface StateVisit {
  readonly name: string;
  /** `Task`, `Choice` and so on. */
  readonly type: string;
  readonly input: Json;
  /** What it handed on; undefined while it is there, and where the execution ended in it. */
  readonly output?: Json;
  /** The variables that it assigned. */
  readonly assigned?: JsonObject;
  readonly enteredAt: Date;
  readonly exitedAt?: Date;
  /** The failed calls of a Task, in order: those that were retried or caught included. */
  readonly errors: readonly ExecutionError[];
}

export interface ExecutionError {
  readonly error?: string;
  readonly cause?: string;
}

/** An execution of a state machine, as it stands. */
export interface LocalExecution extends ExecutionError {
  readonly arn: string;
  /** `<streamId>_<attempt>` for those of the orchestration. */
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly input: Json;
  /** Once it has succeeded. */
  readonly output?: Json;
  readonly startedAt: Date;
  readonly stoppedAt?: Date;
  /** Every visit to a state, in order. */
  readonly states: readonly StateVisit[];
  /** The names of the states that it visited, in order. */
  readonly path: readonly string[];
  /** The state that has handed its task token out and waits for it to come back; undefined where none does. */
  readonly waitingIn?: string;
  /** The history as GetExecutionHistory returns it. */
  readonly history: readonly HistoryEvent[];
}

const endings: { readonly [type: string]: ExecutionStatus } = {
  ExecutionSucceeded: "SUCCEEDED",
  ExecutionFailed: "FAILED",
  ExecutionTimedOut: "TIMED_OUT",
  ExecutionAborted: "ABORTED",
};

type OpenVisit = { -readonly [member in keyof StateVisit]: StateVisit[member] } & {
  errors: ExecutionError[];
  /** Whether its token is out. */
  isWaiting: boolean;
};

/** @returns whether an event is the execution's end. */
export function endsExecution({ type }: HistoryEvent): boolean {
  return type in endings;
}

/** Reads an execution out of its history. */
export function viewExecution(arn: string, history: readonly HistoryEvent[]): LocalExecution {
  const [first] = history;
  const last = history.at(-1);
  const status = (last && endings[last.type]) ?? "RUNNING";
  const end = status === "RUNNING" ? {} : details(last);
  const states = visits(history);
  const waiting = status === "RUNNING" ? states.findLast(({ isWaiting }) => isWaiting) : undefined;
  return {
    arn,
    name: arn.split(":").at(-1) ?? arn,
    status,
    input: parse(details(first).input) ?? null,
    ...(end.output !== undefined && { output: parse(end.output) ?? null }),
    ...errorOf(end),
    startedAt: timeOf(first),
    ...(status !== "RUNNING" && { stoppedAt: timeOf(last) }),
    states: states.map(({ isWaiting: _isWaiting, ...visit }) => visit),
    path: states.map(({ name }) => name),
    ...(waiting && { waitingIn: waiting.name }),
    history: [...history],
  };
}

function visits(history: readonly HistoryEvent[]): OpenVisit[] {
  const all: OpenVisit[] = [];
  /** The visit that each event belongs to: branches run side by side, so that the last one entered is not enough. */
  const visitOf = new Map<number, OpenVisit>();
  for (const event of history) {
    const [, type = ""] = /^(\w+)StateEntered$/.exec(event.type) ?? [];
    const found = details(event);
    let visit = visitOf.get(event.previousEventId);
    if (type !== "") {
      visit = {
        name: String(found.name),
        type,
        input: parse(found.input) ?? null,
        enteredAt: timeOf(event),
        errors: [],
        isWaiting: false,
      };
      all.push(visit);
    } else if (visit && event.type.endsWith("StateExited")) {
      visit.output = parse(found.output) ?? null;
      if (isJsonObject(found.assignedVariables)) {
        const entries = Object.entries(found.assignedVariables);
        visit.assigned = Object.fromEntries(entries.map(([name, text]) => [name, parse(text) ?? null]));
      }
      visit.exitedAt = timeOf(event);
    } else if (visit && /^Task(Failed|TimedOut|SubmitFailed|StartFailed)$/.test(event.type)) {
      visit.errors.push(errorOf(found));
    }
    if (visit) {
      visit.isWaiting = event.type === "TaskSubmitted";
      visitOf.set(event.id, visit);
    }
  }
  return all;
}

function errorOf({ error, cause }: { error?: Json; cause?: Json }): ExecutionError {
  return {
    ...(typeof error === "string" && { error }),
    ...(typeof cause === "string" && { cause }),
  };
}

/** An event's one `…EventDetails` member. */
function details(event: HistoryEvent | undefined): { [member: string]: Json } {
  for (const [name, value] of Object.entries(event ?? {})) {
    if (name.endsWith("EventDetails") && isJsonObject(value)) return value;
  }
  return {};
}

function timeOf(event: HistoryEvent | undefined): Date {
  return new Date(Math.round((event?.timestamp ?? 0) * 1000));
}

function parse(text: Json | undefined): Json | undefined {
  return typeof text === "string" ? (JSON.parse(text) as Json) : undefined;
}
