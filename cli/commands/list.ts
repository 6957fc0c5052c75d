import { type StreamSummary, streamStatuses } from "../../contracts";
import { type Command, readCount, readOptions, refuseArguments } from "../cli";
import { readStatus } from "../operate/arguments";
import { clientOf, deploymentOptions, deploymentUsage, withHints } from "../operate/deployment";
import { age, tableLines } from "../operate/table";
import { printJson, type Terminal, terminal } from "../operate/terminal";

const usage = `Usage: stream-orchestration list [options]
In a clone: npm run -s list -- [options]

Lists the streams of a deployment, the one that was requested last first.

  --status STATUS    those with this status: ${streamStatuses.join(", ")}
  --limit N          how many at most (default 50)
${deploymentUsage}

Exit code: 0; 1 for an error.`;

const options = {
  ...deploymentOptions,
  status: { type: "string" },
  limit: { type: "string", default: "50" },
} as const;

export const list: Command = (args) => runList(args, terminal);

export async function runList(args: string[], io: Terminal): Promise<number> {
  const { values, positionals } = readOptions(args, options, usage);
  refuseArguments(positionals, usage);
  const status =
    values.status === undefined ? undefined : readStatus("--status", values.status, streamStatuses);
  const limit = readCount("--limit", values.limit);
  const client = await clientOf(values, io, usage);
  // One more than is shown says whether there are more.
  const pages = client.streams({ pageSize: Math.min(limit + 1, 100), ...(status && { status }) });
  const streams = await withHints(take(pages, limit + 1));
  const shown = streams.slice(0, limit);
  if (values.json) {
    printJson(io, shown);
    return 0;
  }
  if (shown.length === 0) io.print(status ? `No stream is ${status}.` : "There are no streams.");
  else
    for (const line of tableLines(
      head,
      shown.map((stream) => row(stream, io.now())),
    ))
      io.print(line);
  if (streams.length > limit) io.warn(`There are more than ${limit}: see --limit.`);
  return 0;
}

async function take<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}

const head = ["STREAM", "STATUS", "FOR", "REQUESTED", "CHANNEL", "TITLE"];

function row(
  { streamId, status, updatedAt, requestedAt, channel, title = "" }: StreamSummary,
  now: number,
): string[] {
  return [
    streamId,
    status,
    age(updatedAt, now),
    `${age(requestedAt, now)} ago`,
    channel?.channelId ?? "-",
    title,
  ];
}
