import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json, JsonObject } from "../../local/json";

/**
 * One case of the fidelity suite: a definition with everything around it, and what Step Functions makes of it. Cases
 * are data, so that any implementation can be held against them.
 */
export interface FidelityCase {
  /** A sentence of behaviour; no two cases have the same. */
  name: string;
  /** Where the expectation comes from: the specification, a page of the developer guide, or a recorded execution. */
  source: string;
  /** The query language is JSONata unless it says otherwise. */
  definition: JsonObject;
  /** The execution's input. @default {} */
  input?: Json;
  /** What each Task state is answered, by the number of the call; further calls get the last answer again. */
  tasks?: { [state: string]: Answer[] };
  /** What chance yields every time, from 0 to below 1. @default - real chance */
  random?: number;
  expect: Expectation;
  /** The states in the order they are entered. @default - not compared */
  path?: string[];
  /** The seconds from start to end, when nothing but the definition takes time. @default 0 */
  seconds?: number;
}

/** What one call of a Task state comes to; for `.waitForTaskToken`, what is sent for its token. */
export type Answer = {
  /** Seconds from the call to the answer. @default 0 */
  afterSeconds?: number;
  /** Seconds after the call at which a heartbeat is sent, in rising order. @default - none */
  heartbeatsAtSeconds?: number[];
} & (
  | { result: Json }
  /** The call's arguments come back as its result. */
  | { echo: true }
  | { error: string; cause: string }
  | { never: true }
);

/** How the execution ends; a `cause` and `refused` are regular expressions. */
export type Expectation =
  | { output: Json }
  /** `error` is left out when there must be none. */
  | { status: "FAILED" | "TIMED_OUT"; error?: string; cause?: string }
  /** The definition is refused when the state machine is created. */
  | { refused: string };

const folder = join(__dirname, "cases");

/** Reads every file in `cases/`: lists of cases by subject. */
export function readCases(): { subject: string; cases: FidelityCase[] }[] {
  return readdirSync(folder)
    .sort()
    .map((file) => ({
      subject: file.replace(/\.json$/, "").replaceAll("-", " "),
      cases: JSON.parse(readFileSync(join(folder, file), "utf8")) as FidelityCase[],
    }));
}

/** @returns a case's definition as text, in JSONata unless it says otherwise. */
export function definitionText(definition: JsonObject): string {
  return JSON.stringify({ QueryLanguage: "JSONata", ...definition });
}

/** @returns the answer to a call; the last one for all calls beyond the list. */
export function answerTo(answers: readonly Answer[] | undefined, call: number): Answer {
  return answers?.[Math.min(call, answers.length - 1)] ?? { result: {} };
}

/** @returns every state of a definition by its name, those of branches and item processors too. */
export function allStates(group: JsonObject): [string, JsonObject][] {
  return Object.entries(group.States as { [name: string]: JsonObject }).flatMap(([name, state]) => {
    const branches = Array.isArray(state.Branches) ? (state.Branches as JsonObject[]) : [];
    const processor = state.ItemProcessor === undefined ? [] : [state.ItemProcessor as JsonObject];
    return [[name, state] as [string, JsonObject], ...[...branches, ...processor].flatMap(allStates)];
  });
}
