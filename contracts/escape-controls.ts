/**
 * Characters that a terminal, a log or a mail obeys and does not show: C0 and C1 controls and DEL, separators of lines and paragraphs,
 * controls of the writing direction, and halves of a surrogate pair. Joiners are left alone: emoji and several scripts need them.
 */
const controls = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;

/**
 * Makes control characters visible. Whatever shows a text that came from outside (a line on a terminal or in a log, a line of a mail) shows
 * it by this, so that the text can neither steer a terminal nor begin a line of its own. What is stored and sent stays as it came.
 *
 * @returns one line: the text with JSON's escapes, such as `\n` and `\u001b`, for its control characters. The same for a text that went
 * through already.
 */
export function escapeControls(text: string): string {
  return text.replace(controls, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    return escaped === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}` : escaped;
  });
}

/** @returns the same for a text of several lines, which stay lines: for a text of ours with texts from outside in it. */
export function escapeControlsInLines(text: string): string {
  return text.split("\n").map(escapeControls).join("\n");
}
