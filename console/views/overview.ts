import type { ComponentChildren } from "preact";
import { useNow } from "../clock";
import { duration } from "../format";
import { html } from "../html";
import { Status } from "../parts/status";
import { Age, Moment, Text } from "../parts/text";
import type { StreamTabProps } from "../types";

export function OverviewTab({ stream, local }: StreamTabProps) {
  const { failure, health, cleanup, ingest, metadata = {}, playback } = stream;
  return html`<div class="columns">
    <section aria-labelledby="facts">
      <h2 id="facts">Stream</h2>
      <dl>
        <${Fact} term="Requested"><${Moment} of=${stream.requestedAt} /><//>
        ${stream.startTime !== undefined && html`<${Fact} term="Starts"><${Moment} of=${stream.startTime} /><//>`}
        ${stream.endTime !== undefined && html`<${Fact} term="Ends"><${Moment} of=${stream.endTime} /><//>`}
        ${stream.scheduledStart !== undefined && html`<${Fact} term="Gets its channel"><${Moment} of=${stream.scheduledStart} /><//>`}
        ${stream.readyAt !== undefined && html`<${Fact} term="Ready"><${Moment} of=${stream.readyAt} /> <small>after ${duration(Date.parse(stream.readyAt) - Date.parse(stream.requestedAt))}</small><//>`}
        <${Fact} term="Channel">${stream.channel?.channelId ?? "none"}<//>
        ${
          playback &&
          html`<${Fact} term="Playback"><code>${playback.pathPattern}</code>${playback.distributionId !== undefined && html` in <code>${playback.distributionId}</code>`}<//>`
        }
        ${ingest?.endpoints.map(({ protocol = "", url = "", backupUrl }) => html`<${Fact} term=${`Ingest, ${protocol}`}><code><${Text} of=${url} /></code>${backupUrl !== undefined && html`<br /><code><${Text} of=${backupUrl} /></code>`}<//>`)}
        ${Object.entries(metadata).map(([name, value]) => html`<${Fact} term=${html`<${Text} of=${name} />`}><${Text} of=${value} /><//>`)}
      </dl>
      ${
        failure &&
        html`<h2>Failure</h2>
        <dl>
          <${Fact} term="In">${failure.state}<//>
          <${Fact} term="Error"><code><${Text} of=${failure.error} /></code><//>
          <${Fact} term="Cause"><${Text} of=${failure.cause} /><//>
        </dl>`
      }
    </section>
    <div>
      <section aria-labelledby="health">
        <h2 id="health">Health</h2>
        ${
          health
            ? html`<dl>
                <${Fact} term="Status"><${Status} word=${health.status} /> ${health.since !== undefined && html`<small>since <${Moment} of=${health.since} /></small>`}<//>
                ${health.channelState !== undefined && html`<${Fact} term="Channel is"><${Text} of=${health.channelState} /><//>`}
                ${health.alerts.map(({ type, pipeline, since }) => html`<${Fact} term="Alert"><${Text} of=${type} />, pipeline <${Text} of=${pipeline} /> <small>since <${Moment} of=${since} /></small><//>`)}
                ${Object.entries(health.activeInputs ?? {}).map(([pipeline, input]) => html`<${Fact} term=${`Input, pipeline ${pipeline}`}><${Text} of=${input} /><//>`)}
                ${health.restartedAt !== undefined && html`<${Fact} term="Restarted"><${Moment} of=${health.restartedAt} /><//>`}
              </dl>`
            : html`<p class="empty">MediaLive has not reported on its channel.</p>`
        }
      </section>
      <${History} history=${stream.history} />
      ${
        cleanup &&
        html`<section aria-labelledby="cleanup">
          <h2 id="cleanup">Cleanup</h2>
          <p><${Status} word=${cleanup.status} /> <small>began <${Moment} of=${cleanup.startedAt} />${cleanup.endedAt !== undefined && html`, ended <${Moment} of=${cleanup.endedAt} />`}</small></p>
          ${cleanup.leftovers && html`<ul>${cleanup.leftovers.map((leftover) => html`<li><${Text} of=${leftover} /></li>`)}</ul>`}
        </section>`
      }
      ${
        !local &&
        html`<p class="note">The API tells no states, events and calls. In AWS, look at the execution <code>${stream.streamId}_${stream.attempt}</code> of the state machine <code>…-StreamLifecycleOrchestrator</code> in Step Functions, and at its role's calls in CloudTrail.</p>`
      }
    </div>
  </div>`;
}

function History({ history }: Pick<StreamTabProps["stream"], "history">) {
  const now = useNow(10_000);
  return html`<section aria-labelledby="history">
    <h2 id="history">History</h2>
    <ol class="history">
      ${history.toReversed().map(
        ({ status, at, origin, reason, evidence, principal, component }) => html`<li>
          <p><${Status} word=${status} /> <${Age} of=${at} now=${now} /> <small>by <${Text} of=${component ?? principal ?? origin} /></small></p>
          ${reason !== undefined && html`<p><${Text} of=${reason} /></p>`}
          ${evidence !== undefined && html`<p class="quiet"><${Text} of=${evidence} /></p>`}
        </li>`,
      )}
    </ol>
  </section>`;
}

function Fact({
  term,
  children,
}: {
  readonly term: ComponentChildren;
  readonly children?: ComponentChildren;
}) {
  return html`<div><dt>${term}</dt><dd>${children}</dd></div>`;
}
