import { useEffect, useRef, useState } from "preact/hooks";
import { useSurroundings } from "../context";
import { plain } from "../format";
import { html } from "../html";
import { Problem } from "../parts/problem";
import { Status } from "../parts/status";
import { Text } from "../parts/text";
import { addressesIn, textInSegment } from "../playlist";
import type { StreamTabProps } from "../types";

/** Where viewers find the stream, a player, and for a simulated channel what its segments say. */
export function PlaybackTab({ stream }: StreamTabProps) {
  const { connection } = useSurroundings();
  const [played, setPlayed] = useState<string | undefined>();
  const { playback } = stream;
  const local = playback && `_console/playback${playback.pathPattern.replace(/\*$/, "")}index.m3u8`;
  const manifests = playback?.manifests ?? [];
  const source = connection.isLocal ? local : manifests.find(({ format }) => format === "HLS")?.url;
  return html`<div class="columns">
    <section aria-labelledby="manifests">
      <h2 id="manifests">Manifests</h2>
      ${!playback && html`<p class="empty">It has no playback entry yet.</p>`}
      ${
        manifests.length > 0 &&
        html`<ul class="plain">${manifests.map(({ name, format, url }) => html`<li><span class="name">${name}</span> <small>${format}</small><br /><code><${Text} of=${url} /></code></li>`)}</ul>`
      }
      ${playback && manifests.length === 0 && html`<p class="empty">The deployment names no manifest (<code>playback.manifests</code>).</p>`}
      ${playback && source !== undefined && html`<p class="buttons"><button type="button" class="primary" onClick=${() => setPlayed(source)}>Play</button></p>`}
      ${played !== undefined && html`<${Player} source=${played} />`}
    </section>
    ${connection.isLocal && source !== undefined && html`<${Segments} source=${source} />`}
  </div>`;
}

/** Plays HLS. The library is loaded here alone. */
function Player({ source }: { readonly source: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let isOver = false;
    let stop: () => void = () => undefined;
    // Kept out of the bundle: the address is the built file's.
    const address = new URL("hls-player.js", document.baseURI).href;
    (import(address) as Promise<typeof import("../hls-player")>).then(
      ({ default: Hls }) => {
        if (isOver || !video.current) return;
        // A worker would be a script from a blob, which the page's policy does not allow.
        const player = new Hls({ enableWorker: false });
        player.on(Hls.Events.ERROR, (_event, { fatal, details }) => fatal && setProblem(details));
        player.loadSource(new URL(source, document.baseURI).href);
        player.attachMedia(video.current);
        stop = () => player.destroy();
      },
      (error: unknown) => setProblem((error as Error).message),
    );
    return () => {
      isOver = true;
      stop();
    };
  }, [source]);
  return html`
    <video ref=${video} controls autoplay muted playsinline aria-label="The stream"></video>
    ${problem !== "" && html`<p class="note" role="status">The player stopped: ${plain(problem)}. A simulated channel sends no picture; its segments say what it would show.</p>`}
  `;
}

interface Segment {
  readonly address: string;
  readonly content: Readonly<Record<string, unknown>> | undefined;
}

/** Reads the playlists as a viewer does, and the segments of a simulated channel. */
function Segments({ source }: { readonly source: string }) {
  const [segments, setSegments] = useState<readonly Segment[] | undefined>();
  const [error, setError] = useState<Error | undefined>();
  const read = () => {
    setError(undefined);
    readSegments(new URL(source, document.baseURI)).then(setSegments, (problem: Error) => {
      setSegments(undefined);
      setError(problem);
    });
  };
  useEffect(read, [source]);
  return html`<section aria-labelledby="segments">
    <h2 id="segments">What viewers get now</h2>
    <${Problem} error=${error} />
    ${
      segments &&
      html`<ol class="messages">
        ${segments.map(
          ({ address, content = {} }) => html`<li>
          <p><span class="name">${address}</span> ${content.channel !== undefined && html`<${Status} word=${`channel ${String(content.channel)}`} />`}</p>
          <p><${Text} of=${String(content.content ?? "not a segment of a simulated channel")} /> <small>${String(content.from ?? "")}</small></p>
        </li>`,
        )}
      </ol>`
    }
    <p class="buttons"><button type="button" onClick=${read}>Read again</button></p>
  </section>`;
}

async function readSegments(source: URL): Promise<Segment[]> {
  const [variant = ""] = addressesIn(await (await get(source)).text());
  const playlist = new URL(variant, source);
  const addresses = addressesIn(await (await get(playlist)).text());
  return Promise.all(
    addresses.map(async (address) => {
      const bytes = new Uint8Array(await (await get(new URL(address, playlist))).arrayBuffer());
      const text = textInSegment(bytes);
      return { address, content: text === undefined ? undefined : (JSON.parse(text) as Segment["content"]) };
    }),
  );
}

async function get(url: URL): Promise<Response> {
  const response = await fetch(url, { cache: "no-store" });
  if (response.ok) return response;
  throw new Error(`${url.pathname.replace(/^.*_console\/playback/, "")} is answered ${response.status}.`);
}
