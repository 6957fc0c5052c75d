import type { Json } from "../json";
import { StateFailure } from "./errors";

/** The most a state may receive, send or return, in bytes of UTF-8. Source: Step Functions service quotas. */
const maxPayloadBytes = 256 * 1024;

/** @returns a value's JSON text. @throws {StateFailure} `States.DataLimitExceeded` when it is over 256 KiB. */
export function payloadText(value: Json, stateName: string): string {
  const text = JSON.stringify(value);
  if (isTooLarge(text)) {
    throw new StateFailure(
      "States.DataLimitExceeded",
      `The state/task '${stateName}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    );
  }
  return text;
}

/** @returns whether a text takes more than 256 KiB. */
export function isTooLarge(text: string): boolean {
  // UTF-8 spends at most three bytes on a UTF-16 unit, so most texts need no counting.
  return text.length * 3 > maxPayloadBytes && Buffer.byteLength(text) > maxPayloadBytes;
}
