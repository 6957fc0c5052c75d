import { expect } from "chai";
import { Activity } from "../../local/time/activity";
import { SteppedClock } from "../../testing/stepped-clock";
import { expectRejection } from "../local/support/expect-rejection";

const start = Date.parse("2026-01-01T00:00:00Z");

function aClock() {
  const activity = new Activity();
  return { activity, clock: new SteppedClock(start, () => activity.settled()) };
}

describe("a stepped clock", () => {
  it("stands still until it is advanced", async () => {
    const { activity, clock } = aClock();
    let isOver = false;
    void clock.wait(1).then(() => {
      isOver = true;
    });
    await activity.settled();
    expect([isOver, clock.now()]).to.deep.equal([false, start]);
    await clock.advance({ milliseconds: 1 });
    expect([isOver, clock.now()]).to.deep.equal([true, start + 1]);
  });

  it("ends waits in the order of their ends, each at its own time, those that begin meanwhile included", async () => {
    const { clock } = aClock();
    const ended: [string, number][] = [];
    const wait = async (name: string, seconds: number) => {
      await clock.wait(seconds * 1000);
      ended.push([name, (clock.now() - start) / 1000]);
    };
    void wait("late", 50);
    void wait("early", 10).then(() => wait("between", 20));
    void wait("beyond", 61);
    await clock.advance({ minutes: 1 });
    expect(ended).to.deep.equal([
      ["early", 10],
      ["between", 30],
      ["late", 50],
    ]);
    expect(clock.now()).to.equal(start + 60_000);
  });

  it("lets what a wait sets off come to rest before the next one ends, even where that leaves the process's own code", async () => {
    const { activity, clock } = aClock();
    const seen: string[] = [];
    void clock.wait(1000).then(() =>
      activity.during("a call", async () => {
        for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        seen.push(`the call is done at ${clock.now() - start}`);
      }),
    );
    void clock.wait(1001).then(() => seen.push("the next one ends"));
    await clock.advance({ seconds: 2 });
    expect(seen).to.deep.equal(["the call is done at 1000", "the next one ends"]);
  });

  it("advances one after the other when it is told twice at once", async () => {
    const { clock } = aClock();
    await Promise.all([clock.advance({ hours: 1 }), clock.advance({ days: 1, seconds: 1 })]);
    expect(clock.now() - start).to.equal(25 * 3_600_000 + 1000);
  });

  it("advances until something is there: from wait to wait, and no further", async () => {
    const { clock } = aClock();
    let ended = 0;
    for (const seconds of [10, 20, 30]) void clock.wait(seconds * 1000).then(() => (ended += 1));
    expect(await clock.advanceUntil("two waits to end", () => (ended === 2 ? "two" : undefined))).to.equal(
      "two",
    );
    expect(clock.now() - start).to.equal(20_000);
    await clock.advanceUntil("two waits to end", () => ended === 2 || undefined);
    expect(clock.now() - start, "it was there already").to.equal(20_000);
  });

  it("does not add up what several advance for at once until something is there", async () => {
    const { clock } = aClock();
    let ended = 0;
    for (const seconds of [10, 60]) void clock.wait(seconds * 1000).then(() => (ended += 1));
    const isOver = () => ended === 1 || undefined;
    await Promise.all([clock.advanceUntil("one", isOver), clock.advanceUntil("one", isOver)]);
    expect(clock.now() - start).to.equal(10_000);
  });

  it("fails when nothing waits for time to pass, or nothing in the span, and says what is pending", async () => {
    const { clock } = aClock();
    const nothing = await expectRejection(clock.advanceUntil("rain", () => undefined));
    expect(nothing.message).to.include("Waited for rain until 2026-01-01T01:00:00.000Z, but nothing waits");
    void clock.wait(3_600_001, undefined, "the ark");
    const late = await expectRejection(clock.advanceUntil("rain", () => undefined));
    expect(late.message).to.include("Pending:\n  - the ark, until 2026-01-01T01:00:00.001Z");
    expect(clock.now()).to.equal(start);
  });

  it("names what is pending, the next one first", () => {
    const { clock } = aClock();
    void clock.wait(5000, undefined, "the second");
    void clock.wait(1000, undefined, "the first");
    expect(clock.pending()).to.deep.equal([
      "the first, until 2026-01-01T00:00:01.000Z",
      "the second, until 2026-01-01T00:00:05.000Z",
    ]);
  });

  it("ends a wait that is aborted with the signal's reason", async () => {
    const { clock } = aClock();
    const abort = new AbortController();
    const waiting = expectRejection(clock.wait(1000, abort.signal));
    abort.abort(new Error("enough"));
    expect((await waiting).message).to.equal("enough");
    expect(clock.pending()).to.deep.equal([]);
  });

  for (const wrong of [{}, { minutes: -1 }, { fortnights: 1 }, { seconds: Number.NaN }]) {
    it(`refuses ${JSON.stringify(wrong)} as a duration`, () => {
      const { clock } = aClock();
      expect(() => clock.advance(wrong)).to.throw(RangeError, "uration");
    });
  }
});
