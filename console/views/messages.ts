import { clockTime } from "../format";
import { html } from "../html";
import { Value } from "../parts/fold";
import { Status } from "../parts/status";
import { Text } from "../parts/text";
import type { StreamTabProps } from "../types";

/** Events and notifications about the stream, the newest first. */
export function MessagesTab({ local }: StreamTabProps) {
  const { events = [], notifications = [] } = local ?? {};
  return html`<div class="columns">
    <section aria-labelledby="events">
      <h2 id="events">Events</h2>
      ${events.length === 0 && html`<p class="empty">No event was published about this stream.</p>`}
      <ol class="messages">
        ${events.toReversed().map(({ at, event }) => {
          const { status, health, origin } = event.detail as {
            status?: string;
            health?: string;
            origin?: string;
          };
          return html`<li>
            <details class="row-fold">
              <summary>
                <span class="name">${event["detail-type"]}</span>
                ${(status ?? health) !== undefined && html`<${Status} word=${status ?? health} />`}
                ${origin !== undefined && html`<small>by <${Text} of=${origin} /></small>`}
                <time dateTime=${at}>${clockTime(at)}</time>
              </summary>
              <${Value} title="Event" of=${event} />
            </details>
          </li>`;
        })}
      </ol>
    </section>
    <section aria-labelledby="notifications">
      <h2 id="notifications">Notifications</h2>
      ${notifications.length === 0 && html`<p class="empty">No notification was sent about this stream.</p>`}
      <ol class="messages">
        ${notifications.toReversed().map(
          ({ at, subject, message, topicArn }) => html`<li>
            <p><span class="name"><${Text} of=${subject} /></span> <small><time dateTime=${at}>${clockTime(at)}</time></small></p>
            <p class="message">${message.split(/\r?\n/).map((line) => html`<${Text} of=${line} /><br />`)}</p>
            <p class="quiet"><small>${topicArn.split(":").at(-1)}</small></p>
          </li>`,
        )}
      </ol>
    </section>
  </div>`;
}
