import { expect } from "chai";
import type { Deployment } from "./deployment";
import type { Outcome, Step } from "./outcome";
import { reaches } from "./reach";

/** What holds streams or their events, or runs: a deployment that replaces one of these loses them. */
const kept = [
  "aws:cloudwatch/eventBus:EventBus",
  "aws:dynamodb/table:Table",
  "aws:sfn/stateMachine:StateMachine",
  "aws:sqs/queue:Queue",
];

/** @throws {Error} with what Pulumi printed, unless the command succeeded. */
export function expectSuccess({ error }: Outcome): void {
  if (error !== undefined) throw new Error(error);
}

/** @throws {AssertionError} unless the command succeeded without a change. */
export function expectNoChange(outcome: Outcome): void {
  expectSuccess(outcome);
  expect(describeSteps(outcome.steps)).to.deep.equal([]);
}

/** What goes when `readiness` is turned off: a stream that still waits for its evidence is then confirmed by hand. */
const optional = /-StreamReadiness$/;

/** @throws {AssertionError} if a resource was replaced, or deleted while it is in use, of the types that a deployment must not lose. */
export function expectNothingLost({ steps }: Outcome): void {
  const lost = removals(steps).filter(
    ({ op, type, name }) => kept.includes(type) && !(op === "delete" && optional.test(name)),
  );
  expect(describeSteps(lost)).to.deep.equal([]);
}

/** @throws {AssertionError} for an ARN in a policy that no resource of the account has. */
export function expectPoliciesToReach({ account }: Deployment): void {
  const missed = reaches(account).filter(({ resources }) => resources.length === 0);
  expect(missed.map(({ policy, pattern }) => `${policy} names ${pattern}`)).to.deep.equal([]);
}

/** @returns the steps that delete a resource, for good or for another in its place. */
export function removals(steps: readonly Step[]): Step[] {
  return steps.filter(({ op }) => ["delete", "delete-replaced", "replace"].includes(op));
}

export function describeSteps(steps: readonly Step[]): string[] {
  return steps.map(({ op, type, name, keys }) => [op, type, name, ...keys].join(" ")).sort();
}

/** @returns the names in the program of the resources of a type. */
export function namesOfType(steps: readonly Step[], type: string): string[] {
  return steps
    .filter((step) => step.type === type)
    .map(({ name }) => name)
    .sort();
}
