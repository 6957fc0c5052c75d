import { escapeControls, maskUrls, maxReasonLength } from "../../../contracts";
import type { Failure } from "../../../contracts/internal";
import { shorten } from "../runtime/shorten";

/** What was done about a failure, and what is still to do. */
export interface FailureReport {
  streamId: string | undefined;
  attempt: number | undefined;
  executionArn: string;
  failure: Failure;
  /** What was cleaned up or recorded. */
  done: string[];
  /** What could not be. */
  left: string[];
  /** Which of `left` no later cleanup will do. */
  byHand?: string[];
  /** Why it could not be. */
  errors: string[];
  /** What happens next, in a sentence, where it is more than nothing. */
  next?: string;
}

/** An item and a notification have a cause up to this length; the execution's history has the rest. */
const maxCause = 2_000;

/** @returns a failure fit to be stored and sent: URLs masked, a Lambda's error object brought down to its message. */
export function readFailure(failure: Partial<Failure> | null | undefined): Failure {
  return {
    state: failure?.state ?? "unknown",
    error: maskUrls(failure?.error ?? "unknown"),
    cause: shorten(maskUrls(messageOf(failure?.cause ?? "")), maxCause),
  };
}

/** @returns one sentence, short enough for the event's `reason`. */
export function reasonOf({ state, error, cause }: Failure): string {
  return shorten(`${state} failed: ${error}${cause ? ` (${cause})` : ""}`, maxReasonLength);
}

/** @returns what on-call gets. SNS takes a subject of less than 100 printable ASCII characters. */
export function composeNotification(report: FailureReport): { subject: string; message: string } {
  const { streamId = "(none)", attempt = "(none)", executionArn, failure, done, left, errors, next } = report;
  const [state, error, cause] = [failure.state, failure.error, failure.cause].map(escapeControls);
  const isAllByHand = left.every((sentence) => report.byHand?.includes(sentence));
  const subject = `Stream ${streamId}: ${left.length > 0 ? "ACTION NEEDED, " : ""}failed in ${state}`;
  const message = [
    `The provisioning of stream ${streamId} failed in ${state}.`,
    "",
    `Stream:    ${streamId}`,
    `Attempt:   ${attempt}`,
    `Execution: ${executionArn}`,
    `Error:     ${error}`,
    `Cause:     ${cause || "(none)"}`,
    "",
    "Done:",
    ...list(done),
    "",
    "Left to do:",
    ...list(left),
    ...(errors.length > 0 ? ["", "Errors:", ...list(errors)] : []),
    "",
    errors.length > 0
      ? "The function tries again for about five minutes, and StreamSweep after it. Another message follows when what is left changes."
      : left.length > 0 && isAllByHand
        ? "The channel is free again. Nothing will try the rest again: do what is left to do by hand."
        : left.length > 0
          ? "StreamTeardown undoes what is left, and StreamSweep starts it again at each of its runs until nothing is. See why it could not be undone."
          : (next ?? "Nothing of this attempt is left behind. Send the request again to start another."),
  ];
  return { subject: subject.replace(/[^ -~]/g, "?").slice(0, 99), message: message.join("\n") };
}

function list(lines: string[]): string[] {
  return lines.length > 0 ? lines.map((line) => `- ${escapeControls(line)}`) : ["- nothing"];
}

/** A Lambda's error comes as JSON with its stack trace. */
function messageOf(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === "string" ? errorMessage : cause;
  } catch {
    return cause;
  }
}
