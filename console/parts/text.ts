import { age, moment, plain } from "../format";
import { html } from "../html";

/** A text from outside: control characters visible, and its writing direction kept to itself. */
export function Text({ of }: { readonly of: string }) {
  return html`<bdi>${plain(of)}</bdi>`;
}

/** A moment, as how long ago it was; the tooltip has it in full. */
export function Age({ of, now }: { readonly of: string; readonly now: number }) {
  return html`<time dateTime=${of} title=${moment(of)}>${age(of, now)}</time>`;
}

/** A moment in full. */
export function Moment({ of }: { readonly of: string }) {
  return html`<time dateTime=${of}>${moment(of)}</time>`;
}
