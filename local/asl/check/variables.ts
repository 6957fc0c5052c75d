import type { State, StateGroup, StateMachine, TaskState } from "../definition";
import { readDefinition } from "./definition";
import { analyzeExpression, type ExpressionUse } from "./expression";
import { callbackSuffix, integrationProblem } from "./integrations";
import { assignedBefore, assignedBy } from "./paths";
import { DefinitionError } from "./problems";
import { expressionsOf, groupsWithin, type PlacedExpression } from "./templates";

/**
 * Finds what AWS would refuse in a definition, or fail on when a state is reached, and what the usual validators miss.
 *
 * A check for builds and tests, on the rendered definition. It reads definitions with what the local runtime reads them
 * with, and needs `jsonata`: nothing that the package's entry reaches may import it, and a test sees to that.
 * @returns every problem, each naming its state; none for a definition that is in order. Expressions and paths are
 * looked at once the fields and transitions are right.
 */
export function checkDefinition(definition: object): string[] {
  let machine: StateMachine;
  try {
    machine = readDefinition(JSON.stringify(definition), integrationProblem);
  } catch (error) {
    if (error instanceof DefinitionError) return [...error.problems];
    throw error;
  }
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
  if (state.Resource.endsWith(callbackSuffix) && !token) {
    report(`with ${callbackSuffix}, its 'Arguments' must hand on $states.context.Task.Token.`);
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
