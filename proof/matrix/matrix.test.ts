import { expect } from "chai";
import { planMatrix, representativeShare } from "./plan";
import { lineOf } from "./report";
import { runCases } from "./run";
import { Worlds } from "./worlds";

describe("the fault matrix", () => {
  it("finds every guarantee kept wherever one thing goes wrong; 'npm run matrix' runs all of it", async () => {
    const worlds = new Worlds();
    const share = representativeShare(await planMatrix({ worlds }));
    expect(share.length).to.be.greaterThan(80);
    const results = await runCases(share, { worlds });
    expect(results.filter(({ findings }) => findings.length > 0).map(lineOf)).to.deep.equal([]);
  });
});
