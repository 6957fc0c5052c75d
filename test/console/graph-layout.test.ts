import { expect } from "chai";
import { layoutGraph, pathThrough } from "../../console/graph-layout";
import { streamLifecycleOrchestrator } from "../../contracts";

const names = streamLifecycleOrchestrator.states.map(({ name }) => name);
const edges = streamLifecycleOrchestrator.states.flatMap((state) =>
  Object.entries("transitions" in state ? state.transitions : {}).map(([outcome, to]) => ({
    ...{ from: state.name, to, isFailure: outcome !== "success" && outcome !== "ready" },
  })),
);

describe("the layout of the workflow", () => {
  const placed = layoutGraph(names, edges);

  it("puts each state below the one before it, and none over another", () => {
    const y = new Map(placed.nodes.map((node) => [node.name, node.y]));
    for (const { from, to, isFailure } of edges) {
      if (!isFailure) expect(y.get(to), `${from} to ${to}`).to.be.above(y.get(from) ?? 0);
    }
    for (const one of placed.nodes) {
      for (const other of placed.nodes) {
        const isApart =
          one === other ||
          Math.abs(one.x - other.x) >= (one.width + other.width) / 2 ||
          Math.abs(one.y - other.y) >= (one.height + other.height) / 2;
        expect(isApart, `${one.name} over ${other.name}`).to.equal(true);
      }
    }
  });

  it("fits a narrow page", () => {
    expect(placed.width).to.be.below(480);
    for (const { x, y, width, height } of placed.nodes) {
      expect([x - width / 2 >= 0, x + width / 2 <= placed.width]).to.deep.equal([true, true]);
      expect([y - height / 2 >= 0, y + height / 2 <= placed.height]).to.deep.equal([true, true]);
    }
  });

  it("draws each edge between states that are there, and none else", () => {
    const found = layoutGraph(
      ["A", "B"],
      [
        { from: "A", to: "B", isFailure: false },
        { from: "A", to: "Gone", isFailure: true },
        { from: "B", to: "B", isFailure: false },
      ],
    );
    expect(found.edges.map(({ from, to }) => `${from} ${to}`)).to.deep.equal(["A B"]);
    expect(found.edges[0]?.points.length).to.be.above(1);
  });

  it("draws a smooth line that begins and ends where its points do", () => {
    const points = [
      { x: 0, y: 0 },
      { x: 5.04, y: 10 },
      { x: 10, y: 20 },
    ];
    expect(pathThrough(points)).to.equal("M0,0 Q5,10 7.5,15 L10,20");
    expect(pathThrough([])).to.equal("");
  });
});
