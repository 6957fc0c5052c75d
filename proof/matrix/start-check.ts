import { hasEnded } from "../../contracts";
import type { StreamAttempt } from "../../testing";
import type { ChannelStart } from "./watch";
import type { World } from "./world";

/**
 * Looks at the start of a channel as it is made: whoever starts it has to hold its lease, and nobody else may use it.
 *
 * @returns what is wrong, in sentences.
 */
export async function checkStart(world: World, { channelId, execution }: ChannelStart): Promise<string[]> {
  const [leases, attempts] = await Promise.all([world.leases(), world.attempts()]);
  const lease = leases.find((one) => one.channelId === channelId);
  const found: string[] = [];
  if (!lease) found.push(`Channel ${channelId} was started without a lease.`);
  else if (lease.leasedBy !== execution) {
    found.push(
      `Channel ${channelId} was started by ${nameOf(execution)} while ${nameOf(lease.leasedBy)} held it.`,
    );
  }
  for (const other of attempts) {
    if (other.executionArn === execution || hasEnded(other.status)) continue;
    if (other.channelId === channelId) {
      found.push(`Channel ${channelId} was started by ${nameOf(execution)} while ${titleOf(other)} used it.`);
    } else if (other.streamId === lease?.streamId) {
      found.push(`A second channel, ${channelId}, was started for ${titleOf(other)}.`);
    }
  }
  return [...found, ...startedBefore(world, channelId, execution)];
}

/** One execution starts one channel, and one attempt has one execution that starts any. */
function startedBefore(world: World, channelId: string, execution: string | undefined): string[] {
  const before = world.watch.starts.filter((start) => start.execution === execution);
  const others = before.filter((start) => start.channelId !== channelId);
  return others.map(
    (other) => `${nameOf(execution)} started channel ${other.channelId}, and then channel ${channelId}.`,
  );
}

function titleOf({ streamId, attempt, status }: StreamAttempt): string {
  return `${streamId} (attempt ${attempt}, ${status})`;
}

function nameOf(arn: string | undefined): string {
  return arn?.split(":").at(-1) ?? "nobody known";
}
