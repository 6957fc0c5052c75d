import { html } from "../html";

/** A shape beside each word, so that no colour has to be told from another. */
const shapes: { readonly [word: string]: readonly [shape: string, tone: string] } = {
  PROVISIONING: ["◔", "busy"],
  READY: ["●", "good"],
  LIVE: ["▶", "good"],
  FAILED: ["✕", "bad"],
  COMPLETE: ["■", "quiet"],
  RUNNING: ["◔", "busy"],
  SUCCEEDED: ["✓", "good"],
  TIMED_OUT: ["✕", "bad"],
  ABORTED: ["✕", "bad"],
  DONE: ["✓", "good"],
  INCOMPLETE: ["!", "bad"],
  OK: ["✓", "good"],
  ALERT: ["!", "warn"],
  NO_INPUT: ["!", "bad"],
  CHANNEL_DOWN: ["✕", "bad"],
};

/** A status: its word, and a shape and a colour for those who see them. */
export function Status({ word }: { readonly word: string }) {
  const [shape, tone] = shapes[word] ?? ["·", "quiet"];
  return html`<span class=${`status ${tone}`}><span aria-hidden="true">${shape}</span> ${word}</span>`;
}
