import { useState } from "preact/hooks";
import { clockTime } from "../format";
import { html } from "../html";
import type { Call, StreamTabProps } from "../types";

/** Each call of an AWS API about the stream, with the decision of IAM. */
export function CallsTab({ local }: StreamTabProps) {
  const [isFailed, setFailed] = useState(false);
  const all = local?.calls ?? [];
  const calls = isFailed ? all.filter(({ outcome }) => outcome !== "answered" && outcome !== "pending") : all;
  return html`
    <form class="filters" onSubmit=${(event: Event) => event.preventDefault()}>
      <label class="check"><input type="checkbox" checked=${isFailed} onChange=${(event: Event) => setFailed((event.target as HTMLInputElement).checked)} /> Only calls that failed</label>
      <span class="note">${calls.length} of ${all.length} calls</span>
    </form>
    ${calls.length === 0 && html`<p class="empty">No call.</p>`}
    ${
      calls.length > 0 &&
      html`<table role="table" class="list calls">
        <caption class="unseen">Calls of AWS, the newest first</caption>
        <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Call</th><th role="columnheader" scope="col">Time</th><th role="columnheader" scope="col">Caller</th><th role="columnheader" scope="col">IAM</th><th role="columnheader" scope="col">Outcome</th></tr></thead>
        <tbody role="rowgroup">${calls.toReversed().map(
          (call) => html`<tr role="row" key=${call.id}>
          <th role="rowheader" scope="row">${call.service} <span class="name">${call.action}</span></th>
          <td role="cell" data-label="Time"><time dateTime=${call.at}>${clockTime(call.at)}</time></td>
          <td role="cell" data-label="Caller">${call.caller.replace(/-[0-9a-f]{7}$/, "")}</td>
          <td role="cell" data-label="IAM"><${Decisions} of=${call.decisions} /></td>
          <td role="cell" data-label="Outcome"><${Outcome} of=${call.outcome} /></td>
        </tr>`,
        )}</tbody>
      </table>`
    }
  `;
}

function Decisions({ of: decisions }: { readonly of: Call["decisions"] }) {
  if (decisions.length === 0) return html`<span class="quiet">needs no permission</span>`;
  return html`<ul class="plain">${decisions.map(
    ({ action, resource, decision }) => html`<li>
      <details class="fold">
        <summary>${decision === "allowed" ? html`<span class="status good"><span aria-hidden="true">✓</span> ${action}</span>` : html`<span class="status bad"><span aria-hidden="true">✕</span> ${action}: ${decision}</span>`}</summary>
        <code>${resource}</code>
      </details>
    </li>`,
  )}</ul>`;
}

function Outcome({ of: outcome }: { readonly of: string }) {
  if (outcome === "answered")
    return html`<span class="status good"><span aria-hidden="true">✓</span> answered</span>`;
  if (outcome === "pending")
    return html`<span class="status busy"><span aria-hidden="true">◔</span> pending</span>`;
  return html`<span class="status bad"><span aria-hidden="true">✕</span> ${outcome}</span>`;
}
