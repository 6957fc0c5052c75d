import type { StreamAttempt } from "../../../testing";
import type { Confirmation, Story } from "../story";
import type { Circumstances } from "../troubles";

/** The wait for a confirmation, as the matrix's program has it, and the minute after it. */
const confirmationMilliseconds = (15 + 1) * 60_000;

/**
 * Guarantee 1. A confirmation that was taken decides how the attempt ends, and soon. After a circumstances that stays, an attempt that is
 * READY may also end FAILED: guarantee 3 and 5 then see to it that it is undone and announced.
 */
export async function checkConfirmations(story: Story, circumstances: Circumstances): Promise<string[]> {
  const attempts = await story.attempts();
  return story.confirmations.flatMap((confirmation) => {
    const attempt = attempts.find((one) => one.attempt === confirmation.attempt);
    if (!attempt) return [`Attempt ${confirmation.attempt} is gone.`];
    return confirmation.wasOver ? [] : checkConfirmation(story, confirmation, attempt, circumstances);
  });
}

function checkConfirmation(
  story: Story,
  { status, by, attempt: number }: Confirmation,
  { history, status: end, executionArn }: StreamAttempt,
  circumstances: Circumstances,
): string[] {
  const { world, confirmations } = story;
  const title = `${status} (by ${by}) of attempt ${number}`;
  const taken = history.some((entry) => entry.status === status);
  // An event is nowhere but on the bus: whom it does not reach in time, it does not reach.
  if (!taken && by === "event" && (circumstances.withholds || circumstances.passes === false)) return [];
  if (!taken) return [`${title} was taken, and is not in the history: the attempt is ${end}.`];
  if (status === "FAILED") return end === "FAILED" ? [] : [`${title} was taken, and the attempt is ${end}.`];
  const failedToo = confirmations.some((other) => other.status === "FAILED" && other.attempt === number);
  if (end === "FAILED" && !failedToo && !story.hasLost && circumstances.passes !== false) {
    return [`${title} was taken, and the attempt is FAILED: ${history.at(-1)?.reason ?? "no reason"}`];
  }
  const { states = [], stoppedAt } = world.local.executions.get(executionArn) ?? {};
  const waitingSince = states.find(({ name }) => name === "AwaitLifecycleConfirmation")?.enteredAt;
  if (waitingSince === undefined || stoppedAt === undefined || circumstances.passes === false) return [];
  const milliseconds = stoppedAt.getTime() - waitingSince.getTime();
  if (milliseconds <= confirmationMilliseconds) return [];
  const minutes = (milliseconds / 60_000).toFixed(1);
  return [`${title} was taken, and its workflow ended after ${minutes} minutes.`];
}
