import { expect } from "chai";
import fc from "fast-check";
import type { HistoryEvent } from "../../../local/asl/history";
import { HistoryPage } from "../../../local/asl/history-page";
import { readShared, shareText } from "../../../local/asl/shared-texts";

/** Different everywhere, and the same in each run. */
const text = (length: number) =>
  Array.from({ length: Math.ceil(length / 8) }, (_, index) =>
    Math.imul(index + 1, 0x9e3779b1).toString(36),
  ).join(",");

describe("a large text in a history", () => {
  it("reads as it was, whatever is in it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 4000, size: "max" }), (any) => {
        expect(readShared(shareText(any))).to.equal(any);
      }),
      { numRuns: 10 },
    );
  });

  it("reads as it was where half of a surrogate pair is in it, whatever other half was there before", () => {
    for (const half of ["\ud800", "\ud801", "\udc00"]) {
      const cut = `${text(10_000)}${half}${text(10_000)}`;
      expect(readShared(shareText(cut)) === cut).to.equal(true);
    }
  });

  it("shares all but a few pieces with one that has an entry more in its midst", () => {
    const original = text(200_000);
    const middle = original.length / 2;
    const changed = `${original.slice(0, middle)}{"Id":"another entry"}${original.slice(middle)}`;
    const [first, second] = [shareText(original), shareText(changed)];
    const known = new Set(first.pieces);
    const own = second.pieces.filter((piece) => !known.has(piece));
    expect(first.pieces.length).to.be.greaterThan(20);
    expect(own.length).to.be.at.most(3);
  });
});

describe("events at rest", () => {
  it("read as they were, with their large texts", () => {
    const events: HistoryEvent[] = [1, 2, 3].map((id) => ({
      ...{ id, previousEventId: id - 1, timestamp: 1767225600.25, type: "TaskSucceeded" },
      taskSucceededEventDetails: {
        resource: "getDistributionConfig",
        output: JSON.stringify({ id, text: text(20_000) }),
        outputDetails: { truncated: false },
      },
    }));
    const copy = structuredClone(events);
    const page = new HistoryPage(events);
    expect(page.events).to.deep.equal(copy);
    expect(Object.keys(page.events[0]?.taskSucceededEventDetails as object)).to.deep.equal([
      "resource",
      "output",
      "outputDetails",
    ]);
  });

  it("share large texts wherever they stand, in the variables of a state as well", () => {
    const { packed } = new HistoryPage([exited("a", text(100_000))]) as unknown as { packed: Uint8Array };
    expect(packed.length).to.be.below(200);
    const events = [exited("b", text(100_000))];
    const copy = structuredClone(events);
    expect(new HistoryPage(events).events).to.deep.equal(copy);
  });
});

const exited = (name: string, variable: string): HistoryEvent => ({
  ...{ id: 1, previousEventId: 0, timestamp: 1767225600.25, type: "TaskStateExited" },
  stateExitedEventDetails: {
    name,
    output: "{}",
    assignedVariables: { short: "1", configuration: variable },
    assignedVariablesDetails: { truncated: false },
  },
});
