import { expect } from "chai";
import { planMatrix, representativeShare } from "./plan";
import { lineOf } from "./report";
import { runCases } from "./run";

describe("the fault matrix", () => {
  it("finds every guarantee kept wherever one thing goes wrong; 'npm run matrix' runs all of it", async () => {
    const share = representativeShare(await planMatrix());
    expect(share.length).to.be.greaterThan(80);
    const results = await runCases(share);
    expect(results.filter(({ findings }) => findings.length > 0).map(lineOf)).to.deep.equal([]);
  });
});
