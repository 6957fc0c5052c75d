import { graphlib, layout } from "@dagrejs/dagre";
import { twoLines } from "./format";

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly isFailure: boolean;
}

export interface PlacedNode {
  readonly name: string;
  /** Its name in lines that fit. */
  readonly lines: readonly string[];
  /** The middle of the box. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge extends GraphEdge {
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface PlacedGraph {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Pixels that a character of a node's name takes, and the space around it. */
const characterWidth = 6.9;
const padding = 26;
const lineHeight = 15;

/** Places the states of a workflow from top to bottom. Edges to a state that is not among them are left out. */
export function layoutGraph(names: readonly string[], edges: readonly GraphEdge[]): PlacedGraph {
  const graph = new graphlib.Graph({ multigraph: false });
  graph.setGraph({ rankdir: "TB", nodesep: 18, edgesep: 8, ranksep: 26, marginx: 4, marginy: 4 });
  graph.setDefaultEdgeLabel(() => ({}));
  const lines = new Map(names.map((name) => [name, twoLines(name)]));
  for (const [name, text] of lines) {
    const width = Math.max(...text.map(({ length }) => length)) * characterWidth + padding;
    // The second line below the name is for the time in the state.
    graph.setNode(name, { width, height: (text.length + 1) * lineHeight + 10 });
  }
  const drawn = edges.filter(({ from, to }) => lines.has(from) && lines.has(to) && from !== to);
  for (const { from, to, isFailure } of drawn) graph.setEdge(from, to, { weight: isFailure ? 1 : 8 });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    nodes: names.map((name) => {
      const { x = 0, y = 0, width: w = 0, height: h = 0 } = graph.node(name) as Partial<PlacedNode>;
      return { name, lines: lines.get(name) ?? [name], x, y, width: w, height: h };
    }),
    edges: drawn.map((edge) => ({
      ...edge,
      points: (graph.edge(edge.from, edge.to) as { points?: { x: number; y: number }[] }).points ?? [],
    })),
  };
}

/** @returns a smooth line through points, as the `d` of an SVG path. */
export function pathThrough(points: PlacedEdge["points"]): string {
  const [first, ...rest] = points.map(
    ({ x, y }) => [Math.round(x * 10) / 10, Math.round(y * 10) / 10] as const,
  );
  if (!first) return "";
  const middles = rest.slice(0, -1).map(([x, y], index) => {
    const [nextX, nextY] = rest[index + 1] ?? [x, y];
    return `Q${x},${y} ${(x + nextX) / 2},${(y + nextY) / 2}`;
  });
  const last = rest.at(-1);
  return [`M${first[0]},${first[1]}`, ...middles, ...(last ? [`L${last[0]},${last[1]}`] : [])].join(" ");
}
