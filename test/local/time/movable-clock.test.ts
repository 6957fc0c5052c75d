import { expect } from "chai";
import { Activity } from "../../../local/time/activity";
import { movableClock } from "../../../local/time/movable-clock";
import { SteppedClock } from "../../../testing/stepped-clock";

describe("a clock that runs and can be put forward", () => {
  const activity = new Activity();
  const settle = () => activity.settled();
  const start = Date.parse("2026-01-01T00:00:00Z");
  const clocks = () => {
    const base = new SteppedClock(start, settle);
    return { base, clock: movableClock(base, settle) };
  };

  it("runs with the one beneath it", async () => {
    const { base, clock } = clocks();
    await base.advance({ seconds: 5 });
    expect(clock.now()).to.equal(start + 5000);
  });

  it("ends each wait at its own moment, in order, when it is put forward", async () => {
    const { clock } = clocks();
    const ended: [string, number][] = [];
    const wait = (name: string, seconds: number) =>
      clock.wait(seconds * 1000).then(() => ended.push([name, (clock.now() - start) / 1000]));
    void wait("third", 60);
    void wait("first", 10).then(() => wait("second", 20));
    void wait("too late", 61);
    await clock.advance(60_000);
    expect(ended).to.deep.equal([
      ["first", 10],
      ["second", 30],
      ["third", 60],
    ]);
    expect(clock.now()).to.equal(start + 60_000);
  });

  it("ends a wait once: by the clock beneath, or by being put forward", async () => {
    const { base, clock } = clocks();
    let ended = 0;
    void clock.wait(10_000).then(() => {
      ended += 1;
    });
    await base.advance({ seconds: 10 });
    await clock.advance(10_000);
    expect(ended).to.equal(1);
    void clock.wait(10_000).then(() => {
      ended += 1;
    });
    await clock.advance(10_000);
    expect(base.pending()).to.deep.equal([]);
    await base.advance({ seconds: 30 });
    expect(ended).to.equal(2);
  });

  it("gives a wait up with its caller's signal", async () => {
    const { clock } = clocks();
    const giveUp = new AbortController();
    const waited = clock.wait(10_000, giveUp.signal).then(
      () => "ended",
      (reason: unknown) => reason,
    );
    giveUp.abort("no longer needed");
    expect(await waited).to.equal("no longer needed");
    await clock.advance(20_000);
    expect(clock.now()).to.equal(start + 20_000);
  });

  it("leaves functions the time beneath it", async () => {
    const { clock } = clocks();
    await clock.advance(60_000);
    expect(clock.working?.now()).to.equal(start);
  });
});
