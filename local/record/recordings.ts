import { resolve } from "node:path";
import type { AwsPlace } from "./aws-outputs";
import { readStackConfiguration } from "./configuration";
import type { Graph } from "./graph";
import type { Program } from "./load-program";
import { recordProgram } from "./record";
import type { Surroundings } from "./surroundings";

/** Stand for a runtime's own addresses, so that one recording serves any number of runtimes. */
const recordedHosts = { api: "api.recorded.localhost:8787", aws: "aws.recorded.localhost:8788" };

const hostOf = (apiId: string) => `${apiId}.${recordedHosts.api}`;

/** Begins at the edge of a word: tried within each long word, it would take the square of its length. */
const apiHosts = /\b(\w+)\.api\.recorded\.localhost:8787/g;

/** The base URLs of HTTP APIs, by their ids. */
export interface ApiUrls {
  readonly [apiId: string]: string;
}

/** Graphs as JSON, by program, stack and configuration. */
const recordings = new Map<string, Promise<string>>();

/**
 * Records a program for a runtime. That of a file is recorded once in this process for each stack, configuration and surroundings; a function may
 * depend on anything around it, and is recorded each time, as is a file with `mocks` that are functions.
 *
 * @param apiUrlsOf says where each HTTP API of the program is served. Default: all at `apiUrl`.
 * @param isFresh records a file again, which may have changed, or depend on what is not its configuration.
 * @throws {Error} as {@link recordProgram} does.
 */
export async function recordFor(
  place: AwsPlace,
  program: Program,
  stack: string,
  overrides: { readonly [key: string]: string } = {},
  isFresh = false,
  surroundings: Surroundings = {},
  apiUrlsOf: (graph: Graph) => Promise<ApiUrls> = async () => ({}),
): Promise<Graph> {
  const record = async () => {
    const urls = { apiUrl: `http://${recordedHosts.api}`, awsUrl: `http://${recordedHosts.aws}` };
    const recorded = { ...place, ...urls, apiUrlOf: (apiId: string) => `http://${hostOf(apiId)}` };
    return JSON.stringify(await recordProgram(program, stack, recorded, overrides, surroundings));
  };
  const text = typeof program === "function" ? await record() : await recordOnce(keyOf(program), record);
  const apiUrls = await apiUrlsOf(JSON.parse(text) as Graph);
  const addressed = text
    .replace(apiHosts, (_, apiId: string) => new URL(apiUrls[apiId] ?? place.apiUrl).host)
    .replaceAll(recordedHosts.aws, new URL(place.awsUrl).host);
  return JSON.parse(addressed) as Graph;

  function keyOf(file: string): string {
    const { accountId, region } = place;
    return JSON.stringify([
      resolve(file),
      accountId,
      region,
      readStackConfiguration(resolve(file), stack, overrides),
      surroundings,
    ]);
  }

  function recordOnce(key: string, start: () => Promise<string>): Promise<string> {
    const mayDiffer = Object.values(surroundings.mocks ?? {}).some((mock) => typeof mock === "function");
    const known = isFresh || mayDiffer ? undefined : recordings.get(key);
    if (known) return known;
    const recording = start();
    recordings.set(key, recording);
    // What failed may go well the next time.
    recording.catch(() => recordings.delete(key));
    return recording;
  }
}
