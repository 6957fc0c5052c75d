import { type Command, readOptions } from "../cli";
import { readArguments, readStatus } from "../operate/arguments";
import { clientOf, deploymentOptions, deploymentUsage, withHints } from "../operate/deployment";
import { printJson, type Terminal, terminal } from "../operate/terminal";

const usage = `Usage: stream-orchestration confirm STREAM READY|FAILED [options]
In a clone: npm run -s confirm -- STREAM READY|FAILED [options]

Confirms that a stream can be played (READY), or that it cannot (FAILED). The workflow waits for this confirmation.

  --reason TEXT      why, up to 280 characters; it goes into the stream's history and to on-call
${deploymentUsage}

Exit code: 0 where the status is stored; 1 for an error, such as a stream that has ended.`;

const options = { ...deploymentOptions, reason: { type: "string" } } as const;

export const confirm: Command = (args) => runConfirm(args, terminal);

export async function runConfirm(args: string[], io: Terminal): Promise<number> {
  const { values, positionals } = readOptions(args, options, usage);
  const [streamId, text] = readArguments(positionals, ["STREAM", "READY or FAILED"], usage);
  const status = readStatus("The status", text, ["READY", "FAILED"]);
  const { reason } = values;
  const client = await clientOf(values, io, usage);
  const updated = await withHints(
    client.updateStreamStatus({ streamId, status, ...(reason !== undefined && { reason }) }),
  );
  if (values.json) printJson(io, updated);
  else io.print(`${streamId} is ${updated.status} since ${updated.updatedAt}.`);
  return 0;
}
