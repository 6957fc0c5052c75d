import { isJsonObject, type Json, type JsonObject } from "../../local/json";
import { stepsOf } from "./answering-machine";
import { allStates, type FidelityCase } from "./fidelity-case";

/** Cases that take longer are left to the stepped clock. */
const longestSeconds = 20;

/**
 * Says why a case cannot run on an endpoint of Step Functions, where time is real, chance is chance, and Task states are
 * {@link substituteTasks substituted}.
 */
export function reasonToSkipRemotely({ seconds = 0, random, definition, tasks = {} }: FidelityCase) {
  if (random !== undefined) return "chance cannot be set there";
  if (seconds > longestSeconds) return `it takes ${seconds} seconds`;
  const loop = allStates(definition).find(
    ([name, { Type }]) => Type === "Task" && (tasks[name]?.length ?? 0) > 1 && repeats(definition, name),
  );
  if (loop) return `the calls of '${loop[0]}' cannot be told apart by their retries`;
  return undefined;
}

/**
 * Replaces every Task of a definition by one that starts the answering machine and waits for its answer. It stays a
 * Task with a timeout, Retry, Catch, Assign and Output of its own, and needs no service but Step Functions.
 *
 * The number of the call is the state's `RetryCount`, so that a state with several answers must not be entered twice.
 * @param answeringMachineArn the ARN of the `answeringMachine`.
 */
export function substituteTasks(
  { definition, tasks = {} }: FidelityCase,
  answeringMachineArn: string,
): JsonObject {
  const substitute = (value: Json, name: string): Json => {
    if (Array.isArray(value)) return value.map((item) => substitute(item, ""));
    if (!isJsonObject(value)) return value;
    const members = Object.entries(value).map(([key, member]): [string, Json] => [
      key,
      substitute(member, key),
    ]);
    const copy: JsonObject = Object.fromEntries(members);
    if (copy.Type !== "Task") return copy;
    return {
      ...copy,
      Resource: "arn:aws:states:::states:startExecution.waitForTaskToken",
      Arguments: {
        StateMachineArn: answeringMachineArn,
        Input: {
          token: "{% $states.context.Task.Token %}",
          call: "{% $states.context.State.RetryCount %}",
          arguments: copy.Arguments ?? "{% $states.input %}",
          answers: (tasks[name] ?? [{ result: {} }]).map((answer) => ({ steps: stepsOf(answer) })),
        },
      },
    };
  };
  return substitute(definition, "") as JsonObject;
}

/** @returns whether a state can be entered again after it was left. */
function repeats(definition: JsonObject, name: string): boolean {
  const states = new Map(allStates(definition));
  const inIteration = [...states.values()].some(
    ({ ItemProcessor }) =>
      isJsonObject(ItemProcessor) && allStates(ItemProcessor).some(([inner]) => inner === name),
  );
  if (inIteration) return true;
  const seen = new Set<string>();
  const open = nextOf(states.get(name));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === name) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...nextOf(states.get(next)));
  }
  return false;
}

function nextOf(state: JsonObject = {}): string[] {
  const rules = [state.Choices, state.Catch].flatMap((list) =>
    Array.isArray(list) ? list.filter(isJsonObject) : [],
  );
  return [state.Next, state.Default, ...rules.map(({ Next }) => Next)].filter(
    (next) => typeof next === "string",
  );
}
