import { StreamApiError, type StreamClient } from "../../client";
import { hasEnded, type Stream } from "../../contracts";
import { withHints } from "./deployment";
import { describeChange } from "./describe-stream";
import type { Terminal } from "./terminal";

interface WatchOptions {
  /** Whether READY is enough. */
  readonly untilReady: boolean;
  readonly timeoutMinutes: number;
  /** Prints the stream as one line of JSON at each change. */
  readonly json: boolean;
}

const exitCodes = { done: 0, failed: 2, timedOut: 3 } as const;

const minWaitMilliseconds = 2_000;
const maxWaitMilliseconds = 15_000;

/** Watching ends after this number of failed reads in a row. Each read includes the tries of the client. */
const maxFailures = 5;

/**
 * Follows the latest attempt at a stream.
 *
 * @returns the command's exit code.
 * @throws {UsageError} for a stream that there is not, and an API that does not answer.
 */
export async function watchStream(
  client: StreamClient,
  streamId: string,
  options: WatchOptions,
  io: Terminal,
): Promise<number> {
  const deadline = io.now() + options.timeoutMinutes * 60_000;
  let stream = await withHints<Stream>(client.getStream({ streamId }));
  const { attempt } = stream;
  let shown: Stream | undefined;
  let wait = minWaitMilliseconds;
  let failures = 0;
  for (;;) {
    const changes = describeChanges(stream, shown);
    if (options.json && changes.length > 0) io.print(JSON.stringify(stream));
    if (!options.json) for (const change of changes) io.print(change);
    shown = stream;
    if (stream.status === "FAILED") return exitCodes.failed;
    if (hasEnded(stream.status) || (options.untilReady && stream.status !== "PROVISIONING"))
      return exitCodes.done;
    wait = changes.length > 0 ? minWaitMilliseconds : Math.min(wait * 1.5, maxWaitMilliseconds);
    if (io.now() + wait > deadline) {
      const { timeoutMinutes: minutes } = options;
      io.warn(
        `${streamId} is still ${stream.status} after ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`,
      );
      return exitCodes.timedOut;
    }
    await io.wait(wait);
    try {
      stream = await readAttempt(client, streamId, attempt);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures === maxFailures || !isPassing(error)) return withHints(Promise.reject(error));
      io.warn(`${error.message} It is asked again.`);
    }
  }
}

/** A stream that was requested again is its new attempt: the watched one is in the list of attempts. */
async function readAttempt(client: StreamClient, streamId: string, attempt: number): Promise<Stream> {
  const stream = await client.getStream({ streamId });
  if (stream.attempt === attempt) return stream;
  const { attempts } = await client.listStreamAttempts({ streamId });
  return attempts.find((one) => one.attempt === attempt) ?? stream;
}

function isPassing(error: unknown): error is StreamApiError {
  const passing = ["NoAnswer", "Timeout", "TooManyRequests", "Unavailable"];
  return error instanceof StreamApiError && passing.includes(error.code);
}

function describeChanges(stream: Stream, before: Stream | undefined): string[] {
  const changes = stream.history.slice(before?.history.length ?? 0).map(describeChange);
  const { health, scheduledStart, failure, channel } = stream;
  if (scheduledStart !== undefined && scheduledStart !== before?.scheduledStart) {
    changes.push(`It waits for its scheduled start at ${scheduledStart}.`);
  }
  if (channel && channel.channelId !== before?.channel?.channelId)
    changes.push(`Its channel is ${channel.channelId}.`);
  if (health && health.status !== (before?.health?.status ?? "OK")) {
    changes.push(`Its health is ${[health.status, ...health.alerts.map(({ type }) => type)].join(", ")}.`);
  }
  if (failure && !before?.failure)
    changes.push(`It failed in ${failure.state}: ${failure.error}: ${failure.cause}`);
  return changes;
}
