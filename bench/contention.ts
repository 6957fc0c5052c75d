// How many calls of CloudFront a stream costs, when many are requested at once on one distribution: with the turns of the
// workflow, and, as the peer, without them, where the ETag alone keeps writers apart.
import type { State } from "../components/workflow/shared/asl";
import { type Graph, type Local, startLocal } from "../testing";

const program = "index.ts";
const distributionId = "E2QWRUHAPOMQZL";
/** An update of a distribution takes about a second, in which others read what is about to change. */
const updateSeconds = 1;
const maxMinutes = 30;

interface Figures {
  readonly ready: number;
  readonly reads: number;
  readonly updates: number;
  readonly transitions: number;
  readonly minutes: number;
}

async function main(): Promise<void> {
  console.log(
    "attempts  peer            in  reads/success  updates/success  transitions/success  minutes (simulated)",
  );
  for (const attempts of [1, 5, 10, 25, 50]) {
    for (const [name, patch] of [
      ["with turns", undefined],
      ["without turns", withoutTurns],
    ] as const) {
      const { ready, reads, updates, transitions, minutes } = await run(attempts, patch);
      const per = (count: number) => (ready === 0 ? "-" : (count / ready).toFixed(2));
      console.log(
        [
          String(attempts).padStart(8),
          name.padEnd(14),
          String(ready).padStart(3),
          per(reads).padStart(14),
          per(updates).padStart(16),
          per(transitions).padStart(20),
          String(minutes).padStart(8),
        ].join("  "),
      );
    }
  }
}

async function run(attempts: number, patch: ((graph: Graph) => Graph) | undefined): Promise<Figures> {
  const channelIds = Array.from({ length: attempts }, (_, index) => String(1001 + index)).join(",");
  const local = await startLocal(program, {
    config: { channelIds, confirmationTimeoutSeconds: "3600" },
    ...(patch && { patch }),
  });
  local.faults.slow({ service: "CloudFront", action: "UpdateDistribution", seconds: updateSeconds });
  const streamIds = channelIds.split(",").map((id) => `crowd-${id}`);
  const answers = await Promise.all(streamIds.map((streamId) => local.streams.request(streamId)));
  for (const { status } of answers) if (status !== 202) throw new Error(`POST /streams answered ${status}.`);
  let minutes = 0;
  for (; minutes < maxMinutes && !streamIds.every((id) => isDecided(local, id)); minutes += 1) {
    await local.clock.advance({ minutes: 1 });
  }
  const calls = (action: string) => local.faults.calls().filter((call) => call.action === action).length;
  const own = streamIds.map((streamId) => local.executions.get(streamId));
  const figures = {
    ready: (await local.playback.get(distributionId)).patterns.length,
    reads: calls("GetDistributionConfig"),
    updates: calls("UpdateDistribution"),
    transitions: own.reduce((sum, execution) => sum + (execution?.states.length ?? 0), 0),
    minutes,
  };
  await local.stop();
  return figures;
}

/** Whether a stream is in the distribution and waits for its confirmation, or has failed. */
function isDecided(local: Local, streamId: string): boolean {
  const execution = local.executions.get(streamId);
  return execution?.status === "FAILED" || execution?.waitingIn === "AwaitLifecycleConfirmation";
}

/** The same program, whose definition goes past the states that take and release the turn. */
function withoutTurns(graph: Graph): Graph {
  const past: { readonly [name: string]: string } = {
    AcquirePlaybackTurn: "ReadPlaybackConfiguration",
    ReleasePlaybackTurn: "AwaitLifecycleConfirmation",
  };
  return {
    ...graph,
    resources: graph.resources.map((resource) => {
      if (!resource.name.endsWith("-StreamLifecycleOrchestrator") || !resource.inputs.definition) {
        return resource;
      }
      const definition = JSON.parse(String(resource.inputs.definition), (key, value: unknown) =>
        key === "Next" && typeof value === "string" ? (past[value] ?? value) : value,
      ) as { States: Record<string, State<string>> };
      // Step Functions refuses a state that nothing leads to.
      for (const name of [...Object.keys(past), "DecidePlaybackTurn"]) delete definition.States[name];
      const text = JSON.stringify(definition);
      const inputs = { ...resource.inputs, definition: text };
      return { ...resource, inputs };
    }),
  };
}

void main();
