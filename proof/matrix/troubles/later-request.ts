import { against, type Finding } from "../guarantees";
import { Story } from "../story";

/** How soon a request has its channel, though a guard died or is at work. */
const maxWaitMinutes = 5;

/**
 * A request that came in the middle of the journey, or after it, has started something: it gets its channel, and the stream becomes READY.
 *
 * @param what when it was requested, in words.
 */
export async function checkLaterRequest(story: Story, streamId: string, what: string): Promise<Finding[]> {
  const { world } = story;
  const { executions } = world.local;
  const requestedAt = story.laterRequestAt;
  if (requestedAt === undefined) return against("stuck", ["Nothing was requested."]);
  const later = new Story(world, streamId);
  const started = later.executions().at(-1);
  // The attempt that there was is still under way, or up: to request it again changes nothing.
  if (!started || started.startedAt.getTime() < requestedAt) return [];
  await later.untilWaiting();
  const { states = [], status, error } = executions.get(started.arn) ?? {};
  const since = states.find(({ name }) => name === "AwaitLifecycleConfirmation")?.enteredAt;
  const minutes = ((since?.getTime() ?? Number.POSITIVE_INFINITY) - requestedAt) / 60_000;
  const title = `${streamId}, ${what},`;
  if (status !== "RUNNING" || minutes > maxWaitMinutes) {
    return against("stuck", [
      `${title} had its channel after ${minutes.toFixed(1)} minutes: ${status} ${error ?? ""}`,
    ]);
  }
  await later.put("READY");
  await later.untilEnded();
  const end = (await later.attempts()).at(-1)?.status;
  return against("stuck", end === "READY" ? [] : [`${title} was confirmed READY, and is ${end}.`]);
}
