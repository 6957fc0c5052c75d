import { useState } from "preact/hooks";
import type { ListStreamsResponse, StreamStatus, StreamSummary } from "../../contracts";
import { callApi } from "../api";
import { useNow } from "../clock";
import type { Connection } from "../connection";
import { useSurroundings } from "../context";
import { html } from "../html";
import { useLive } from "../live";
import { Problem } from "../parts/problem";
import { Status } from "../parts/status";
import { Age, Text } from "../parts/text";
import { streamHref } from "../router";

/** A search reads this many pages of the largest size at most: the API has no search of its own. */
const maxSearchedPages = 10;

interface Listed {
  readonly streams: readonly StreamSummary[];
  readonly nextToken?: string;
  /** How many streams a search has read. */
  readonly searched?: number;
}

export function StreamsView() {
  const { connection, contract } = useSurroundings();
  const now = useNow(10_000);
  const [status, setStatus] = useState<StreamStatus | "">("");
  const [search, setSearch] = useState("");
  /** The tokens of the pages up to the one that is shown. */
  const [tokens, setTokens] = useState<readonly string[]>([]);
  const token = tokens.at(-1);
  const wanted = search.trim().toLowerCase();
  const { value, error } = useLive<Listed>(JSON.stringify([status, token, wanted]), () =>
    wanted === "" ? readPage(connection, status, token) : searchStreams(connection, status, wanted),
  );
  const filter = (change: () => void) => {
    setTokens([]);
    change();
  };
  return html`
    <div class="heading">
      <h1 tabindex="-1">Streams</h1>
      <a class="button primary" href="#/request">Request a stream</a>
    </div>
    <form class="filters" role="search" onSubmit=${(event: Event) => event.preventDefault()}>
      <label>Search
        <input type="search" placeholder="Id or title" value=${search} onInput=${(event: Event) => filter(() => setSearch((event.target as HTMLInputElement).value))} />
      </label>
      <label>Status
        <select value=${status} onChange=${(event: Event) => filter(() => setStatus((event.target as HTMLSelectElement).value as StreamStatus | ""))}>
          <option value="">Any</option>
          ${contract.statuses.map((one) => html`<option value=${one}>${one}</option>`)}
        </select>
      </label>
    </form>
    <${Problem} error=${error} />
    ${value && html`<${StreamTable} streams=${value.streams} now=${now} wanted=${wanted} />`}
    ${value?.searched !== undefined && html`<p class="note">Searched the latest ${value.searched} streams.</p>`}
    ${
      wanted === "" &&
      (tokens.length > 0 || value?.nextToken !== undefined) &&
      html`<nav class="buttons pages" aria-label="Pages">
        <button type="button" disabled=${tokens.length === 0} onClick=${() => setTokens(tokens.slice(0, -1))}>Newer</button>
        <span>Page ${tokens.length + 1}</span>
        <button type="button" disabled=${value?.nextToken === undefined} onClick=${() => value?.nextToken !== undefined && setTokens([...tokens, value.nextToken])}>Older</button>
      </nav>`
    }
  `;
}

function StreamTable({
  streams,
  now,
  wanted,
}: {
  streams: readonly StreamSummary[];
  now: number;
  wanted: string;
}) {
  if (streams.length === 0) {
    return html`<p class="empty">${wanted === "" ? "There is no stream yet." : "No stream matches."}</p>`;
  }
  return html`<table role="table" class="list streams">
    <caption class="unseen">Streams, the one requested last first</caption>
    <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Stream</th><th role="columnheader" scope="col">Status</th><th role="columnheader" scope="col">Channel</th><th role="columnheader" scope="col">Starts</th><th role="columnheader" scope="col">Requested</th><th role="columnheader" scope="col">Updated</th></tr></thead>
    <tbody role="rowgroup">
      ${streams.map(
        (stream) => html`<tr role="row" key=${stream.streamId}>
          <th role="rowheader" scope="row">
            <a href=${streamHref(stream.streamId)}>${stream.streamId}</a>
            ${stream.attempt > 1 && html` <small>attempt ${stream.attempt}</small>`}
            ${stream.title !== undefined && html`<span class="title"><${Text} of=${stream.title} /></span>`}
          </th>
          <td role="cell"><${Status} word=${stream.status} /></td>
          <td role="cell" data-label="Channel">${stream.channel?.channelId ?? "–"}</td>
          <td role="cell" data-label="Starts">${stream.startTime === undefined ? "–" : html`<${Age} of=${stream.startTime} now=${now} />`}</td>
          <td role="cell" data-label="Requested"><${Age} of=${stream.requestedAt} now=${now} /></td>
          <td role="cell" data-label="Updated"><${Age} of=${stream.updatedAt} now=${now} /></td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

function readPage(
  connection: Connection,
  status: string,
  nextToken: string | undefined,
  limit?: number,
): Promise<ListStreamsResponse> {
  // In alphabetical order, as Signature Version 4 wants it.
  const query = new URLSearchParams({
    ...(limit !== undefined && { limit: String(limit) }),
    ...(nextToken !== undefined && { nextToken }),
    ...(status !== "" && { status }),
  }).toString();
  return callApi<ListStreamsResponse>(connection, "GET", `/streams${query === "" ? "" : `?${query}`}`);
}

async function searchStreams(connection: Connection, status: string, wanted: string): Promise<Listed> {
  const found: StreamSummary[] = [];
  let searched = 0;
  let token: string | undefined;
  for (let page = 0; page < maxSearchedPages; page += 1) {
    const { streams, nextToken } = await readPage(connection, status, token, 100);
    searched += streams.length;
    found.push(
      ...streams.filter(({ streamId, title = "" }) => `${streamId}\n${title}`.toLowerCase().includes(wanted)),
    );
    token = nextToken;
    if (token === undefined) break;
  }
  return { streams: found, searched };
}
