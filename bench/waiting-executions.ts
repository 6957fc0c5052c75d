// What an execution of the orchestrator costs while it waits for its confirmation, beside a distribution that is nearly full: its memory, and
// whether that grows with their number. One provisioning is recorded in the local runtime; its answers, with another stream's name in them, are
// given to the others, since one distribution has no place for thousands of streams.
//
//   npx tsx bench/waiting-executions.ts --executions 10000 --behaviors 70
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { HistoryEvent } from "../local/asl/history";
import type { TaskRunner } from "../local/asl/task-runner";
import { isJsonObject, type Json, type JsonObject } from "../local/json";
import { resourcesOfType } from "../local/record/graph";
import { StepFunctions } from "../local/services/step-functions/step-functions";
import { systemClock } from "../local/time/clock";
import { startLocal } from "../testing";

const distributionId = "E2QWRUHAPOMQZL";
const waitingState = "AwaitLifecycleConfirmation";
/** As long as the names of the others. */
const recordedId = "stream-000000";

interface Recorded {
  readonly definition: string;
  readonly input: string;
  /** Each task's answer as JSON text, by state. */
  readonly answers: ReadonlyMap<string, string>;
  readonly configurationBytes: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      executions: { type: "string", default: "10000" },
      behaviors: { type: "string", default: "70" },
    },
  });
  const most = Number(values.executions);
  const recorded = await recordProvisioning(Number(values.behaviors));
  console.log(`configuration of the distribution: ${Math.round(recorded.configurationBytes / 1000)} KB`);
  const service = createService(recorded);
  // The first ones pay for compiled expressions.
  let started = await startMore(service, recorded, 0, 100);
  const base = { started, memory: await usedMemory() };
  const points: { executions: number; heap: number }[] = [];
  for (const target of [1000, 3000, 10_000].filter((each) => each < most).concat(most)) {
    started = await startMore(service, recorded, started, target + base.started);
    const memory = await usedMemory();
    const executions = started - base.started;
    const heap = memory.heap - base.memory.heap;
    points.push({ executions, heap });
    const all = heap + memory.outside - base.memory.outside;
    const kilobytes = (bytes: number) => (bytes / executions / 1000).toFixed(1);
    console.log(
      `${String(executions).padStart(6)} waiting: ${kilobytes(heap)} KB of heap for each, ${kilobytes(all)} KB with buffers`,
    );
  }
  const [first, last] = [points[0], points.at(-1)];
  if (first && last && first !== last) {
    const exponent = Math.log(last.heap / first.heap) / Math.log(last.executions / first.executions);
    console.log(`exponent: ${exponent.toFixed(3)}`);
  }
  process.exit(0);
}

/** Provisions one stream beside other people's behaviours, and keeps what each task was answered. */
async function recordProvisioning(behaviors: number): Promise<Recorded> {
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
      Headers: names("CloudFront-Viewer-Header", 40, index),
      QueryStringCacheKeys: names("parameter", 30, index),
    },
  }));
  local.playback.setConfig(distributionId, {
    ...config,
    CacheBehaviors: { Quantity: Items.length, Items },
  });
  await local.streams.provision(recordedId);
  const execution = local.executions.get(recordedId);
  if (!execution || execution.waitingIn !== waitingState) throw new Error("The stream does not wait.");
  const answers = new Map<string, string>();
  let state = "";
  for (const event of execution.history) {
    const { stateEnteredEventDetails, taskSucceededEventDetails, taskSubmittedEventDetails } = event;
    if (isJsonObject(stateEnteredEventDetails)) state = String(stateEnteredEventDetails.name);
    const answer = taskSucceededEventDetails ?? taskSubmittedEventDetails;
    if (isJsonObject(answer)) answers.set(state, String(answer.output));
  }
  const machine = resourcesOfType(local.runtime.graph, "aws:sfn/stateMachine:StateMachine").find(({ name }) =>
    name.endsWith("-StreamLifecycleOrchestrator"),
  );
  const recorded = {
    definition: String(machine?.inputs.definition),
    input: JSON.stringify(execution.input),
    answers,
    configurationBytes: JSON.stringify((await local.playback.get(distributionId)).config).length,
  };
  await local.stop();
  return recorded;
}

function names(prefix: string, count: number, index: number): JsonObject {
  const Items = Array.from({ length: count }, (_, each) => `${prefix}-${index}-${each}`);
  return { Quantity: count, Items };
}

/** One execution is started at a time. */
let onEvent: (event: HistoryEvent) => void = () => undefined;

function createService({ definition, answers }: Recorded): StepFunctions {
  const runTask: TaskRunner = async ({ stateName, executionArn }) => {
    const answer = answers.get(stateName);
    if (answer === undefined) throw new Error(`The recorded stream did not come by ${stateName}.`);
    const [, streamId = ""] = /:([^:]+)_1$/.exec(executionArn) ?? [];
    return JSON.parse(answer.replaceAll(recordedId, streamId)) as Json;
  };
  const service = new StepFunctions({
    clock: systemClock,
    region: "us-east-1",
    accountId: "000000000000",
    runTask,
    onEvent: (_executionArn, event) => onEvent(event),
  });
  service.declareStateMachine({
    name: "orchestrator",
    arn: "arn:aws:states:us-east-1:000000000000:stateMachine:orchestrator",
    definition,
    roleArn: "arn:aws:iam::000000000000:role/orchestrator",
    type: "STANDARD",
  });
  return service;
}

/** Starts executions, a few at a time, until there are `to`, and lets each come to where it waits. */
async function startMore(service: StepFunctions, { input }: Recorded, from: number, to: number) {
  for (let index = from; index < to; index += 1) {
    const streamId = `stream-${String(index + 1).padStart(6, "0")}`;
    const isWaiting = new Promise<void>((resolve, reject) => {
      onEvent = ({ type }) => {
        if (type === "TaskSubmitted") resolve();
        if (/^Execution(Failed|Succeeded|Aborted)$/.test(type))
          reject(new Error(`An execution ended: ${type}.`));
      };
    });
    await service.call("StartExecution", {
      stateMachineArn: "arn:aws:states:us-east-1:000000000000:stateMachine:orchestrator",
      name: `${streamId}_1`,
      input: input.replaceAll(recordedId, streamId),
    });
    await isWaiting;
    // Weak references keep their objects until the event loop turns, as it does in a runtime that answers requests.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return to;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** V8 throws away the bytecode of functions that did not run for six collections, which would count for or against the executions. */
const collections = 8;

async function usedMemory(): Promise<{ heap: number; outside: number }> {
  for (let round = 0; round < collections; round += 1) {
    // Weak references are let go of after a turn.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed, outside: external };
}

void main();
