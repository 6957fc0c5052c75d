import { partOfJsonata } from "./jsonata";

/** What the ids of our origins begin with. Neither a `streamId` nor a component's id has an underscore, so the parts can be told apart. */
const originPrefix = "stream-orchestration_";

/**
 * How much of the hash of the attempts table's ARN names a component. The ARN has the account, the Region and the physical name, so that no
 * two components share it, and it stays as long as the streams do. The component's own name is not in the id: CloudFront takes 128
 * characters, of which prefix, hash, the longest `streamId` and the longest number of an attempt use 115.
 */
export const componentIdLength = 12;

/** The part of the settings by which a component knows its own origins. */
export interface OriginOwner {
  /** Hexadecimal, as long as `componentIdLength`. */
  readonly componentId: string;
}

/** Writes the beginning of the ids of a stream's origins, whatever the attempt, in JSONata. */
export function originIdOfStream({ componentId }: OriginOwner): string {
  return partOfJsonata(
    `${JSON.stringify(`${originPrefix}${componentId}_`)} & $provision.request.streamId & "_"`,
  );
}

/** Writes the id of the attempt's origin, in JSONata. */
export function originIdOfAttempt(owner: OriginOwner): string {
  return partOfJsonata(`${originIdOfStream(owner)} & $string($provision.attempt)`);
}

/** The id that earlier releases gave the attempt's origin, in JSONata: it names no component. */
export const formerOriginId = partOfJsonata(
  `${JSON.stringify(originPrefix)} & $provision.request.streamId & "_" & $string($provision.attempt)`,
);

/**
 * Writes the JSONata function `$isOurs`, which tells whether an origin's id is that of an attempt of this component at this stream.
 * Everything else in the distribution belongs to others, and no state changes it.
 */
export function isOursFunction(owner: OriginOwner): string {
  return partOfJsonata(`
    $ours := ${originIdOfStream(owner)};
    $isOurs := function($id) {
      $substring($id, 0, $length($ours)) = $ours and $contains($substring($id, $length($ours)), /^[0-9]+$/)
    };`);
}

/**
 * Writes the JSONata functions `$streamOf` and `$attemptOf`, which tell from an origin's id of which stream and which attempt of this component
 * it is: an empty text and 0 for the origins of others.
 */
export function streamOfFunction({ componentId }: OriginOwner): string {
  const begin = JSON.stringify(`${originPrefix}${componentId}_`);
  return partOfJsonata(`
    $restOf := function($id) {(
      $rest := $substring($id, 0, $length(${begin})) = ${begin} ? $substring($id, $length(${begin})) : "";
      $contains($rest, /^[a-zA-Z0-9-]+_[0-9]+$/) ? $rest : ""
    )};
    $streamOf := function($id) { $substringBefore($restOf($id), "_") };
    $attemptOf := function($id) {( $rest := $restOf($id); $rest = "" ? 0 : $number($substringAfter($rest, "_")) )};`);
}
