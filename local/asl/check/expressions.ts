import type { State, StateGroup, StateMachine, TaskState } from "../definition";
import { assignedBefore, assignedBy } from "./assigned-variables";
import { analyzeExpression, type ExpressionUse } from "./expression-use";
import { expressionsOf, groupsWithin, type PlacedExpression } from "./placed-expressions";

/** What is wrong with a definition whose fields and transitions are right; each problem names its state. */
export interface ExpressionProblems {
  /** What AWS refuses: names and members of `$states` that are not there, variables that are not assigned on every path. */
  readonly refused: string[];
  /** What AWS accepts and fails on when it is reached: unknown functions, Tasks that could wait for years. */
  readonly warnings: string[];
}

/** Follows the variables through a definition, and holds every expression against what it may read where it stands. */
export function findExpressionProblems(machine: StateMachine): ExpressionProblems {
  const found: ExpressionProblems = { refused: [], warnings: [] };
  checkGroup(machine, { outside: new Set(), assignedAnywhere: new Set(allAssigned(machine)), found });
  return found;
}

interface Surroundings {
  /** The variables that are assigned before the group is entered. */
  readonly outside: ReadonlySet<string>;
  /** The variables that any state of the machine assigns. */
  readonly assignedAnywhere: ReadonlySet<string>;
  readonly found: ExpressionProblems;
}

/** Reports problems of one state, or of one expression. */
interface Report {
  refuse(problem: string): void;
  warn(problem: string): void;
}

function checkGroup(group: StateGroup, surroundings: Surroundings): void {
  const { refused, warnings } = surroundings.found;
  const before = assignedBefore(group, surroundings.outside);
  for (const [name, state] of Object.entries(group.States)) {
    const report: Report = {
      refuse: (problem) => refused.push(`State '${name}': ${problem}`),
      warn: (problem) => warnings.push(`State '${name}': ${problem}`),
    };
    const assigned = before.get(name) ?? surroundings.outside;
    if (state.Type === "Task") checkTask(state, report);
    checkExpressions(state, assigned, surroundings.assignedAnywhere, report);
    for (const inner of groupsWithin(state)) checkGroup(inner, { ...surroundings, outside: assigned });
  }
}

function checkTask(state: TaskState, { warn }: Report): void {
  if (state.TimeoutSeconds === undefined) {
    warn("a Task needs the field 'TimeoutSeconds': without it, AWS waits for more than three years.");
  }
  const token = JSON.stringify(state.Arguments ?? null).includes("$states.context.Task.Token");
  if (state.Resource.endsWith(".waitForTaskToken") && !token) {
    warn("with .waitForTaskToken, its 'Arguments' must hand on $states.context.Task.Token.");
  }
}

function checkExpressions(
  state: State,
  assigned: ReadonlySet<string>,
  assignedAnywhere: ReadonlySet<string>,
  report: Report,
): void {
  for (const placed of expressionsOf(state)) {
    const use = analyzeExpression(placed.source);
    const subject = `the expression in '${placed.location}'`;
    const refuse = (problem: string) => report.refuse(`${subject} ${problem}`);
    for (const name of use.unknownFunctions) {
      report.warn(`${subject} calls $${name}, which neither JSONata 2.0.6 nor Step Functions has.`);
    }
    checkUse(placed, use, refuse);
    for (const [variable, { guarded }] of use.variables) {
      if (assigned.has(variable)) continue;
      if (!assignedAnywhere.has(variable)) refuse(`reads $${variable}, which no state assigns.`);
      else if (!guarded) {
        refuse(
          `reads $${variable}, which is not assigned on every path to it; assign it before, or guard it with $exists.`,
        );
      }
    }
  }
}

function checkUse(
  { statesMembers }: PlacedExpression,
  use: ExpressionUse,
  refuse: (problem: string) => void,
): void {
  for (const member of use.statesMembers) {
    if (statesMembers.includes(member)) continue;
    const allowed = statesMembers.map((one) => `$states.${one}`).join(", ");
    refuse(`reads $states.${member}, which does not exist there; there are ${allowed}.`);
  }
  for (const name of use.bareNames) {
    refuse(
      `reads the bare field name '${name}' at its top level, where there is nothing; use $states.input.`,
    );
  }
  if (use.readsRoot) refuse("reads '$' or '$$' at its top level, where there is nothing; use $states.input.");
}

function allAssigned(group: StateGroup): string[] {
  return Object.values(group.States).flatMap((state) => [
    ...assignedBy(state),
    ...groupsWithin(state).flatMap(allAssigned),
  ]);
}
