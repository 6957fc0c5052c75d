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
import type { Json } from "../local/json";
import { StepFunctions } from "../local/services/step-functions/step-functions";
import { systemClock } from "../local/time/clock";
import { named, type RecordedProvisioning, recordProvisioning, streamIdOf } from "./recorded-provisioning";

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

/** One execution is started at a time. */
let onEvent: (event: HistoryEvent) => void = () => undefined;

function createService({ definition, answers }: RecordedProvisioning): StepFunctions {
  const runTask: TaskRunner = async ({ stateName, executionArn }) => {
    const [, streamId = ""] = /:([^:]+)_1$/.exec(executionArn) ?? [];
    const answer = answers.get(stateName)?.at(-1);
    if (answer === undefined) throw new Error(`The recorded stream did not come by ${stateName}.`);
    return JSON.parse(named(answer, streamId)) as Json;
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
async function startMore(service: StepFunctions, { input }: RecordedProvisioning, from: number, to: number) {
  for (let index = from; index < to; index += 1) {
    const streamId = streamIdOf(index);
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
      input: named(input, streamId),
    });
    await isWaiting;
    // Weak references keep their objects until the event loop turns, as it does in a runtime that answers requests.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return to;
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** V8 throws away the bytecode of functions that did not run for six collections. That must have happened before each look, or it counts for the executions. */
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
