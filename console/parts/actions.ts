import { useState } from "preact/hooks";
import type { Stream, StreamStatus } from "../../contracts";
import { announce } from "../announce";
import { callApi } from "../api";
import { useSurroundings } from "../context";
import { html } from "../html";
import { Dialog } from "./dialog";
import { Problem } from "./problem";

type Asked = "fail" | "end";

/** What an operator does to a stream, by the lifecycle's rules: confirm, fail, go live, end. */
export function StreamActions({ stream, onDone }: { readonly stream: Stream; readonly onDone: () => void }) {
  const { connection, contract } = useSurroundings();
  const [asked, setAsked] = useState<Asked | undefined>();
  const [reason, setReason] = useState("");
  const [error, setError] = useState<Error | undefined>();
  const { streamId, status } = stream;
  const next = contract.statusesAfter[status];

  const update = async (to: StreamStatus, why = "") => {
    const body = { streamId, status: to, ...(why !== "" && { reason: why }) };
    await callApi(connection, "PUT", "/streams", body);
    announce(`${streamId}: ${to} was sent.`);
    onDone();
  };
  const end = async () => {
    const answer = await callApi<{ status: string }>(connection, "DELETE", `/streams/${streamId}`);
    announce(`${streamId} is ${answer.status}.`);
    onDone();
  };
  const now = (to: StreamStatus) => () => {
    setError(undefined);
    update(to).catch((problem: Error) => setError(problem));
  };

  if (next.length === 0) return null;
  return html`<div class="actions">
    <p class="buttons">
      ${next.includes("READY") && html`<button type="button" class="primary" onClick=${now("READY")}>Confirm READY</button>`}
      ${next.includes("LIVE") && html`<button type="button" class="primary" onClick=${now("LIVE")}>Mark LIVE</button>`}
      <button type="button" onClick=${() => setAsked("end")}>End…</button>
      <button type="button" class="danger" onClick=${() => setAsked("fail")}>Fail…</button>
    </p>
    <${Problem} error=${error} />
    ${
      asked === "end" &&
      html`<${Dialog} title=${`End ${streamId}?`} action="End the stream" isDangerous onConfirm=${end} onClose=${() => setAsked(undefined)}>
        <p>${status === "PROVISIONING" ? "It is not ready yet: it becomes FAILED, and on-call is not paged." : "It becomes COMPLETE: its playback entry is removed, and its channel is stopped and given back."}</p>
      <//>`
    }
    ${
      asked === "fail" &&
      html`<${Dialog} title=${`Fail ${streamId}?`} action="Mark it FAILED" isDangerous onConfirm=${() => update("FAILED", reason)} onClose=${() => setAsked(undefined)}>
        <p>It becomes FAILED: everything that was started for it is stopped.</p>
        <label>Reason
          <textarea rows="3" maxlength=${contract.maxReasonLength} value=${reason} onInput=${(event: Event) => setReason((event.target as HTMLTextAreaElement).value)}></textarea>
        </label>
      <//>`
    }
  </div>`;
}
