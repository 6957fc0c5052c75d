import { expect } from "chai";
import { judge, lineOf, summaryOf } from "./report";
import type { MutantResult } from "./run";

const killed: MutantResult = {
  id: "M.Write: condition a = :a",
  killedBy: "failed: It hangs.\nTwice.",
  trials: 3,
};
const refused: MutantResult = {
  id: "M.Write: assignment of $a",
  killedBy: "CreateStateMachine: no $a",
  trials: 0,
};
const survivor: MutantResult = { id: "M.Write: retrier of A", trials: 9 };
const unmet: MutantResult = { id: "M.Read: catch of B", trials: 0 };
const results = [killed, refused, survivor, unmet];

describe("the report of the mutants", () => {
  it("asks for a reason for each survivor", () => {
    const verdict = judge(results, [{ reason: "The sweep repairs it.", mutants: [survivor.id] }], true);
    expect(verdict).to.deep.equal({ unexplained: [unmet.id], stale: [] });
  });

  it("finds reasons for mutants that were found, or that are gone", () => {
    const reasons = [
      { reason: "No reason.", mutants: [killed.id, survivor.id, unmet.id, "M.Gone: catch of C"] },
    ];
    expect(judge(results, reasons, true).stale).to.deep.equal([killed.id, "M.Gone: catch of C"]);
    // A part of the mutants does not tell which are gone.
    expect(judge(results, reasons, false).stale).to.deep.equal([killed.id]);
  });

  it("says in a line what found a mutant", () => {
    expect(results.map(lineOf)).to.deep.equal([
      "killed   M.Write: condition a = :a (3 trials: failed: It hangs.)",
      "killed   M.Write: assignment of $a (0 trials: CreateStateMachine: no $a)",
      "SURVIVES M.Write: retrier of A (9 trials)",
      "SURVIVES M.Read: catch of B (no trial comes by)",
    ]);
  });

  it("counts", () => {
    expect(summaryOf(results, judge(results, [], true))).to.equal(
      "4 mutants: 2 found (1 of them refused by CreateStateMachine), 2 survive (1 of them met by no trial), 2 of these without a reason; 0 reasons are stale.",
    );
  });
});
