import { useState } from "preact/hooks";
import { announce } from "../announce";
import { callLocal } from "../api";
import { moment } from "../format";
import { html } from "../html";
import { useLive } from "../live";
import { Fold } from "../parts/fold";
import { Problem } from "../parts/problem";
import { Status } from "../parts/status";
import { Text } from "../parts/text";
import type { LocalTools } from "../types";

/** Does something to the runtime, and says so. */
type Do = (told: string, method: string, path: string, body?: object) => void;

const steps = [
  ["1 minute", 60],
  ["15 minutes", 900],
  ["1 hour", 3600],
  ["1 day", 86_400],
] as const;

/** How a call fails, in words. */
const faultErrors = [
  ["throttle", "is throttled"],
  ["5xx", "fails with an internal error"],
  ["timeout", "gets no answer, and takes no effect"],
  ["lost-answer", "takes effect, and its answer is lost"],
] as const;

/** What only a local runtime lets people do. */
export function ToolsView() {
  const { value, error, refresh } = useLive("tools", () => callLocal<LocalTools>("GET", "tools"));
  const [failed, setFailed] = useState<Error | undefined>();
  const act: Do = (told, method, path, body) => {
    setFailed(undefined);
    callLocal(method, path, body).then(
      () => {
        announce(told);
        refresh();
      },
      (problem: Error) => setFailed(problem),
    );
  };
  return html`
    <div class="heading"><h1 tabindex="-1">Tools</h1></div>
    <${Problem} error=${failed ?? error} />
    ${
      value &&
      html`<div class="columns">
        <div>
          <${ClockTool} now=${value.now} act=${act} />
          <${ChannelsTool} channels=${value.channels} act=${act} />
        </div>
        <div>
          <${FaultsTool} faults=${value.faults} actions=${value.actions} act=${act} />
          <${DeadLetters} deadLetters=${value.deadLetters} />
        </div>
      </div>`
    }
  `;
}

function ClockTool({ now, act }: { readonly now: string; readonly act: Do }) {
  return html`<section aria-labelledby="clock">
    <h2 id="clock">Clock</h2>
    <p><time dateTime=${now}>${moment(now)}</time></p>
    <p class="buttons" role="group" aria-label="Put the clock forward">
      ${steps.map(([words, seconds]) => html`<button type="button" onClick=${() => act(`The clock went forward by ${words}.`, "POST", "clock", { seconds })}>+ ${words}</button>`)}
    </p>
    <p class="note">Everything that waits for a time in between happens at its own moment.</p>
  </section>`;
}

function ChannelsTool({ channels, act }: { readonly channels: LocalTools["channels"]; readonly act: Do }) {
  const button = (id: string, action: string, words: string, isDangerous = false) =>
    html`<button type="button" class=${isDangerous ? "danger" : undefined} aria-label=${`${words}, channel ${id}`} onClick=${() => act(`Channel ${id}: ${words}.`, "POST", `channels/${encodeURIComponent(id)}`, { action })}>${words}</button>`;
  return html`<section aria-labelledby="channels">
    <h2 id="channels">Encoder channels</h2>
    <ul class="cards">
      ${channels.map(
        ({ id, state, alerts }) => html`<li key=${id}>
          <p><span class="name">${id}</span> <span class="status quiet">${state}</span> ${alerts.map(({ type, pipeline }) => html`<span class="status warn"><span aria-hidden="true">!</span> <${Text} of=${`${type}, pipeline ${pipeline}`} /></span> `)}</p>
          <p class="buttons">
            ${button(id, "kill", "Kill", true)}
            ${alerts.length === 0 ? button(id, "lose-input", "Lose input") : button(id, "restore-input", "Restore input")}
          </p>
        </li>`,
      )}
    </ul>
    ${channels.length === 0 && html`<p class="empty">The program names no channel.</p>`}
  </section>`;
}

function FaultsTool({ faults, actions, act }: Pick<LocalTools, "faults" | "actions"> & { readonly act: Do }) {
  const [call, setCall] = useState("MediaLive StartChannel");
  const [error, setError] = useState("throttle");
  const [times, setTimes] = useState("1");
  const submit = (event: Event) => {
    event.preventDefault();
    const [service, action] = call.split(" ");
    act(`The next ${times} calls of ${call} fail.`, "POST", "faults", {
      service,
      action,
      error,
      times: Number(times),
    });
  };
  return html`<section aria-labelledby="faults">
    <h2 id="faults">Faults</h2>
    <form class="fault" onSubmit=${submit}>
      <label>Call
        <select value=${call} onChange=${(event: Event) => setCall((event.target as HTMLSelectElement).value)}>${actions.map((one) => html`<option value=${one}>${one}</option>`)}</select>
      </label>
      <label>Calls
        <input type="number" min="1" max="1000" value=${times} onInput=${(event: Event) => setTimes((event.target as HTMLInputElement).value)} />
      </label>
      <label class="how">What happens
        <select value=${error} onChange=${(event: Event) => setError((event.target as HTMLSelectElement).value)}>${faultErrors.map(([name, words]) => html`<option value=${name}>The call ${words}</option>`)}</select>
      </label>
      <button type="submit" class="primary">Inject</button>
    </form>
    ${faults.length === 0 && html`<p class="empty">No fault is set up.</p>`}
    <ul class="cards">
      ${faults.map(
        ({ id, service, action, error: kind, times: count }) => html`<li key=${id}>
          <p><span class="name">${service} ${action}</span> ${faultErrors.find(([name]) => name === kind)?.[1]} <small>${count} ${count === 1 ? "call" : "calls"}</small></p>
          <button type="button" aria-label=${`Remove the fault of ${service} ${action}`} onClick=${() => act("The fault is removed.", "DELETE", `faults/${id}`)}>Remove</button>
        </li>`,
      )}
    </ul>
    <p class="note">A caller tries again by its own rules: a function of the component makes three tries, a state six or nine.</p>
  </section>`;
}

function DeadLetters({ deadLetters }: Pick<LocalTools, "deadLetters">) {
  return html`<section aria-labelledby="letters">
    <h2 id="letters">Dead letters</h2>
    ${deadLetters.length === 0 && html`<p class="empty">No event has failed to reach its target.</p>`}
    <ol class="messages">
      ${deadLetters.map(
        ({ queueName, body, attributes }) => html`<li>
          <p><span class="name">${queueName.replace(/-[0-9a-f]{7}$/, "")}</span> ${attributes.ERROR_CODE !== undefined && html`<${Status} word=${attributes.ERROR_CODE} />`}</p>
          ${attributes.ERROR_MESSAGE !== undefined && html`<p><${Text} of=${attributes.ERROR_MESSAGE} /></p>`}
          <div class="folds"><${Fold} title="Event" of=${body} /><${Fold} title="Attributes" of=${attributes} /></div>
        </li>`,
      )}
    </ol>
  </section>`;
}
