import { maxReasonLength } from "../contracts";
import type { ProbeManifestEvent, ProbeResult } from "../contracts/internal";
import { readDashManifest } from "./probe-manifest/dash";
import { type Evidence, findAge } from "./probe-manifest/evidence";
import { fetchText, NoManifest } from "./probe-manifest/fetch-text";
import { firstVariant, readMediaPlaylist } from "./probe-manifest/hls";
import { type Handler, type Log, lambda } from "./shared/runtime/lambda";
import { isPreviousVersion } from "./shared/runtime/payload-version";
import { shorten } from "./shared/runtime/shorten";

export interface ProbeManifestDeps {
  /** Reads a manifest; throws {@link NoManifest}. */
  fetchText: (url: URL) => Promise<string>;
  now: () => Date;
  log: Log;
}

type Manifest = ProbeManifestEvent["manifests"][number];

/** What one manifest shows: the mark for the next probe, where there is one, and why it is no evidence, where it is none. */
interface Look {
  readonly mark?: string;
  readonly problem?: string;
  readonly segments?: number;
}

/**
 * Looks at a stream's manifests through the CDN, as a player does. A manifest is evidence where it lists a segment of now: its own times say so, or it
 * has changed since the probe before. It calls no AWS API, and needs no permission: it runs outside of a private network, since it has to
 * reach the CDN.
 *
 * @returns whether every manifest is evidence, and what was seen. A manifest that cannot be read is no error: the stream is not up yet.
 */
export function createProbeManifest(deps: ProbeManifestDeps): Handler<ProbeManifestEvent, ProbeResult> {
  return async (event) => {
    isPreviousVersion(event);
    const { manifests, marks } = event;
    const looks = await Promise.all(
      manifests.map((manifest) => look(deps, manifest, marks?.[manifest.name])),
    );
    const ready = looks.length > 0 && looks.every(({ problem }) => problem === undefined);
    const sentences = manifests.map(({ name }, index) => describe(name, looks[index] ?? {}));
    deps.log.info("The manifests were read.", { ready, sentences });
    return {
      ready,
      evidence: shorten(sentences.join(" "), maxReasonLength),
      marks: Object.fromEntries(
        manifests.flatMap(({ name }, index) => {
          const mark = looks[index]?.mark ?? marks?.[name];
          return mark === undefined ? [] : [[name, mark]];
        }),
      ),
    };
  };
}

async function look(deps: ProbeManifestDeps, manifest: Manifest, before: string | undefined): Promise<Look> {
  try {
    const evidence = await read(deps, manifest);
    const { mark, segments } = evidence;
    const problem = findAge(evidence, deps.now().getTime()) ?? findStandstill(evidence, before);
    return { mark, segments, ...(problem !== undefined && { problem }) };
  } catch (error) {
    if (!(error instanceof NoManifest)) throw error;
    return { problem: error.message };
  }
}

/** @returns why a manifest that tells no times is no evidence yet; undefined where it has changed since the probe before. */
function findStandstill({ endsAt, mark }: Evidence, before: string | undefined): string | undefined {
  if (endsAt !== undefined || (before !== undefined && before !== mark)) return undefined;
  return "it tells no times, and has not changed yet";
}

async function read({ fetchText }: ProbeManifestDeps, { format, url }: Manifest): Promise<Evidence> {
  const at = new URL(url);
  const text = await fetchText(at);
  if (format === "DASH") return readDashManifest(text);
  const variant = firstVariant(text);
  return readMediaPlaylist(variant === undefined ? text : await fetchText(onSameHost(variant, at)));
}

/** @throws {NoManifest} for a playlist that sends its players elsewhere. */
function onSameHost(uri: string, base: URL): URL {
  const url = URL.canParse(uri, base.href) ? new URL(uri, base.href) : undefined;
  if (url?.origin === base.origin && url.username === "") return url;
  throw new NoManifest("its variant is at another host");
}

function describe(name: string, { segments = 0, problem }: Look): string {
  if (problem !== undefined) return `Manifest ${name}: ${problem}.`;
  return `Manifest ${name} lists ${segments} ${segments === 1 ? "segment" : "segments"}.`;
}

export const handler = lambda("probe-manifest", (log) =>
  createProbeManifest({ fetchText: (url) => fetchText(url), now: () => new Date(), log }),
);
