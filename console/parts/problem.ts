import { ApiError } from "../api";
import { plain } from "../format";
import { html } from "../html";

/** Why something did not work: the message, and each issue. */
export function Problem({ error }: { readonly error: Error | undefined }) {
  if (!error) return null;
  const issues = error instanceof ApiError ? error.issues : [];
  return html`<div class="problem" role="alert">
    <p>${plain(error.message)}</p>
    ${issues.length > 0 && html`<ul>${issues.map((issue) => html`<li>${plain(issue)}</li>`)}</ul>`}
  </div>`;
}
