import { expect } from "chai";
import type { Json } from "../../../local/json";
import { Functions } from "../../../local/lambda/functions";
import { SteppedClock, settled } from "../../support/stepped-clock";
import { graphOfFunction } from "../support/graphs";

const now = Date.parse("2031-02-03T04:05:06.789Z");

/** Starts a function of a text on a clock that stands still. */
function invoke(source: string) {
  const clock = new SteppedClock(now);
  const log: string[] = [];
  const functions = new Functions(graphOfFunction(source, { timeout: 900 }), {
    clock,
    environmentOf: () => ({}),
    sendToDestination: async () => undefined,
    onLog: (_name, line) => log.push(line),
  });
  return { clock, log, result: functions.invoke("greeter", {}) as Promise<{ payload: Json }> };
}

describe("the time of a function", () => {
  it("is the clock's, however the function asks for it", async () => {
    const { result } = invoke(
      "exports.handler = () => [new Date().toISOString(), Date.now(), new Date(Date()).getFullYear(), new Date(0).toISOString()];",
    );
    expect((await result).payload).to.deep.equal([
      "2031-02-03T04:05:06.789Z",
      now,
      2031,
      "1970-01-01T00:00:00.000Z",
    ]);
  });

  it("makes plain dates: those of modules are instances of it, and classes may extend it", async () => {
    const source = `class Day extends Date { get name() { return "day"; } }
      exports.handler = () => [structuredClone(new Date()) instanceof Date, new Day().name, new Day().getTime(), new Day(5).getTime()];`;
    expect((await invoke(source).result).payload).to.deep.equal([true, "day", now, 5]);
  });

  for (const [name, wait] of [
    ["setTimeout", "new Promise((resolve) => setTimeout(resolve, 60_000))"],
    ["timers/promises", "require('node:timers/promises').setTimeout(60_000)"],
    ["timers", "new Promise((resolve) => require('timers').setTimeout(resolve, 60_000))"],
  ]) {
    it(`passes for ${name} when it passes for the clock`, async () => {
      const { clock, result } = invoke(
        `exports.handler = async () => { await ${wait}; return Date.now(); };`,
      );
      let isDone = false;
      void result.then(() => {
        isDone = true;
      });
      await clock.advance({ seconds: 59 });
      expect(isDone).to.equal(false);
      await clock.advance({ seconds: 1 });
      expect((await result).payload).to.equal(now + 60_000);
    });
  }

  it("passes for intervals, until they are cleared, and not for timers that are", async () => {
    const { clock, log, result } = invoke(`exports.handler = () => new Promise((resolve) => {
      clearTimeout(setTimeout(() => console.log("never"), 1));
      let count = 0;
      const timer = setInterval(() => { count += 1; if (count === 3) { clearInterval(timer); resolve(count); } }, 1000);
    });`);
    await clock.advance({ seconds: 10 });
    expect((await result).payload).to.equal(3);
    expect(log).to.deep.equal([]);
  });

  it("leaves a function names of its own for what it is given", async () => {
    const { result } = invoke(
      "const Date = 1, fetch = 2, process = 3; exports.handler = () => [Date, fetch, process];",
    );
    expect((await result).payload).to.deep.equal([1, 2, 3]);
  });

  it("logs what the callback of a timer throws", async () => {
    const { clock, log } = invoke(
      "exports.handler = () => { setTimeout(() => { throw new Error('too late'); }, 1); };",
    );
    await clock.advance({ seconds: 1 });
    await settled();
    expect(log.join()).to.include("Uncaught Exception: Error: too late");
  });
});
