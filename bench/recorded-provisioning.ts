// One provisioning in the local runtime, from POST to READY or to the wait before it, as its state machine saw it.
import { isJsonObject, type JsonObject } from "../local/json";
import { resourcesOfType } from "../local/record/graph";
import { startLocal } from "../testing";

const distributionId = "E2QWRUHAPOMQZL";
const waitingState = "AwaitLifecycleConfirmation";
/** As long as the names of the streams that stand in for it. */
const recordedId = "stream-000000";

export interface RecordedProvisioning {
  readonly streamId: string;
  readonly machineName: string;
  readonly definition: string;
  readonly configurationBytes: number;
  /** The names of the states in the order in which they were entered. */
  readonly path: readonly string[];
  readonly input: string;
  /** What each call of a Task state was answered, as JSON text, by state. */
  readonly answers: ReadonlyMap<string, readonly string[]>;
}

/** @returns a name for a stream that stands in for the recorded one. */
export const streamIdOf = (index: number) => `stream-${String(index + 1).padStart(6, "0")}`;

/** @returns an input or an answer with another stream's name in it. */
export const named = (text: string, streamId: string) => text.replaceAll(recordedId, streamId);

/**
 * Provisions one stream beside other people's behaviours.
 *
 * @param isConfirmed whether it becomes READY. @default false: it waits for its confirmation.
 */
export async function recordProvisioning(
  behaviors: number,
  isConfirmed = false,
): Promise<RecordedProvisioning> {
  const local = await startLocal("index.ts", { config: { channelIds: "1001" } });
  const { config } = await local.playback.get(distributionId);
  const behavior = config.DefaultCacheBehavior as JsonObject;
  const Items = Array.from({ length: behaviors }, (_, index) => ({
    ...behavior,
    PathPattern: `/shows/season-${index}/*`,
    // A behaviour with forwarded headers and signers, as older distributions have them.
    ForwardedValues: {
      QueryString: true,
      Cookies: { Forward: "none" },
      Headers: nameList("CloudFront-Viewer-Header", 40, index),
      QueryStringCacheKeys: nameList("parameter", 30, index),
    },
  }));
  local.playback.setConfig(distributionId, {
    ...config,
    CacheBehaviors: { Quantity: Items.length, Items },
  });
  await local.streams.provision(recordedId);
  if (local.executions.get(recordedId)?.waitingIn !== waitingState)
    throw new Error("The stream does not wait.");
  if (isConfirmed) {
    await local.streams.update(recordedId, "READY");
    await local.executions.waitFor(recordedId);
  }
  const execution = local.executions.get(recordedId);
  if (!execution) throw new Error("There is no execution.");
  const answers = new Map<string, string[]>();
  let state = "";
  for (const event of execution.history) {
    const { stateEnteredEventDetails, taskSucceededEventDetails, taskSubmittedEventDetails } = event;
    if (isJsonObject(stateEnteredEventDetails)) state = String(stateEnteredEventDetails.name);
    const answer = taskSucceededEventDetails ?? taskSubmittedEventDetails;
    if (isJsonObject(answer)) answers.set(state, [...(answers.get(state) ?? []), String(answer.output)]);
  }
  const machine = resourcesOfType(local.runtime.graph, "aws:sfn/stateMachine:StateMachine").find(({ name }) =>
    name.endsWith("-StreamLifecycleOrchestrator"),
  );
  const recorded = {
    streamId: recordedId,
    machineName: String(machine?.outputs.name),
    definition: String(machine?.inputs.definition),
    configurationBytes: JSON.stringify((await local.playback.get(distributionId)).config).length,
    path: execution.path,
    input: JSON.stringify(execution.input),
    answers,
  };
  await local.stop();
  return recorded;
}

function nameList(prefix: string, count: number, index: number): JsonObject {
  const Items = Array.from({ length: count }, (_, each) => `${prefix}-${index}-${each}`);
  return { Quantity: count, Items };
}
