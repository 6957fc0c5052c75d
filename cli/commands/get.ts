import type { StreamClient } from "../../client";
import type { Stream } from "../../contracts";
import { type Command, readOptions } from "../cli";
import { readArguments } from "../operate/arguments";
import { clientOf, deploymentOptions, deploymentUsage, withHints } from "../operate/deployment";
import { describeAttempts, describeStream } from "../operate/describe-stream";
import { printJson, type Terminal, terminal } from "../operate/terminal";

const usage = `Usage: stream-orchestration get STREAM [options]
In a clone: npm run -s get -- STREAM [options]

Shows a stream: its latest attempt, with every change of its status.

  --attempts         the latest 100 attempts instead, one in each line
  --ingest           the ingest URLs in full as well, which may hold the stream key; they need a permission of their own
${deploymentUsage}

Exit code: 0; 1 for an error, such as an unknown stream.`;

const options = { ...deploymentOptions, attempts: { type: "boolean" }, ingest: { type: "boolean" } } as const;

export const get: Command = (args) => runGet(args, terminal);

export async function runGet(args: string[], io: Terminal): Promise<number> {
  const { values, positionals } = readOptions(args, options, usage);
  const [streamId] = readArguments(positionals, ["STREAM"], usage);
  const client = await clientOf(values, io, usage);
  if (values.attempts) {
    const { attempts } = await withHints(client.listStreamAttempts({ streamId }));
    if (values.json) printJson(io, attempts);
    else for (const line of describeAttempts(attempts, io.now())) io.print(line);
    return 0;
  }
  const masked = await withHints<Stream>(client.getStream({ streamId }));
  const stream = values.ingest ? await withIngest(client, masked) : masked;
  if (values.json) printJson(io, stream);
  else for (const line of describeStream(stream, io.now())) io.print(line);
  return 0;
}

/** @returns a stream with its ingest URLs in full. */
async function withIngest(client: StreamClient, stream: Stream): Promise<Stream> {
  const { streamId } = stream;
  const { streamId: _id, attempt: _attempt, ...ingest } = await withHints(client.getIngest({ streamId }));
  return { ...stream, ingest: { ...stream.ingest, ...ingest } };
}
