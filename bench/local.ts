import { performance } from "node:perf_hooks";
import { DescribeExecutionCommand, SFNClient } from "@aws-sdk/client-sfn";
import { type Local, startLocal } from "../testing";

/**
 * Measures what a test waits for: a start, once the program was recorded, and a provisioning from POST to a workflow that has
 * SUCCEEDED. Beside each stands a peer of the same run, since a figure alone says more of the machine than of the code.
 */
const program = "index.ts";
const config = { channelIds: Array.from({ length: 80 }, (_, index) => String(1001 + index)).join(",") };
const distributionId = "E2QWRUHAPOMQZL";
const starts = 9;
const journeys = 40;

interface Figure {
  readonly name: string;
  /** Milliseconds. */
  readonly median: number;
  readonly peer?: { readonly name: string; readonly median: number };
}

async function main(): Promise<void> {
  let local: Local | undefined;
  const cold = await time(async () => {
    local = await startLocal(program, { config });
  });
  if (!local) throw new Error("The program did not start.");
  const running = local;
  const firstJourney = await time(() => provision(running, "first-one"));

  const starting: number[] = [];
  for (let count = 0; count < starts; count += 1) {
    let another: Local | undefined;
    starting.push(
      await time(async () => {
        another = await startLocal(program, { config });
      }),
    );
    await another?.stop();
  }
  const provisioning: number[] = [];
  for (let count = 0; count < journeys; count += 1) {
    // A distribution with the entries of all streams before is no test's.
    running.playback.setConfig(distributionId, {});
    provisioning.push(await time(() => provision(running, `stream-${count}`)));
  }
  const calls = await sdkCalls(running);
  await running.stop();

  print([
    {
      name: "start, once the program was recorded",
      median: median(starting),
      peer: { name: "the first start, with the recording", median: cold },
    },
    {
      name: "provisioning, POST to SUCCEEDED",
      median: median(provisioning),
      peer: { name: "the first one, with cold functions", median: firstJourney },
    },
    {
      name: "provisioning, POST to SUCCEEDED",
      median: median(provisioning),
      peer: { name: "one SDK call over a socket", median: median(calls) },
    },
  ]);
}

async function provision(local: Local, streamId: string): Promise<void> {
  await local.streams.provision(streamId);
  await local.streams.confirm(streamId, "READY");
  const execution = await local.executions.waitFor(streamId);
  if (execution.status !== "SUCCEEDED") throw new Error(`The workflow ended ${execution.status}.`);
}

async function sdkCalls(local: Local): Promise<number[]> {
  const sfn = new SFNClient(local.aws);
  const executionArn = local.executions.get("first-one")?.arn;
  const times: number[] = [];
  for (let count = 0; count < journeys; count += 1) {
    times.push(await time(() => sfn.send(new DescribeExecutionCommand({ executionArn }))));
  }
  sfn.destroy();
  return times;
}

/** @returns milliseconds. */
async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function print(figures: readonly Figure[]): void {
  for (const { name, median: value, peer } of figures) {
    const ratio = peer
      ? `   ${(value / peer.median).toFixed(2)} × ${peer.name} (${peer.median.toFixed(1)} ms)`
      : "";
    process.stdout.write(`${name.padEnd(38)} ${value.toFixed(1).padStart(8)} ms${ratio}\n`);
  }
}

void main();
