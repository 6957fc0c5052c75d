import { type Command, readCount, readOptions } from "../cli";
import { readArguments, readStatus } from "../operate/arguments";
import { clientOf, deploymentOptions, deploymentUsage } from "../operate/deployment";
import { type Terminal, terminal } from "../operate/terminal";
import { watchStream } from "../operate/watch-stream";

const usage = `Usage: stream-orchestration watch STREAM [options]
In a clone: npm run -s watch -- STREAM [options]

Follows the latest attempt at a stream until it ends, and prints each change of its status and of its health. It asks
every two seconds after a change, and every fifteen where nothing changes.

  --until READY      ends as soon as the stream is READY, or further
  --timeout-minutes N
                     gives up after this time (default: never)
${deploymentUsage}
With --json, each change prints the stream as JSON in one line.

Exit code: 0 when the stream is COMPLETE (with --until: READY, LIVE or COMPLETE); 2 when it FAILED; 3 after
--timeout-minutes; 1 for an error.`;

const options = {
  ...deploymentOptions,
  until: { type: "string" },
  "timeout-minutes": { type: "string" },
} as const;

export const watch: Command = (args) => runWatch(args, terminal);

export async function runWatch(args: string[], io: Terminal): Promise<number> {
  const { values, positionals } = readOptions(args, options, usage);
  const [streamId] = readArguments(positionals, ["STREAM"], usage);
  const minutes = values["timeout-minutes"];
  const timeoutMinutes =
    minutes === undefined ? Number.POSITIVE_INFINITY : readCount("--timeout-minutes", minutes);
  const untilReady = values.until !== undefined && readStatus("--until", values.until, ["READY"]) === "READY";
  const client = await clientOf(values, io, usage);
  return watchStream(client, streamId, { untilReady, timeoutMinutes, json: values.json ?? false }, io);
}
