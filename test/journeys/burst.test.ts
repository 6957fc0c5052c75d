import { expect } from "chai";
import { measureBurst } from "../../bench/streams";

describe("two hundred scheduled starts within one minute", () => {
  it("all come up, the slowest within two minutes of the median, and no request is answered 5xx", async () => {
    // A stream that does not come up ends the measurement with an error.
    const figures = new Map((await measureBurst()).map(({ what, figure }) => [what.split(": ")[1], figure]));
    expect(figures.get("the slowest after the median, s")).to.be.within(0, 120);
    expect(figures.get("answers 5xx")).to.equal(0);
  });
});
