import { expect } from "chai";
import { readSpeed, UsageError } from "../../../cli/cli";
import { fastClock } from "../../../local/time/clock";

describe("a fast clock", () => {
  it("lets an hour pass in a few milliseconds", async () => {
    const clock = fastClock(1_000_000);
    const start = clock.now();
    await clock.wait(3_600_000);
    expect(clock.now() - start).to.be.at.least(3_600_000);
  });

  it("starts at the present", () => {
    const before = Date.now();
    const now = fastClock(1).now();
    expect(now).to.be.within(before, Date.now() + 1);
  });
});

describe("--speed", () => {
  it("takes numbers above 0, up to 1000", () => {
    expect(["1", "60", "0.5", "1000"].map((text) => readSpeed("--speed", text))).to.deep.equal([
      1, 60, 0.5, 1000,
    ]);
  });

  for (const text of ["0", "-1", "fast", "1001", "", "1e3", "Infinity"]) {
    it(`refuses '${text}'`, () => {
      expect(() => readSpeed("--speed", text)).to.throw(UsageError, `received '${text}'`);
    });
  }
});
