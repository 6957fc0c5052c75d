import { hasEnded } from "../../contracts";
import type { Local, StreamAttempt } from "../../testing";
import type { ChannelStart, Watch } from "./watch";

/**
 * Looks at the start of a channel as it is made: whoever starts it has to hold its lease, and nobody else may use it.
 *
 * @returns what is wrong, in sentences.
 */
export async function checkStart(
  { streams, encoder }: Pick<Local, "streams" | "encoder">,
  watch: Watch,
  { channelId, execution: by }: ChannelStart,
): Promise<string[]> {
  const [leases, attempts] = await Promise.all([streams.leases(), streams.all()]);
  // A restart counts as the attempt's own start. The attempt's item names the one execution of StreamHealth that may make it.
  const restarted = attempts.find(({ health }) => by !== undefined && health?.restart?.by === by);
  const execution = restarted?.executionArn ?? by;
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
  const own = attempts.find(({ executionArn }) => executionArn === lease?.leasedBy);
  return [
    ...found,
    ...startedBefore(watch, channelId, execution),
    ...(own ? foreignSources(encoder, channelId, own) : []),
  ];
}

/** A channel that fetches its content has to have the sources of the stream that has its lease. */
function foreignSources(encoder: Local["encoder"], channelId: string, { request, streamId }: StreamAttempt) {
  const sources = encoder.inputs(channelId).flatMap(({ sources }) => sources);
  return sources.flatMap(({ Url }) =>
    request?.includes(JSON.stringify(Url)) ? [] : [`${streamId} had a channel that fetched ${String(Url)}.`],
  );
}

/** One execution starts one channel, and one attempt has one execution that starts any. */
function startedBefore(watch: Watch, channelId: string, execution: string | undefined): string[] {
  const before = watch.starts.filter((start) => start.execution === execution);
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
