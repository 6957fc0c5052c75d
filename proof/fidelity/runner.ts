import { expect } from "chai";
import type { Json } from "../../local/json";
import { allStates, type FidelityCase } from "./fidelity-case";

/** An implementation of Step Functions that can run cases. */
export interface Runner {
  run(fidelityCase: FidelityCase): Promise<Observation>;
  /** Whether nothing but the definition takes time, so that an execution's length is exact. */
  readonly exactTime: boolean;
}

/** What came of a case. */
export type Observation = { refused: string } | Ending;

/** How an execution ended, and how it went. */
export interface Ending {
  status: string;
  output?: Json;
  error?: string;
  cause?: string;
  /** The names of the case's states, in the order they were entered. */
  path: string[];
  seconds: number;
}

/** The right outcome in other words: a cause or a refusal that does not match. */
export class WordingDifference extends Error {
  override readonly name = "WordingDifference";
}

function expectWords(text: string | undefined, pattern: string): void {
  if (!new RegExp(pattern).test(text ?? "")) {
    throw new WordingDifference(`expected /${pattern}/ but received ${JSON.stringify(text)}`);
  }
}

/**
 * Holds what came of a case against what it expects.
 * @throws {WordingDifference} when all is right but the words of a cause or a refusal.
 */
export function expectObservation(
  fidelityCase: FidelityCase,
  observed: Observation,
  exactTime: boolean,
): void {
  const { expect: expected, path, seconds = 0 } = fidelityCase;
  if ("refused" in expected || "refused" in observed) {
    const refusal = "refused" in observed ? observed.refused : `no refusal, but ${JSON.stringify(observed)}`;
    const pattern = "refused" in expected ? expected.refused : "no refusal";
    if ("refused" in expected && "refused" in observed) expectWords(refusal, pattern);
    else expect(refusal).to.match(new RegExp(pattern));
    return;
  }
  expectEnding(expected, observed);
  if (path) {
    // Branches run side by side: which of two states is entered first is up to the implementation.
    const order = exactTime || !hasBranches(fidelityCase) ? (names: string[]) => names : sorted;
    expect(order(observed.path), "path").to.deep.equal(order(path));
  }
  if (exactTime) expect(observed.seconds, "seconds").to.equal(seconds);
  else expect(observed.seconds, "seconds").to.be.at.least(seconds - 0.5);
  if ("cause" in expected && expected.cause !== undefined) expectWords(observed.cause, expected.cause);
}

function expectEnding(
  expected: Exclude<FidelityCase["expect"], { refused: string }>,
  observed: Ending,
): void {
  const { status, output, error, cause } = observed;
  if ("output" in expected) {
    expect({ status, output, error, cause }).to.deep.equal({
      status: "SUCCEEDED",
      output: expected.output,
      error: undefined,
      cause: undefined,
    });
    return;
  }
  expect({ status, error }, cause).to.deep.equal({ status: expected.status, error: expected.error });
}

/** How many cases an endpoint runs at a time. */
const atATime = 8;

/** Starts all cases, a few at a time, since most of them do little but wait. @returns what comes of each, by its name. */
export function runSideBySide(
  runner: Runner,
  cases: readonly FidelityCase[],
): Map<string, Promise<Observation>> {
  const lanes = new Array<Promise<unknown>>(atATime).fill(Promise.resolve());
  return new Map(
    cases.map((fidelityCase, index): [string, Promise<Observation>] => {
      const lane = index % atATime;
      const observation = (lanes[lane] ?? Promise.resolve()).then(() => runner.run(fidelityCase));
      // Its own test reports a failure; the next case in the lane only waits for its end.
      lanes[lane] = observation.catch(() => undefined);
      return [fidelityCase.name, observation];
    }),
  );
}

const sorted = (names: string[]) => [...names].sort();

function hasBranches({ definition }: FidelityCase): boolean {
  return allStates(definition).some(([, { Type }]) => Type === "Parallel" || Type === "Map");
}
