import { hasEnded } from "../contracts";
import { isJsonObject } from "../local/json";
import { type Graph, type RecordedResource, resourcesOfType } from "../local/record/graph";
import type { Runtime } from "../local/runtime";
import type { StreamAttempt, StreamLease } from "../testing/stream-attempt";
import { scanTable } from "../testing/stream-reader";

/** What it needs of a runtime that has just started with a data folder. */
interface Started {
  readonly graph: Graph;
  readonly services: Pick<Runtime["services"], "DynamoDB">;
}

/**
 * Says what the previous run left in the tables, and what becomes of it. Executions, channels, distributions and schedules that were made at run
 * time are gone with that run: StreamSweep finds it so, as it finds everything that died.
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
    const leases = leaseTable(graph, component);
    const attempts = (await scanTable(
      services.DynamoDB,
      String(table.outputs.name),
    )) as unknown as StreamAttempt[];
    const held = (leases ? await scanTable(services.DynamoDB, leases) : []) as unknown as StreamLease[];
    const isLease = ({ leasedBy, streamId, purpose }: StreamLease) =>
      leasedBy !== undefined && streamId !== undefined && purpose === undefined;
    const restarts = restartsChannels(graph, String(table.outputs.name));
    lines.push(
      ...describe(attempts, held.filter(isLease), sweepTimes(graph, component, startedAt), restarts),
    );
  }
  return lines;
}

/** A sweep takes a teardown for dead after this time. `test/journeys/restart.test.ts` holds it against what the sweep does. */
const teardownSeconds = 3600;

/** Says when a sweep is the first one after a moment, in words. */
type NextSweep = (after?: number) => string;

function describe(
  attempts: readonly StreamAttempt[],
  leases: readonly StreamLease[],
  sweep: NextSweep,
  restarts: boolean,
): string[] {
  const inOrder = [...attempts].sort((left, right) => (left.requestedAt < right.requestedAt ? -1 : 1));
  const lines = inOrder.flatMap((attempt) => {
    const lease = leases.find(({ leasedBy }) => leasedBy === attempt.executionArn);
    const fate = fateOf(attempt, lease, sweep, restarts);
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
        `channel ${channelId} is leased to stream ${streamId}, which has no attempt. ${sweep()} gives it back.`,
    ),
  ];
}

function fateOf(
  attempt: StreamAttempt,
  lease: StreamLease | undefined,
  sweep: NextSweep,
  restarts: boolean,
): string | undefined {
  const { status, readyAt, heldUntil, taskToken, teardown, graceUntil, unpublishedSince } = attempt;
  const channel = attempt.channelId ?? lease?.channelId;
  if (!hasEnded(status) && readyAt !== undefined) {
    const was = `channel ${channel} does not run any more, and its playback entry is gone`;
    return restarts && attempt.health?.restart === undefined
      ? `${was}. ${sweep()} has the channel started again, and puts the entry back, which raises the alarm. PUT /streams with COMPLETE ends it.`
      : `${was}. ${sweep()} has it marked FAILED and the channel given back. Request it again if it is still needed.`;
  }
  if (!hasEnded(status)) {
    const was =
      heldUntil !== undefined
        ? `its start was scheduled for ${heldUntil}`
        : taskToken !== undefined
          ? "it waited for its confirmation, which comes too late now"
          : "its workflow was under way";
    const cleanup =
      channel === undefined ? "" : `, has its playback entry removed and channel ${channel} given back`;
    return `${was}: the execution is gone. ${sweep()} marks it FAILED${cleanup}.`;
  }
  if (lease !== undefined) {
    const startedAt = teardown?.status === "RUNNING" ? Date.parse(teardown.startedAt ?? "") || 0 : 0;
    // The sweep takes a teardown for dead once its time is up, and waits for the end of the grace.
    const after = Math.max(startedAt + teardownSeconds * 1000, Date.parse(graceUntil ?? "") || 0);
    return `its cleanup is not done. ${sweep(after)} starts it again, and channel ${channel} is given back.`;
  }
  return unpublishedSince === undefined ? undefined : `its status is not announced. ${sweep()} announces it.`;
}

function attemptTables(graph: Graph): RecordedResource[] {
  return resourcesOfType(graph, "aws:dynamodb/table:Table").filter(
    ({ inputs }) => inputs.hashKey === "streamId" && inputs.rangeKey === "attempt",
  );
}

/** Whether `health.onChannelLost` is `"restart"` for the streams of a table. */
function restartsChannels(graph: Graph, tableName: string): boolean {
  return resourcesOfType(graph, "aws:lambda/function:Function").some(({ inputs: { environment } }) => {
    const variables = isJsonObject(environment) ? environment.variables : undefined;
    return (
      isJsonObject(variables) && variables.TABLE_NAME === tableName && variables.ON_CHANNEL_LOST === "restart"
    );
  });
}

function leaseTable(graph: Graph, component: string): string | undefined {
  const table = resourcesOfType(graph, "aws:dynamodb/table:Table").find(
    ({ name }) => name === `${component}-leases`,
  );
  return table && String(table.outputs.name);
}

/** The sweep runs one period after the start for the first time. */
function sweepTimes(graph: Graph, component: string, startedAt: number): NextSweep {
  const schedule = resourcesOfType(graph, "aws:scheduler/schedule:Schedule").find(
    ({ name }) => name === `${component}-StreamSweep-schedule`,
  );
  const minutes = Number(/^rate\((\d+) minutes?\)$/.exec(String(schedule?.inputs.scheduleExpression))?.[1]);
  if (!(minutes > 0)) return () => "The next sweep";
  const period = minutes * 60_000;
  return (after = 0) => {
    const periods = Math.max(Math.ceil((after - startedAt) / period), 1);
    return `The sweep at ${new Date(startedAt + periods * period).toISOString().slice(11, 19)}`;
  };
}
