import type { State, StateGroup, StateMachine, TaskState } from "../definition";
import { assignedBefore, assignedBy } from "./assigned-variables";
import { analyzeExpression, type ExpressionUse } from "./expression-use";
import { expressionsOf, groupsWithin, type PlacedExpression } from "./placed-expressions";

/**
 * Finds what AWS accepts in a definition and then fails on when a state is reached: unknown functions, variables that are not assigned on
 * every path, Tasks that could wait for years.
 *
 * @returns every problem, each naming its state.
 */
export function findRuntimeFailures(machine: StateMachine): string[] {
  const problems: string[] = [];
  checkGroup(machine, { outside: new Set(), assignedAnywhere: new Set(allAssigned(machine)), problems });
  return problems;
}

interface Surroundings {
  /** The variables that are assigned before the group is entered. */
  readonly outside: ReadonlySet<string>;
  /** The variables that any state of the machine assigns. */
  readonly assignedAnywhere: ReadonlySet<string>;
  readonly problems: string[];
}

function checkGroup(group: StateGroup, surroundings: Surroundings): void {
  const before = assignedBefore(group, surroundings.outside);
  for (const [name, state] of Object.entries(group.States)) {
    const report = (problem: string) => surroundings.problems.push(`State '${name}': ${problem}`);
    const assigned = before.get(name);
    if (!assigned) {
      report("no path from StartAt leads to it.");
      continue;
    }
    if (state.Type === "Task") checkTask(state, report);
    checkExpressions(state, assigned, surroundings.assignedAnywhere, report);
    for (const inner of groupsWithin(state)) checkGroup(inner, { ...surroundings, outside: assigned });
  }
}

function checkTask(state: TaskState, report: (problem: string) => void): void {
  if (state.TimeoutSeconds === undefined) {
    report("a Task needs the field 'TimeoutSeconds': without it, AWS waits for more than three years.");
  }
  const token = JSON.stringify(state.Arguments ?? null).includes("$states.context.Task.Token");
  if (state.Resource.endsWith(".waitForTaskToken") && !token) {
    report("with .waitForTaskToken, its 'Arguments' must hand on $states.context.Task.Token.");
  }
}

function checkExpressions(
  state: State,
  assigned: ReadonlySet<string>,
  assignedAnywhere: ReadonlySet<string>,
  report: (problem: string) => void,
): void {
  for (const placed of expressionsOf(state)) {
    const use = analyzeExpression(placed.source);
    const complain = (problem: string) => report(`the expression in '${placed.location}' ${problem}`);
    checkUse(placed, use, complain);
    for (const [variable, { guarded }] of use.variables) {
      if (assigned.has(variable)) continue;
      if (!assignedAnywhere.has(variable)) complain(`reads $${variable}, which no state assigns.`);
      else if (!guarded) {
        complain(
          `reads $${variable}, which is not assigned on every path to it; assign it before, or guard it with $exists.`,
        );
      }
    }
  }
}

function checkUse(
  { statesMembers }: PlacedExpression,
  use: ExpressionUse,
  complain: (problem: string) => void,
): void {
  for (const name of use.unknownFunctions) {
    complain(`calls $${name}, which neither JSONata 2.0.6 nor Step Functions has.`);
  }
  for (const member of use.statesMembers) {
    if (statesMembers.includes(member)) continue;
    const allowed = statesMembers.map((one) => `$states.${one}`).join(", ");
    complain(`reads $states.${member}, which does not exist there; there are ${allowed}.`);
  }
  if (use.readsRoot) {
    complain("reads '$', '$$' or a bare field name at its top, where there is nothing; use $states.input.");
  }
}

function allAssigned(group: StateGroup): string[] {
  return Object.values(group.States).flatMap((state) => [
    ...assignedBy(state),
    ...groupsWithin(state).flatMap(allAssigned),
  ]);
}
