import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { callLocal } from "./api";
import { setClock, useNow } from "./clock";
import type { Connection } from "./connection";
import { SurroundingsContext } from "./context";
import { clockTime } from "./format";
import { html } from "./html";
import { useChangesOpen, useLive } from "./live";
import { type Route, useRoute } from "./router";
import type { Settings } from "./settings";
import type { Contract, LocalTools } from "./types";
import { ConnectView } from "./views/connect";
import { RequestView } from "./views/request";
import { StreamView } from "./views/stream";
import { StreamsView } from "./views/streams";
import { ToolsView } from "./views/tools";

export interface AppProps {
  readonly contract: Contract;
  readonly settings: Settings;
  readonly connection: Connection | undefined;
  /** Why there is no connection, where something went wrong. */
  readonly problem: string;
}

export function App({ contract, settings, connection: first, problem }: AppProps) {
  const route = useRoute();
  const [connection, setConnection] = useState(first);
  const main = useRef<HTMLElement>(null);
  const place = route.view === "stream" ? route.streamId : route.view;
  const shown = useRef(place);
  useEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    main.current?.querySelector<HTMLElement>("h1")?.focus();
    scrollTo(0, 0);
  }, [place]);
  const isLocal = settings.isLocal ?? false;
  return html`
    <a class="skip" href="#main" onClick=${(event: Event) => {
      event.preventDefault();
      main.current?.querySelector<HTMLElement>("h1")?.focus();
    }}>Skip to the content</a>
    <header class="top">
      <a class="brand" href="#/">Stream Orchestration</a>
      <nav aria-label="Main">
        <${NavLink} href="#/" view="streams" route=${route}>Streams<//>
        <${NavLink} href="#/request" view="request" route=${route}>Request<//>
        ${isLocal && html`<${NavLink} href="#/tools" view="tools" route=${route}>Tools<//>`}
        ${!isLocal && html`<${NavLink} href="#/connect" view="connect" route=${route}>Connection<//>`}
      </nav>
      ${isLocal && html`<${LocalClock} />`}
    </header>
    <main id="main" ref=${main}>
      ${
        connection && route.view !== "connect"
          ? html`<${View} ...${{ route, connection, contract }} />`
          : html`<${ConnectView} ...${{ settings, problem, isConnected: connection !== undefined }} onConnect=${setConnection} />`
      }
    </main>
    <div id="announcements" class="unseen" role="status" aria-live="polite"></div>
  `;
}

function NavLink({
  href,
  view,
  route,
  children,
}: {
  href: string;
  view: string;
  route: Route;
  children: unknown;
}) {
  const isCurrent = route.view === view || (view === "streams" && route.view === "stream");
  return html`<a class="tab" href=${href} aria-current=${isCurrent ? (route.view === view ? "page" : "true") : undefined}>${children}</a>`;
}

function LocalClock() {
  const { value } = useLive("clock", async () => {
    const clock = await callLocal<Pick<LocalTools, "now" | "speed">>("GET", "clock");
    setClock(clock.now, clock.speed);
    return clock;
  });
  const isOpen = useChangesOpen();
  const time = new Date(useNow(1000)).toISOString();
  return html`<p class="clock">
    <span class=${isOpen ? "dot open" : "dot"} aria-hidden="true"></span>
    <span>${isOpen ? "Local" : "Disconnected"}</span>
    ${value && html`<time dateTime=${time} title="The runtime's clock, in UTC">${clockTime(time)}</time>`}
  </p>`;
}

function View({ route, connection, contract }: { route: Route; connection: Connection; contract: Contract }) {
  const surroundings = useMemo(() => ({ connection, contract }), [connection, contract]);
  return html`<${SurroundingsContext.Provider} value=${surroundings}>
    ${route.view === "streams" && html`<${StreamsView} />`}
    ${route.view === "request" && html`<${RequestView} />`}
    ${route.view === "tools" && html`<${ToolsView} />`}
    ${route.view === "stream" && html`<${StreamView} key=${route.streamId} ...${route} />`}
  <//>`;
}
