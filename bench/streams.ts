// What streams cost, and how long they wait for each other, on a stepped clock: seconds here are AWS's, not this machine's.

import type { JsonObject } from "../local/json";
import { daysInMonth, prices } from "../scripts/prices";
import { type Graph, type Local, startLocal } from "../testing";
import { median, type Row } from "./row";

const program = "index.ts";
/** An update of a distribution takes about a second, in which others read what is about to change. */
const updateSeconds = 1;
const maxSeconds = 900;
const channelIdsOf = (count: number) => Array.from({ length: count }, (_, index) => String(1001 + index));

/** Many streams at once on one distribution. */
export async function measureContention(): Promise<Row[]> {
  const targets: { readonly [count: string]: number } = { 10: 4, 50: 6, 200: 12 };
  const rows: Row[] = [];
  for (const [count, target] of Object.entries(targets)) {
    const { seconds, updates, transitions } = await crowd(Number(count));
    rows.push(
      { what: `${count} streams at once: the last one waits, s`, figure: seconds, target },
      { what: `${count} streams at once: updates per stream`, figure: updates, target: 0.2, digits: 2 },
      { what: `${count} streams at once: transitions per stream`, figure: transitions, target: 20 },
    );
  }
  return rows;
}

async function crowd(count: number) {
  const ids = channelIdsOf(count);
  const local = await startLocal(program, {
    // IAM takes the ARNs of a hundred channels in a policy.
    ...(count > 100 && { patch: (graph: Graph) => withChannels(graph, ids), iam: "off" as const }),
    config: {
      channelIds: ids.slice(0, 100).join(),
      confirmationTimeoutSeconds: "3600",
      cacheBehaviorQuota: "300",
      originQuota: "300",
    },
  });
  try {
    local.faults.slow({ service: "CloudFront", action: "UpdateDistribution", seconds: updateSeconds });
    const streamIds = ids.map((id) => `crowd-${id}`);
    const answers = await Promise.all(streamIds.map((streamId) => local.streams.request(streamId)));
    for (const { status } of answers)
      if (status !== 202) throw new Error(`POST /streams answered ${status}.`);
    let seconds = 0;
    while (!streamIds.every((streamId) => isWaiting(local, streamId))) {
      if (seconds === maxSeconds) throw new Error(`Some of ${count} streams wait for ever, or have failed.`);
      await local.clock.advance({ seconds: 1 });
      seconds += 1;
    }
    const updates = local.faults.calls().filter(({ action }) => action === "UpdateDistribution").length;
    const transitions = streamIds.reduce((sum, id) => sum + transitionsOf(local, id), 0);
    return { seconds, updates: updates / count, transitions: transitions / count };
  } finally {
    await local.stop();
  }
}

/** Puts more channels into the recorded settings and policies than a deployment may have. */
function withChannels(graph: Graph, ids: readonly string[]): Graph {
  const resources = graph.resources.map((resource) => {
    const { type, inputs } = resource;
    if (type === "aws:dynamodb/tableItem:TableItem") {
      const item = JSON.parse(String(inputs.item)) as { settings: { S: string } };
      const settings = JSON.parse(item.settings.S) as JsonObject;
      item.settings.S = JSON.stringify({
        ...settings,
        channels: ids.map((channelId) => ({ channelId, origin: {} })),
      });
      return { ...resource, inputs: { ...inputs, item: JSON.stringify(item) } };
    }
    if (
      type === "aws:iam/rolePolicy:RolePolicy" &&
      String(inputs.policy).includes("medialive:StartChannel")
    ) {
      const arns = ids.map((id) => `"arn:aws:medialive:us-east-1:000000000000:channel:${id}"`).join();
      const policy = String(inputs.policy).replace(
        /"arn:aws:medialive:[^"]*"(,"arn:aws:medialive:[^"]*")*/,
        arns,
      );
      return { ...resource, inputs: { ...inputs, policy } };
    }
    return resource;
  });
  return { ...graph, resources };
}

const isWaiting = (local: Local, streamId: string) =>
  local.executions.get(streamId)?.waitingIn === "AwaitLifecycleConfirmation";
const transitionsOf = (local: Local, name: string) => local.executions.get(name)?.states.length ?? 0;

/** Transitions and calls of one stream, and what a deployment of five channels costs at rest. */
export async function measureStream(): Promise<Row[]> {
  const local = await startLocal(program, { config: { channelIds: channelIdsOf(5).join() } });
  try {
    const { machines } = local.streams.program;
    const sum = (machine: string) =>
      local.executions.of(machine).reduce((total, { states }) => total + states.length, 0);
    await local.clock.advance({ minutes: 11 });
    const sweep = sum(machines.sweep);
    const sweeps = (daysInMonth * 24 * 60) / 10;

    const callsOf = async (name: string, act: () => Promise<unknown>) => {
      const before = local.faults.calls().length;
      await act();
      return local.faults
        .calls()
        .slice(before)
        .filter(({ caller }) => caller.includes(name)).length;
    };
    let confirmation = 0;
    let put = 0;
    const post = await callsOf("create-stream-workflow", () => local.streams.provision("figures"));
    confirmation = await callsOf("resume-orchestration", async () => {
      put = await callsOf("update-stream-status", () => local.streams.confirm("figures", "READY"));
    });
    const success = transitionsOf(local, "figures");
    await local.streams.end("figures");
    await local.clock.advance({ minutes: 1 });
    const teardown = sum(machines.teardown);
    await local.streams.provision("late");
    await local.clock.advance({ minutes: 20 });
    const timeout = transitionsOf(local, "late");
    return [
      { what: "transitions of a stream that becomes READY", figure: success, target: 16, digits: 0 },
      { what: "transitions of its teardown", figure: teardown, target: 14, digits: 0 },
      { what: "transitions of a timeout with its cleanup", figure: timeout, target: 26, digits: 0 },
      { what: "AWS calls of POST /streams", figure: post, target: 2, digits: 0 },
      { what: "AWS calls of PUT /streams", figure: put, target: 3, digits: 0 },
      { what: "AWS calls of a confirmation", figure: confirmation, target: 2, digits: 0 },
      {
        what: "a month at rest with five channels: transitions, US dollars",
        figure: sweeps * sweep * prices.stateTransition,
        target: 1,
        digits: 2,
      },
    ];
  } finally {
    await local.stop();
  }
}

/** Two hundred scheduled starts within one minute: their channels start ten minutes before. */
export async function measureBurst(): Promise<Row[]> {
  const ids = channelIdsOf(200);
  const local = await startLocal(program, {
    patch: (graph) => withChannels(graph, ids),
    iam: "off",
    config: {
      channelIds: ids.slice(0, 100).join(),
      leadTimeMinutes: "10",
      cacheBehaviorQuota: "300",
      originQuota: "300",
      confirmationTimeoutSeconds: "3600",
    },
  });
  try {
    local.faults.slow({ service: "CloudFront", action: "UpdateDistribution", seconds: updateSeconds });
    const hour = local.clock.now() + 3_600_000;
    const streamIds = ids.map((id) => `burst-${id}`);
    const failures: number[] = [];
    for (const [index, streamId] of streamIds.entries()) {
      const startTime = new Date(hour + Math.floor((index * 60_000) / streamIds.length)).toISOString();
      const { status } = await local.streams.request(streamId, { startTime });
      if (status >= 500) failures.push(status);
    }
    const begin = hour - 600_000;
    await local.clock.advance({ milliseconds: begin - local.clock.now() });
    const waits = new Map<string, number>();
    for (let seconds = 0; waits.size < streamIds.length; seconds += 1) {
      if (seconds === maxSeconds) throw new Error(`${waits.size} of ${streamIds.length} streams came up.`);
      for (const [index, streamId] of streamIds.entries()) {
        if (waits.has(streamId) || !isWaiting(local, streamId)) continue;
        waits.set(streamId, seconds - Math.floor((index * 60) / streamIds.length));
      }
      await local.clock.advance({ seconds: 1 });
    }
    const all = [...waits.values()];
    return [
      { what: "200 scheduled starts within a minute: median wait, s", figure: median(all) },
      {
        what: "200 scheduled starts within a minute: the slowest after the median, s",
        figure: Math.max(...all) - median(all),
        target: 120,
      },
      {
        what: "200 scheduled starts within a minute: answers 5xx",
        figure: failures.length,
        target: 0,
        digits: 0,
      },
    ];
  } finally {
    await local.stop();
  }
}
