import type { StreamAttempt } from "../../../testing";
import type { Circumstances } from "../troubles";
import { bystander, type World } from "../world";

/** Guarantee 3: whatever is up belongs to an attempt that is READY or LIVE. */
export async function checkLeftovers(
  world: World,
  { leavesSchedules = false }: Circumstances,
): Promise<string[]> {
  const [attempts, leases, playback, schedules] = await Promise.all([
    world.local.streams.all(),
    world.local.streams.leases(),
    world.foreign.ofStreams(),
    world.local.schedules.created(),
  ]);
  const owners = attempts.filter(({ status }) => status === "READY" || status === "LIVE");
  const now = world.local.clock.now() / 1000;
  const isPlayed = ({ streamId, attempt }: StreamAttempt) =>
    playback.some((originId) => originId.endsWith(`_${streamId}_${attempt}`));
  const isUp = (originId: string) =>
    owners.some(({ streamId, attempt }) => originId.endsWith(`_${streamId}_${attempt}`));
  const channels = world.local.encoder.all();
  return [
    ...channels.flatMap(({ id, state }) =>
      state !== "IDLE" && !owners.some(({ channelId }) => channelId === id)
        ? [`Channel ${id} is ${state}, and no stream's.`]
        : [],
    ),
    ...playback.flatMap((originId) => (isUp(originId) ? [] : [`A distribution still has ${originId}.`])),
    ...leases.flatMap(({ channelId, leasedBy, expiresAt }) =>
      owners.some(({ executionArn }) => executionArn === leasedBy) ||
      (expiresAt !== undefined && expiresAt < now)
        ? []
        : [`${channelId} is leased by ${leasedBy.split(":").at(-1)}.`],
    ),
    ...(schedules.length > owners.length && !leavesSchedules
      ? [`${schedules.length} streams are to be ended by a schedule, and ${owners.length} are up.`]
      : []),
    ...owners.flatMap(missing),
  ];

  /** What a stream that is up has to have. */
  function missing(owner: StreamAttempt): string[] {
    const { streamId, channelId } = owner;
    const channel = channels.find(({ id }) => id === channelId);
    const lacks = [
      ...(channel?.state === "RUNNING" ? [] : [`its channel is ${channel?.state ?? "unknown"}`]),
      ...(isPlayed(owner) ? [] : ["it is not in the distribution"]),
      ...(leases.some((lease) => lease.channelId === channelId && lease.streamId === streamId)
        ? []
        : ["its channel is not leased to it"]),
    ];
    const who = streamId === bystander ? "The bystander" : `The stream ${streamId}`;
    return lacks.length > 0 ? [`${who} is up, but ${lacks.join(", and ")}.`] : [];
  }
}

/** Guarantee 3, too: what nobody took stands in a queue, where something sent it there, and an alarm tells. */
export async function checkLetters(
  world: World,
  { leavesLetters, losesLetters }: Circumstances,
): Promise<string[]> {
  const lost = world
    .undelivered()
    .filter(({ deadLetterArn }) => deadLetterArn === undefined && !losesLetters);
  // Before they are taken out of the queue.
  const states = Object.entries(world.local.alarms.states());
  const isTold = states.some(([name, state]) => name.includes("dead-letters") && state === "ALARM");
  const letters = await world.local.queues.take();
  return [
    ...(letters.length > 0 && !leavesLetters ? [`${letters.length} dead letters for no reason.`] : []),
    ...(letters.length > 0 && !isTold ? [`${letters.length} dead letters, and no alarm.`] : []),
    ...lost.map(({ ruleArn }) => `An event was lost without a dead letter: ${ruleArn}.`),
  ];
}
