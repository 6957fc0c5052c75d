import type { HistoryEvent } from "../../local/asl/history";
import { givenName } from "../../local/faults/named";
import { isJsonObject, type Json } from "../../local/json";

/** What an execution did, in the words that a survey writes down and mutants ask for. */
export const facts = {
  entered: (machine: string, state: string) => `${machine}.${state}`,
  went: (machine: string, state: string, next: string) => `${machine}.${state} > ${next}`,
  failed: (machine: string, state: string, error: string) => `${machine}.${state} ! ${error}`,
};

/** Any error, in {@link facts.failed}. */
export const anyError = "*";

/** @returns a state machine's name without that of its component: `StreamTeardown` for `streams-StreamTeardown`. */
export function machineOf(givenByProgram: string): string {
  return givenByProgram.slice(givenByProgram.lastIndexOf("-") + 1);
}

/** Reads facts out of histories, event by event. */
export class FactReader {
  /** The state that each event of an execution belongs to, by ARN and the event's id. */
  private readonly states = new Map<string, Map<number, string>>();

  /** @returns the facts that an event adds. */
  read(arn: string, event: HistoryEvent): string[] {
    // arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME
    const machine = machineOf(givenName(arn.split(":")[6] ?? ""));
    const states = this.states.get(arn) ?? new Map<number, string>();
    this.states.set(arn, states);
    const before = states.get(event.previousEventId);
    const name = member(event.stateEnteredEventDetails, "name");
    if (typeof name === "string") {
      states.set(event.id, name);
      const went = before === undefined ? [] : [facts.went(machine, before, name)];
      return [facts.entered(machine, name), ...went];
    }
    // A Map ends after its last iteration, and its exit is its own again.
    const exited = member(event.stateExitedEventDetails, "name");
    if (typeof exited === "string") states.set(event.id, exited);
    if (before === undefined || typeof exited === "string") return [];
    states.set(event.id, before);
    const error = Object.values(event)
      .map((details) => member(details, "error"))
      .find(Boolean);
    return error === undefined
      ? []
      : [facts.failed(machine, before, String(error)), facts.failed(machine, before, anyError)];
  }
}

function member(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}
