import type { StreamNotification } from "../../contracts";
import { shorten } from "../shared/runtime/shorten";

/** Before each title, so that a thread shows at a glance what is on. */
const marks = { info: "ℹ️", warning: "⚠️", critical: "🔴", resolved: "✅" } as const;

/**
 * @returns a custom notification of Amazon Q Developer in chat applications (AWS Chatbot), which shows it in Slack and Teams. An incident and its end are in one thread.
 * Source: its administrator guide, "Custom notifications": title up to 250 characters, description up to 8,000.
 */
export function chatMessage({
  id,
  incident,
  phase,
  severity,
  title,
  happened,
  done,
  left,
  streamId,
}: StreamNotification) {
  const mark = phase === "resolved" ? marks.resolved : marks[severity];
  const parts = [happened, listOf("Done", done), listOf("Left to do", left)].filter((part) => part !== "");
  return {
    ...{ version: "1.0", source: "custom", id },
    content: {
      textType: "client-markdown",
      title: shorten(`${mark} ${title}`, 250),
      description: shorten(parts.join("\n\n"), 8000),
      ...(streamId !== undefined && { keywords: [streamId] }),
    },
    metadata: { threadId: incident, summary: shorten(title, 250), eventType: severity },
  };
}

function listOf(heading: string, lines: readonly string[]): string {
  return lines.length > 0 ? [`*${heading}*`, ...lines.map((line) => `- ${line}`)].join("\n") : "";
}
