import type { Stream } from "../../contracts";
import { callApi, callLocal } from "../api";
import { useSurroundings } from "../context";
import { html } from "../html";
import { useLive } from "../live";
import { StreamActions } from "../parts/actions";
import { Problem } from "../parts/problem";
import { Status } from "../parts/status";
import { Text } from "../parts/text";
import { type StreamTab, streamHref } from "../router";
import type { LocalStream, StreamTabProps } from "../types";
import { CallsTab } from "./calls";
import { MessagesTab } from "./messages";
import { OverviewTab } from "./overview";
import { PlaybackTab } from "./playback";
import { WorkflowTab } from "./workflow";

const tabs: readonly { readonly tab: StreamTab; readonly label: string; readonly isLocal: boolean }[] = [
  { tab: "overview", label: "Overview", isLocal: false },
  { tab: "workflow", label: "Workflow", isLocal: false },
  { tab: "messages", label: "Events", isLocal: true },
  { tab: "calls", label: "Calls", isLocal: true },
  { tab: "playback", label: "Playback", isLocal: false },
];

export function StreamView({ streamId, tab }: { readonly streamId: string; readonly tab: StreamTab }) {
  const { connection } = useSurroundings();
  const id = encodeURIComponent(streamId);
  const { value, error, refresh } = useLive(streamId, async () => {
    const [stream, local] = await Promise.all([
      callApi<Stream>(connection, "GET", `/streams/${id}`),
      connection.isLocal ? callLocal<LocalStream>("GET", `streams/${id}`) : undefined,
    ]);
    return { stream, local };
  });
  return html`
    <div class="heading">
      <div>
        <h1 tabindex="-1"><${Text} of=${streamId} /></h1>
        ${
          value &&
          html`<p class="subtitle">
            <${Status} word=${value.stream.status} />
            ${value.stream.attempt > 1 && html`<span>Attempt ${value.stream.attempt}</span>`}
            ${value.stream.title !== undefined && html`<span><${Text} of=${value.stream.title} /></span>`}
          </p>`
        }
      </div>
      ${value && html`<${StreamActions} stream=${value.stream} onDone=${refresh} />`}
    </div>
    <${Problem} error=${error} />
    <nav class="tabs" aria-label="Parts of the stream">
      ${tabs
        .filter(({ isLocal }) => connection.isLocal || !isLocal)
        .map(
          (one) =>
            html`<a class="tab" href=${streamHref(streamId, one.tab)} aria-current=${one.tab === tab ? "page" : undefined}>${one.label}</a>`,
        )}
    </nav>
    ${value && html`<${Tab} tab=${tab} ...${value} />`}
  `;
}

function Tab({ tab, ...props }: StreamTabProps & { readonly tab: StreamTab }) {
  if (tab === "workflow") return html`<${WorkflowTab} ...${props} />`;
  if (tab === "messages" && props.local) return html`<${MessagesTab} ...${props} />`;
  if (tab === "calls" && props.local) return html`<${CallsTab} ...${props} />`;
  if (tab === "playback") return html`<${PlaybackTab} ...${props} />`;
  return html`<${OverviewTab} ...${props} />`;
}
