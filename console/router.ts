import { useEffect, useState } from "preact/hooks";

/** The tabs of one stream. */
export const streamTabs = ["overview", "workflow", "messages", "calls", "playback"] as const;
export type StreamTab = (typeof streamTabs)[number];

export type Route =
  | { readonly view: "streams" | "request" | "tools" | "connect" }
  | { readonly view: "stream"; readonly streamId: string; readonly tab: StreamTab };

/** Reads the part of the address behind the number sign. What it does not know is the list. */
function readRoute(hash: string): Route {
  const [view = "", id = "", tab = ""] = hash.replace(/^#\/?/, "").split("/");
  if (view === "request" || view === "tools" || view === "connect") return { view };
  if (view === "streams" && id !== "") {
    const known = streamTabs.find((one) => one === tab) ?? "overview";
    return { view: "stream", streamId: decodeURIComponent(id), tab: known };
  }
  return { view: "streams" };
}

/** @returns the address of a stream. */
export function streamHref(streamId: string, tab: StreamTab = "overview"): string {
  const path = `#/streams/${encodeURIComponent(streamId)}`;
  return tab === "overview" ? path : `${path}/${tab}`;
}

/** The route in the address bar. On another view, the focus goes to its heading, as a new page's would. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => readRoute(location.hash));
  useEffect(() => {
    const onChange = () => setRoute(readRoute(location.hash));
    addEventListener("hashchange", onChange);
    return () => removeEventListener("hashchange", onChange);
  }, []);
  return route;
}
