import { type Command, readOptions } from "../cli";
import { readArguments } from "../operate/arguments";
import { clientOf, deploymentOptions, deploymentUsage, withHints } from "../operate/deployment";
import { printJson, type Terminal, terminal } from "../operate/terminal";

const usage = `Usage: stream-orchestration end STREAM [options]
In a clone: npm run -s end -- STREAM [options]

Ends a stream: one that is READY or LIVE, or that waits for its scheduled start, becomes COMPLETE; one that is being
provisioned becomes FAILED. A stream that has ended stays as it is.

${deploymentUsage}

Exit code: 0 where the stream has ended; 1 for an error.`;

export const end: Command = (args) => runEnd(args, terminal);

export async function runEnd(args: string[], io: Terminal): Promise<number> {
  const { values, positionals } = readOptions(args, deploymentOptions, usage);
  const [streamId] = readArguments(positionals, ["STREAM"], usage);
  const client = await clientOf(values, io, usage);
  const ended = await withHints(client.endStream({ streamId }));
  if (values.json) printJson(io, ended);
  else io.print(`${streamId} is ${ended.status} since ${ended.updatedAt}.`);
  return 0;
}
