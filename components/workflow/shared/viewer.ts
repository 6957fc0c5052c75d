import type { Manifest } from "../../../contracts";
import { objectText, partOfJsonata } from "./jsonata";

/** Where viewers find the stream, in JSONata; undefined where the deployment names no manifests. */
export const viewer = partOfJsonata("$provision.settings.viewer");

const segment = `($viewer.pathBy = "channel" ? ${partOfJsonata("$provision.channel.channelId")} : ${partOfJsonata("$provision.request.streamId")})`;

/**
 * Writes the JSONata list of the manifests of the stream in `$provision`: what `manifestsOf` and `playbackSegment` of the contracts say.
 *
 * @param settings the expression of the `ViewerSettings`.
 */
export function manifestsOfStream(settings: string): string {
  return `(
    $viewer := ${settings};
    [$map($viewer.manifests, function($manifest) {${objectText<Manifest>({
      name: "$manifest.name",
      format: "$manifest.format",
      url: `"https://" & $viewer.domainName & "/" & ${segment} & "/" & $manifest.path`,
    })}})]
  )`;
}
