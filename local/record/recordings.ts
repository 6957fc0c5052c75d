import { resolve } from "node:path";
import type { AwsPlace } from "./aws-outputs";
import { readStackConfiguration } from "./configuration";
import type { Graph } from "./graph";
import { type Program, recordProgram } from "./record";

/** Stand for a runtime's own addresses, so that one recording serves any number of runtimes. */
const recordedHosts = { api: "api.recorded.localhost:8787", aws: "aws.recorded.localhost:8788" };

/** Graphs as JSON, by program, stack and configuration. */
const recordings = new Map<string, Promise<string>>();

/**
 * Records a program for a runtime. That of a file is recorded once in this process for each stack and configuration; a function may
 * depend on anything around it, and is recorded each time.
 *
 * @param isFresh records a file again, which may have changed, or depend on what is not its configuration.
 * @throws {Error} as {@link recordProgram} does.
 */
export async function recordFor(
  place: AwsPlace,
  program: Program,
  stack: string,
  overrides: { readonly [key: string]: string } = {},
  isFresh = false,
): Promise<Graph> {
  const record = async () => {
    const urls = { apiUrl: `http://${recordedHosts.api}`, awsUrl: `http://${recordedHosts.aws}` };
    return JSON.stringify(await recordProgram(program, stack, { ...place, ...urls }, overrides));
  };
  const text = typeof program === "function" ? await record() : await recordOnce(keyOf(program), record);
  const addressed = text
    .replaceAll(recordedHosts.api, new URL(place.apiUrl).host)
    .replaceAll(recordedHosts.aws, new URL(place.awsUrl).host);
  return JSON.parse(addressed) as Graph;

  function keyOf(file: string): string {
    const { accountId, region } = place;
    return JSON.stringify([
      resolve(file),
      accountId,
      region,
      readStackConfiguration(resolve(file), stack, overrides),
    ]);
  }

  function recordOnce(key: string, start: () => Promise<string>): Promise<string> {
    const known = isFresh ? undefined : recordings.get(key);
    if (known) return known;
    const recording = start();
    recordings.set(key, recording);
    // What failed may go well the next time.
    recording.catch(() => recordings.delete(key));
    return recording;
  }
}
