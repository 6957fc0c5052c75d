/**
 * How a stream's playback entry in the distribution is named. The workflow adds it in JSONata, the failure handler
 * takes it out again, and both go by these names.
 */

/** What the ids of our origins begin with. A `streamId` has no underscore, so that what follows can be told apart. */
export const playbackOriginPrefix = "stream-orchestration_";

/** @returns the id of the origin that one attempt adds: at most 128 characters, as CloudFront allows. */
export function playbackOriginId(streamId: string, attempt: number): string {
  return `${playbackOriginPrefix}${streamId}_${attempt}`;
}

/** @returns the path pattern of a stream's cache behaviour. */
export function playbackPathPattern(streamId: string): string {
  return `/${streamId}/*`;
}
