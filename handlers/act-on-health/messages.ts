import { escapeControls } from "../../contracts";
import type { Attempt } from "../../contracts/internal";

/** What on-call is told of a stream. */
export interface HealthMessage {
  readonly subject: string;
  readonly message: string;
}

/** @param next what happens now, in sentences. */
export function compose(
  { streamId, attempt, channelId = "(none)" }: Attempt,
  headline: string,
  what: string,
  next: string,
): HealthMessage {
  return {
    subject: `Stream ${streamId}: ${headline}`.replace(/[^ -~]/g, "?").slice(0, 99),
    message: [
      escapeControls(what),
      "",
      `Stream:  ${streamId}`,
      `Attempt: ${attempt}`,
      `Channel: ${channelId}`,
      "",
      next,
    ].join("\n"),
  };
}
