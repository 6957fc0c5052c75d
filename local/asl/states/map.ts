import type { Json } from "../../json";
import { runBranches } from "../branches";
import type { Frame } from "../context";
import type { MapState } from "../definition";
import { BranchAborted, StateFailure } from "../errors";
import { payloadText } from "../limits";
import { withRecovery } from "../recovery";
import type { Done, Step } from "../step";

/** An inline Map runs no more at once, whatever MaxConcurrency says. Source: Developer Guide, "Map workflow state". */
const maxConcurrentIterations = 40;

/** Runs its item processor for every item; the result is the list of their outputs. */
export function runMapState(step: Step, state: MapState): Promise<Done> {
  return withRecovery(step, state, async () => {
    const { frame } = step;
    const items = itemsOf(step, state);
    const concurrency = step.evaluateCount(
      state.MaxConcurrency ?? 0,
      "MaxConcurrency",
      0,
      Number.MAX_SAFE_INTEGER,
    );
    step.record("MapStateStarted", { mapStateStartedEventDetails: { length: items.length } });
    const atOnce = Math.min(concurrency || maxConcurrentIterations, maxConcurrentIterations);
    const result = await runBranches(frame, items.length, atOnce, (index, iteration) =>
      runIteration(step, state, items[index] as Item, index, iteration),
    );
    payloadText(result, step.name);
    return step.finishAfter("MapStateSucceeded", () => step.finish(state, state.Next, result, { result }));
  });
}

/** An item of a list, or a member of an object. */
interface Item {
  key?: string;
  value: Json;
}

/** Source: Step Functions Developer Guide, "Map workflow state": Items is an array or an object; recordings of 2024 refused objects. */
function itemsOf(step: Step, state: MapState): Item[] {
  const items = step.evaluateTo("array or object", state.Items ?? "{% $states.input %}", "Items");
  if (Array.isArray(items)) return items.map((value) => ({ value }));
  return Object.entries(items).map(([key, value]) => ({ key, value }));
}

async function runIteration(
  step: Step,
  state: MapState,
  { key, value }: Item,
  index: number,
  iteration: Frame,
): Promise<Json> {
  const { history } = iteration.run;
  const { thread } = iteration;
  const event = (outcome: string) =>
    [
      `MapIteration${outcome}`,
      { [`mapIteration${outcome}EventDetails`]: { name: step.name, index } },
    ] as const;
  if (!iteration.progress.place) history.record(thread, ...event("Started"));
  try {
    const map = { Item: { Index: index, ...(key !== undefined && { Key: key }), Value: value } };
    const item = key === undefined ? value : { Key: key, Value: value };
    const { ItemSelector, ItemProcessor } = state;
    const input = ItemSelector === undefined ? item : step.evaluate(ItemSelector, "ItemSelector", { map });
    payloadText(input, step.name);
    const output = await iteration.run.runStates(ItemProcessor, input, { ...iteration, map });
    step.frame.thread.previous = history.recordAside(thread, ...event("Succeeded"));
    return output;
  } catch (failure) {
    // MapStateFailed follows what the iteration recorded before.
    if (failure instanceof StateFailure && failure.error !== "States.Runtime") {
      history.recordAside(thread, ...event("Failed"));
    }
    if (failure instanceof BranchAborted) history.record(thread, ...event("Aborted"));
    throw failure;
  }
}
