import { type CreateStreamWorkflowRequest, hasEnded, streamStatuses } from "../contracts";
import {
  distinctResourcesOfType,
  type Graph,
  type RecordedResource,
  resourcesOfType,
} from "../local/record/graph";
import type { Runtime } from "../local/runtime";
import type { StreamAttempt, StreamLease } from "../testing/stream-attempt";
import { scanTable } from "../testing/stream-reader";
import { type ComponentSweep, sweepOfComponent } from "./sweep-of-component";

/** What it needs of a runtime that has just started with a data folder. */
interface Started {
  readonly graph: Graph;
  readonly services: Pick<Runtime["services"], "DynamoDB">;
}

/**
 * Says what the previous run left in the tables, and what becomes of it. Executions, channels, distributions and schedules that were made at run
 * time are gone with that run: StreamSweep finds that out, as it finds everything that died.
 *
 * @param startedAt when the runtime started, in milliseconds since the Unix epoch: the sweep's schedule counts from there.
 * @returns a line for each attempt, and for each channel that is leased to no attempt.
 */
export async function describeLeftAttempts(
  { graph, services }: Started,
  startedAt: number,
): Promise<string[]> {
  const lines: string[] = [];
  for (const table of attemptTables(graph)) {
    const component = table.name.replace(/-attempts$/, "");
    const tableName = String(table.outputs.name);
    const leases = leaseTable(graph, component);
    const attempts = (await scanTable(services.DynamoDB, tableName)) as unknown as StreamAttempt[];
    const held = (leases ? await scanTable(services.DynamoDB, leases) : []) as unknown as StreamLease[];
    const isLease = ({ leasedBy, streamId, purpose }: StreamLease) =>
      leasedBy !== undefined && streamId !== undefined && purpose === undefined;
    const sweep = sweepOfComponent(graph, component, tableName, startedAt);
    lines.push(...describe(attempts, held.filter(isLease), sweep));
  }
  return lines;
}

/** A sweep takes a teardown for dead after this time. `test/journeys/restart.test.ts` holds it against what the sweep does. */
const teardownSeconds = 3600;

/** A sweep leaves a stream this long to the schedule of its `endTime`. The test holds this, too. */
const endMarginSeconds = 60;

function describe(
  attempts: readonly StreamAttempt[],
  leases: readonly StreamLease[],
  sweep: ComponentSweep,
): string[] {
  const inOrder = [...attempts].sort((left, right) => (left.requestedAt < right.requestedAt ? -1 : 1));
  const lines = inOrder.flatMap((attempt) => {
    const lease = leases.find(({ leasedBy }) => leasedBy === attempt.executionArn);
    const fate = fateOf(attempt, lease, sweep);
    return fate === undefined
      ? []
      : [`${attempt.streamId}, attempt ${attempt.attempt}, ${attempt.status}: ${fate}`];
  });
  const known = new Set(attempts.map(({ executionArn }) => executionArn));
  const orphans = leases.filter(({ leasedBy }) => !known.has(leasedBy));
  return [
    ...lines,
    ...orphans.map(
      ({ channelId, streamId }) =>
        `channel ${channelId} is leased to stream ${streamId}, which has no attempt. ${nameSweep(sweep)} gives it back.`,
    ),
  ];
}

function fateOf(
  attempt: StreamAttempt,
  lease: StreamLease | undefined,
  sweep: ComponentSweep,
): string | undefined {
  const { status, readyAt, teardown, graceUntil, unpublishedSince } = attempt;
  // No handler writes such an item.
  if (!streamStatuses.includes(status)) return "this is no status of a stream, and nothing acts on it.";
  const channel = attempt.channelId ?? lease?.channelId;
  if (lease !== undefined && !sweep.pool.includes(lease.channelId)) {
    return `channel ${lease.channelId}, which it has, is not in encoder.channels any more, and so cannot be given back. Add it there with draining: true (drainingChannelIds), and start again.`;
  }
  if (!hasEnded(status)) {
    return readyAt === undefined
      ? fateBeforeReady(attempt, channel, sweep)
      : fateOfReady(attempt, readyAt, channel, sweep);
  }
  if (lease !== undefined) {
    const startedAt = teardown?.status === "RUNNING" ? Date.parse(teardown.startedAt ?? "") || 0 : 0;
    // The sweep takes a teardown for dead once its time is up, and waits for the end of the grace.
    const after = Math.max(startedAt + teardownSeconds * 1000, Date.parse(graceUntil ?? "") || 0);
    return `its cleanup is not done. ${nameSweep(sweep, after)} starts it again, and channel ${channel} is given back.`;
  }
  return unpublishedSince === undefined
    ? undefined
    : `its status is not announced. ${nameSweep(sweep)} announces it.`;
}

function fateBeforeReady(
  { heldUntil, taskToken }: StreamAttempt,
  channel: string | undefined,
  sweep: ComponentSweep,
): string {
  const was =
    heldUntil !== undefined
      ? `its start was scheduled for ${heldUntil}`
      : taskToken !== undefined
        ? "it waited for its confirmation, which comes too late now"
        : "its workflow was under way";
  const removal = sweep.updatesPlayback ? ", has its playback entry removed and" : " and has";
  const cleanup = channel === undefined ? "" : `${removal} channel ${channel} given back`;
  return `${was}: the execution is gone. ${nameSweep(sweep)} marks it FAILED${cleanup}.`;
}

function fateOfReady(
  attempt: StreamAttempt,
  readyAt: string,
  channel: string | undefined,
  sweep: ComponentSweep,
): string {
  const first = nameSweep(sweep);
  const over = whyOver(attempt, readyAt, sweep);
  if (over !== undefined)
    return `${over}. ${first} has it marked COMPLETE and channel ${channel} given back.`;
  const was = `channel ${channel} does not run any more${sweep.updatesPlayback ? ", and its playback entry is gone" : ""}`;
  if (!sweep.restartsChannels || attempt.health?.restart !== undefined) {
    return `${was}. ${first} has it marked FAILED and the channel given back. Request it again if it is still needed.`;
  }
  const restored = sweep.updatesPlayback ? ", and puts the entry back, which raises the alarm" : "";
  return `${was}. ${first} has the channel started again${restored}. PUT /streams with COMPLETE ends it.`;
}

/** @returns why the first sweep ends a stream that is up; undefined where it may go on. */
function whyOver(
  { request }: StreamAttempt,
  readyAt: string,
  { maxLiveHours, next }: ComponentSweep,
): string | undefined {
  const first = next();
  if (first === undefined) return undefined;
  const { endTime } = JSON.parse(request ?? "{}") as Partial<CreateStreamWorkflowRequest>;
  if (endTime !== undefined && first - Date.parse(endTime) > endMarginSeconds * 1000) {
    return `its endTime is ${endTime}`;
  }
  return maxLiveHours > 0 && first - Date.parse(readyAt) > maxLiveHours * 3_600_000
    ? `it is up for ${maxLiveHours} hours, the longest that it may be`
    : undefined;
}

/** Names the first sweep after a moment, as the beginning of a sentence. */
function nameSweep({ next }: ComponentSweep, after?: number): string {
  const time = next(after);
  return time === undefined ? "The next sweep" : `The sweep at ${new Date(time).toISOString().slice(11, 19)}`;
}

function attemptTables(graph: Graph): RecordedResource[] {
  return distinctResourcesOfType(graph, "aws:dynamodb/table:Table").filter(
    ({ inputs }) => inputs.hashKey === "streamId" && inputs.rangeKey === "attempt",
  );
}

function leaseTable(graph: Graph, component: string): string | undefined {
  const table = resourcesOfType(graph, "aws:dynamodb/table:Table").find(
    ({ name }) => name === `${component}-leases`,
  );
  return table && String(table.outputs.name);
}
