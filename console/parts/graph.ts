import { useEffect, useMemo, useRef } from "preact/hooks";
import { type GraphEdge, layoutGraph, pathThrough } from "../graph-layout";
import { html } from "../html";
import type { StateProgress } from "../states";

export interface GraphState {
  readonly name: string;
  readonly progress: StateProgress;
  /** A few words below the name, such as the time in the state. */
  readonly detail?: string;
  readonly isSupporting?: boolean;
}

interface GraphProps {
  readonly states: readonly GraphState[];
  readonly edges: readonly GraphEdge[];
  readonly taken?: readonly { readonly from: string; readonly to: string }[];
  readonly label: string;
  /** Whether it is shown in its own size and scrolls, rather than fitted to the page. */
  readonly isLarge?: boolean;
}

const words: { readonly [progress in StateProgress]: readonly [shape: string, word: string] } = {
  done: ["✓", "done"],
  current: ["▸", "now"],
  failed: ["✕", "failed"],
  ahead: ["", "not reached"],
  unknown: ["?", "not told"],
};

/** Draws a workflow. Each state is one list item to a screen reader: its name, how far it is, and the time. */
export function Graph({ states, edges, taken = [], label, isLarge = false }: GraphProps) {
  const names = states.map(({ name }) => name).join(" ");
  const placed = useMemo(
    () => layoutGraph(names.split(" "), edges),
    // Edges change with the names alone, and where the definition arrives.
    [names, edges.length],
  );
  const box = useRef<HTMLDivElement>(null);
  const latest = taken.at(-1)?.to;
  // A large graph begins where the execution is.
  useEffect(() => {
    const node = placed.nodes.find(({ name }) => name === latest);
    if (isLarge && node)
      box.current?.scrollTo(node.x - box.current.clientWidth / 2, node.y - box.current.clientHeight / 2);
  }, [isLarge, placed, latest]);
  const byName = new Map(states.map((state) => [state.name, state]));
  const isTaken = (edge: GraphEdge) => taken.some(({ from, to }) => from === edge.from && to === edge.to);
  return html`<div ref=${box} class=${isLarge ? "graph large" : "graph"} ...${isLarge ? { tabindex: "0", role: "region", "aria-label": label } : {}}>
    <svg viewBox=${`0 0 ${placed.width} ${placed.height}`} width=${placed.width} height=${placed.height} role="list" aria-label=${label}>
      <defs>
        ${["line", "line taken", "line failure"].map(
          (kind) =>
            html`<marker id=${`arrow-${kind.replace(" ", "-")}`} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class=${kind.replace("line", "head")} d="M0,0.5 L8,4 L0,7.5 z" /></marker>`,
        )}
      </defs>
      <g aria-hidden="true">
        ${placed.edges.map((edge) => {
          const kind = isTaken(edge) ? "line taken" : edge.isFailure ? "line failure" : "line";
          return html`<path class=${kind} d=${pathThrough(edge.points)} marker-end=${`url(#arrow-${kind.replace(" ", "-")})`} />`;
        })}
      </g>
      ${placed.nodes.map(({ name, lines, x, y, width, height }) => {
        const { progress = "ahead", detail = "", isSupporting = false } = byName.get(name) ?? {};
        const [shape, word] = words[progress];
        const isCurrent = progress === "current";
        const kind = `state ${progress}${isSupporting ? " supporting" : ""}`;
        return html`<g class=${kind} role="listitem" aria-label=${`${name}: ${[word, detail].filter(Boolean).join(", ")}`} aria-current=${isCurrent ? "step" : undefined} data-state=${name}>
          <rect x=${x - width / 2} y=${y - height / 2} width=${width} height=${height} rx="6" />
          <text x=${x} y=${y - height / 2 + 6} text-anchor="middle" aria-hidden="true">
            ${lines.map((line) => html`<tspan x=${x} dy="15">${line}</tspan>`)}
            <tspan class="detail" x=${x} dy="15">${[shape, detail === "" ? (progress === "ahead" ? "" : word) : detail].filter(Boolean).join(" ")}</tspan>
          </text>
        </g>`;
      })}
    </svg>
  </div>`;
}
