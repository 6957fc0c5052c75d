import { type Notice, noticeOf } from "./notice";

/** What of a headline of ours is known: what it is about, how much it matters, and whether its end will be told. */
const headlines: readonly (Pick<Notice, "kind" | "severity" | "phase"> & { readonly begins: string })[] = [
  { begins: "ACTION NEEDED, failed in", kind: "failure", severity: "critical", phase: "opened" },
  { begins: "failed in", kind: "failure", severity: "warning", phase: "told" },
  { begins: "its channel is down, and is restarted", kind: "channel", severity: "critical", phase: "opened" },
  { begins: "its channel is down, and it has FAILED", kind: "stream", severity: "critical", phase: "told" },
  { begins: "it has no input", kind: "channel", severity: "warning", phase: "opened" },
  { begins: "its channel has an alert", kind: "channel", severity: "warning", phase: "opened" },
];

/** Any other message: of streams that were ended, and of later releases. */
const otherHeadline = { kind: "stream", severity: "warning", phase: "told" } as const;

/**
 * Reads a message that a function or workflow of this component has sent to on-call. People get the same text by mail; it is
 * written by `handlers/shared/events/failure-report.ts`, `handlers/act-on-health/messages.ts` and StreamTeardown.
 *
 * @param sentAt RFC 3339.
 * @returns undefined for a message that is about no stream.
 */
export function readOnCallMessage(subject: string, message: string, sentAt: string): Notice | undefined {
  const [, streamId, headline = ""] = /^Stream ([a-zA-Z0-9-]{3,64}): (.+)$/.exec(subject) ?? [];
  if (streamId === undefined) return undefined;
  const { begins: _, ...known } = headlines.find(({ begins }) => headline.startsWith(begins)) ?? {
    begins: "",
    ...otherHeadline,
  };
  const paragraphs = message.split("\n\n");
  const fields = new Map(
    [...message.matchAll(/^(\w+): +(.+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
  const attempt = Number(fields.get("Attempt") ?? /\battempt (\d+)/.exec(message)?.[1]);
  const isFailure = known.kind === "failure";
  const [first = ""] = paragraphs;
  return noticeOf(
    {
      ...known,
      incident: `${streamId}/${attempt || "none"}/${known.kind}`,
      title: subject,
      happened: isFailure ? `${first} ${fields.get("Error") ?? ""}: ${fields.get("Cause") ?? ""}` : first,
      done: isFailure ? listOf(paragraphs, "Done:") : [],
      left: isFailure ? listOf(paragraphs, "Left to do:") : paragraphs.slice(1).slice(-1),
      streamId,
      ...(attempt >= 1 && { attempt }),
      occurredAt: sentAt,
    },
    `${subject}\n${message}`,
  );
}

/** The lines of a list under a heading; none where it says that there is nothing. */
function listOf(paragraphs: readonly string[], heading: string): string[] {
  const [, ...lines] = paragraphs.find((one) => one.startsWith(`${heading}\n`))?.split("\n") ?? [];
  return lines.map((line) => line.replace(/^- /, "")).filter((line) => line !== "nothing");
}
