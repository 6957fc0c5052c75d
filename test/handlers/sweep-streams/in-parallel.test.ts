import { expect } from "chai";
import { inParallel } from "../../../handlers/sweep-streams/in-parallel";

describe("inParallel", () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it("works on every item once, and on so many at once", async () => {
    const done: number[] = [];
    let atOnce = 0;
    let most = 0;
    await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      most = Math.max(most, ++atOnce);
      await turn();
      atOnce -= 1;
      done.push(item);
    });
    expect(done.sort()).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    expect(most).to.equal(3);
  });

  it("fails once nothing is under way any more", async () => {
    const done: number[] = [];
    const work = async (item: number) => {
      if (item === 1) throw new Error("the first");
      await turn();
      done.push(item);
    };
    const outcome = await inParallel([1, 2, 3], 2, work).then(() => "done", String);
    expect(outcome).to.equal("Error: the first");
    expect(done).to.deep.equal([2, 3]);
  });

  it("has nothing to do without items", async () => {
    await inParallel([], 3, () => Promise.reject(new Error("There is no item.")));
  });
});
