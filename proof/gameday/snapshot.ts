import type { Local } from "../../testing";

/** What costs money, stands in somebody's way, or waits for somebody: each by a name of its own. */
export interface Snapshot {
  readonly [kind: string]: ReadonlySet<string>;
}

/** Takes note of everything that a stream may leave behind. */
export async function takeSnapshot(local: Local): Promise<Snapshot> {
  const { encoder, playback, queues, streams, schedules, executions, alarms } = local;
  const { machines } = streams.program;
  const inState = (...states: string[]) =>
    new Set(encoder.all().flatMap(({ id, state }) => (states.includes(state) ? [id] : [])));
  const distributions = await playback.all();
  const leases = await streams.leases();
  const attempts = await streams.all();
  const runningOf = (machine: string) =>
    new Set(executions.of(machine).flatMap(({ arn, status }) => (status === "RUNNING" ? [arn] : [])));
  return {
    "channel running": inState("RUNNING", "RECOVERING"),
    "channel in transition": inState("STARTING", "STOPPING", "UPDATING"),
    "playback entry": new Set(distributions.flatMap(({ patterns }) => patterns)),
    origin: new Set(distributions.flatMap(({ origins }) => origins)),
    lease: namesOf(leases.filter(({ streamId }) => streamId !== undefined)),
    "sweep lease": namesOf(leases.filter(({ purpose }) => purpose !== undefined)),
    lock: namesOf(leases.filter(({ expiresAt }) => expiresAt !== undefined)),
    schedule: new Set((await schedules.created()).map(({ arn }) => arn)),
    "execution running": runningOf(machines.orchestrator),
    "teardown running": runningOf(machines.teardown),
    "sweep running": runningOf(machines.sweep),
    "status not announced": namesOf(
      attempts.filter(({ unpublishedSince }) => unpublishedSince !== undefined),
    ),
    "dead letter": new Set((await queues.peek()).map(({ body }) => body)),
    "alarm on": new Set(
      Object.entries(alarms.states()).flatMap(([name, state]) => (state === "ALARM" ? [name] : [])),
    ),
  };
}

/** @returns in words what is there that was not there before, and what is gone that was. */
export function difference(before: Snapshot, after: Snapshot): string {
  const parts = Object.entries(after).flatMap(([kind, now]) => {
    const then = before[kind] ?? new Set<string>();
    const added = [...now].filter((name) => !then.has(name)).length;
    const gone = [...then].filter((name) => !now.has(name)).length;
    return [...(added > 0 ? [plural(added, kind)] : []), ...(gone > 0 ? [`${plural(gone, kind)} gone`] : [])];
  });
  return parts.join(", ") || "nothing";
}

/** Those that the plural of the first word does not make. */
const plurals: { readonly [kind: string]: string } = {
  "playback entry": "playback entries",
  "sweep lease": "sweep leases",
  "status not announced": "statuses not announced",
  "dead letter": "dead letters",
};

function plural(count: number, kind: string): string {
  if (count === 1) return kind;
  const [noun = "", ...rest] = kind.split(" ");
  return `${count} ${plurals[kind] ?? [`${noun}s`, ...rest].join(" ")}`;
}

/** Items without a name are told apart by all that is in them. */
function namesOf(items: readonly object[]): ReadonlySet<string> {
  return new Set(items.map((item) => JSON.stringify(item)));
}
