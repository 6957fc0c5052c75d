import type { Lease, SweepStreamsEvent, SweepSummary } from "../contracts/internal";
import { createRecoverer, type Recoverer } from "./shared/recovery/recoverer";
import { type Handler, lambda } from "./shared/runtime/lambda";
import { metricOf } from "./shared/runtime/metrics";
import { isPreviousVersion } from "./shared/runtime/payload-version";
import { shorten } from "./shared/runtime/shorten";
import { Steps } from "./shared/runtime/steps";
import { announcePending } from "./sweep-streams/announce-pending";
import { Executions } from "./sweep-streams/executions";
import { findFreeChannels } from "./sweep-streams/find-free-channels";
import { findLateEntries } from "./sweep-streams/find-late-entries";
import { readLeasesTable } from "./sweep-streams/read-leases-table";
import { recoverStuck } from "./sweep-streams/recover-stuck";
import { releaseLeases } from "./sweep-streams/release-leases";
import type { Sweep } from "./sweep-streams/sweep";

export interface SweepStreamsDeps extends Recoverer {
  stateMachineArn: string;
  /** How long a stream may be up after it was ready; 0 for ever. */
  maxLiveHours: number;
}

/** Normal processing takes seconds. Anything older than this is abandoned. */
const settledMilliseconds = 60_000;

/** A workflow's variable holds 256 KiB, and in an outage every attempt is a problem. */
const maxProblem = 8_000;

/**
 * Finds what every other guard missed, and has it ended: statuses that were not announced, attempts whose execution is
 * gone, leases that were not given back, streams that were up for too long. Each part is tried whatever became of the
 * others. Then it names the free channels, for the workflow to see whether one runs, and the attempts that viewers play, for the
 * workflow to see whether each is in the distribution, and the entries that may have come after their attempts were cleaned up: a
 * function in a private network reaches neither MediaLive nor CloudFront.
 *
 * What failed is returned and not thrown, so that the workflow looks at the channels all the same, and reports it then.
 */
export function createSweepStreams(deps: SweepStreamsDeps): Handler<SweepStreamsEvent, SweepSummary> {
  return async (event) => {
    const { execution, channels } = event;
    isPreviousVersion(event);
    deps.log.appendKeys({ executionArn: execution.id });
    const sweep: Sweep = {
      deps,
      steps: new Steps(deps.log),
      executions: new Executions(deps.sfn, deps.stateMachineArn),
      channels,
      before: new Date(deps.now().getTime() - settledMilliseconds).toISOString(),
      counts: { recovered: 0, republished: 0, tornDown: 0, returned: 0 },
      recovered: new Set(),
      playing: [],
      waiting: 0,
    };
    const { steps, counts, playing } = sweep;
    await announcePending(sweep);
    await recoverStuck(sweep);
    await releaseLeases(sweep, deps.maxLiveHours);

    const table = await readLeasesTable(sweep);
    const freeChannels = table ? findFreeChannels(sweep, table) : [];
    const lateEntries = table ? findLateEntries(sweep, table) : [];
    const problem = steps.describeProblem();
    deps.log.info("The streams were swept.", {
      ...counts,
      freeChannels: freeChannels.length,
      playing: playing.length,
      startedHere: freeChannels.filter(({ startedAt }) => startedAt !== null).length,
      lateEntries: lateEntries.length,
      complete: problem === null,
      ...metricOf(deps.tableName, measure(sweep, table?.leases ?? [])),
    });
    return {
      freeChannels,
      unowned: [],
      playing,
      lateEntries,
      problem: problem && shorten(problem, maxProblem),
      ...counts,
    };
  };
}

/** @returns what the sweep has counted, without zeros. */
function measure({ waiting, counts }: Sweep, leases: readonly Lease[]) {
  const { recovered, republished, tornDown, returned } = counts;
  const counted = {
    WaitingStreams: waiting,
    ChannelsInUse: leases.filter(({ purpose }) => purpose === undefined).length,
    SweepFindings: recovered + republished + tornDown + returned,
  };
  return Object.fromEntries(Object.entries(counted).filter(([, value]) => value > 0)) as typeof counted;
}

/** @throws {Error} when the variable is no number of hours. */
function readMaxLiveHours(text: string): number {
  const hours = Number(text);
  if (!(hours >= 0)) {
    throw new Error(`MAX_LIVE_HOURS must be a number of hours, or 0 for no limit, received '${text}'.`);
  }
  return hours;
}

export const handler = lambda("sweep-streams", (log, environment) =>
  createSweepStreams({
    ...createRecoverer(log, environment, "StreamSweep"),
    stateMachineArn: environment.STATE_MACHINE_ARN,
    maxLiveHours: readMaxLiveHours(environment.MAX_LIVE_HOURS),
  }),
);
