import type { Stream } from "../contracts";
import type { Contract, Execution, Visit } from "./types";

/** How far a stream is with a state. `unknown`: it may have been there, which a deployment's API does not tell. */
export type StateProgress = "done" | "current" | "failed" | "ahead" | "unknown";

/** A state of the workflow, with all visits to it. */
export interface FoldedState {
  readonly name: string;
  readonly progress: StateProgress;
  readonly visits: readonly Visit[];
  /** The time in it, all visits together. */
  readonly milliseconds: number;
}

/**
 * Folds the visits of an execution by state.
 *
 * @param now milliseconds since the Unix epoch: until when a visit that goes on is counted.
 */
export function foldVisits({ states, status }: Execution, now: number): Map<string, FoldedState> {
  const folded = new Map<string, FoldedState>();
  for (const visit of states) {
    const visits = [...(folded.get(visit.name)?.visits ?? []), visit];
    folded.set(visit.name, {
      name: visit.name,
      visits,
      progress: progressOf(visit, status),
      milliseconds: visits.reduce((sum, one) => sum + timeIn(one, now), 0),
    });
  }
  return folded;
}

/** @returns the time of one visit in milliseconds. */
export function timeIn({ enteredAt, exitedAt }: Visit, now: number): number {
  const end = exitedAt === undefined ? now : Date.parse(exitedAt);
  return Math.max(end - Date.parse(enteredAt), 0);
}

function progressOf({ exitedAt, type, errors }: Visit, status: string): StateProgress {
  // A Task whose error was caught has exited, too.
  if (exitedAt !== undefined) return errors.length > 0 && type === "Task" ? "failed" : "done";
  if (status === "RUNNING") return "current";
  return status === "SUCCEEDED" ? "done" : "failed";
}

/**
 * Tells how far an execution is with the states of the contract. While it is in a supporting state, the contract's state that this one serves is
 * the current one.
 */
export function contractProgress(
  { states: all, supporting }: Contract,
  folded: ReadonlyMap<string, FoldedState>,
): Map<
  string,
  { readonly progress: StateProgress; readonly within?: string; readonly milliseconds: number }
> {
  const serving = new Map(supporting.map(({ name, serves }) => [name, serves]));
  const current = [...folded.values()].find(({ progress }) => progress === "current")?.name;
  return new Map(
    all.map(({ name }) => {
      const own = folded.get(name);
      const isServed = current !== undefined && serving.get(current) === name;
      if (isServed)
        return [name, { progress: "current", within: current, milliseconds: own?.milliseconds ?? 0 }];
      return [name, { progress: own?.progress ?? "ahead", milliseconds: own?.milliseconds ?? 0 }];
    }),
  );
}

/** @returns the steps that an execution took from one of the given states to another, in their order. */
export function stepsTaken(
  visits: readonly Visit[],
  among: ReadonlySet<string>,
): { from: string; to: string }[] {
  const names = visits.map(({ name }) => name).filter((name) => among.has(name));
  return names.slice(1).flatMap((to, index) => {
    const from = names[index] ?? to;
    return from === to ? [] : [{ from, to }];
  });
}

/** Reads from what a deployment's API tells of a stream how far its workflow is. */
export function progressFromStream(
  contract: Contract,
  stream: Stream,
): Map<string, { readonly progress: StateProgress }> {
  const names = contract.states.map(({ name }) => name);
  const progress = new Map<string, { progress: StateProgress }>(
    names.map((name) => [name, { progress: "unknown" }]),
  );
  const set = (name: string, to: StateProgress) => progress.has(name) && progress.set(name, { progress: to });
  set("ValidateProvisionRequest", "done");
  set("PersistProvisionRequest", "done");
  const { status, failure, readyAt, scheduledStart } = stream;
  if (readyAt !== undefined) {
    for (const name of names) set(name, "done");
    for (const name of ["HandleProvisionFailure", "WorkflowFailed"]) set(name, "ahead");
  } else if (status === "FAILED") {
    set("WorkflowSucceeded", "ahead");
    set("HandleProvisionFailure", "done");
    set("WorkflowFailed", "failed");
    if (failure) set(failure.state, "failed");
  } else if (status === "PROVISIONING") {
    if (scheduledStart !== undefined) set("ProvisionEncoderInfrastructure", "current");
    set("WorkflowSucceeded", "ahead");
    set("WorkflowFailed", "ahead");
  }
  return progress;
}
