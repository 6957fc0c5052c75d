import { json } from "../format";
import { html } from "../html";

interface ValueProps {
  readonly title: string;
  readonly of: unknown;
}

/** A value as JSON, below its title; nothing where there is none. */
export function Value({ title, of: value }: ValueProps) {
  if (value === undefined) return null;
  return html`<p class="value-title">${title}</p>
    <pre tabindex="0" role="region" aria-label=${title}>${json(value)}</pre>`;
}

/** A value that is folded until somebody wants to read it. */
export function Fold({ title, of: value }: ValueProps) {
  if (value === undefined) return null;
  return html`<details class="fold">
    <summary>${title}</summary>
    <pre tabindex="0" role="region" aria-label=${title}>${json(value)}</pre>
  </details>`;
}
