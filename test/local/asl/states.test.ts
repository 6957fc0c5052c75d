import { expect } from "chai";
import type { JsonObject } from "../../../local/json";
import { Harness, lambda, run, single } from "./harness";

const fail = (state: JsonObject) => run(single(state));

describe("a Choice state", () => {
  const choice = {
    StartAt: "Pick",
    States: {
      Pick: {
        Type: "Choice",
        Choices: [
          { Condition: "{% $states.input.n > 10 %}", Output: "big", Next: "End" },
          { Condition: "{% $states.input.n > 5 %}", Assign: { picked: "middle" }, Next: "Show" },
        ],
        Default: "End",
        Output: "{% 'small ' & $states.input.n %}",
      },
      Show: { Type: "Pass", Output: "{% [$picked, $states.input] %}", Next: "End" },
      End: { Type: "Succeed" },
    },
  };

  it("follows the first rule that holds, with the rule's own Output and Assign", async () => {
    expect(await run(choice, { n: 11 })).to.equal("big");
    expect(await run(choice, { n: 6 })).to.deep.equal(["middle", { n: 6 }]);
  });

  it("follows the Default with the state's own Output", async () => {
    expect(await run(choice, { n: 1 })).to.equal("small 1");
  });

  it("fails with States.NoChoiceMatched when no rule holds and there is no Default", async () => {
    const { Default: _, ...Pick } = choice.States.Pick;
    const outcome = await run({ ...choice, States: { ...choice.States, Pick } }, { n: 1 });
    expect(outcome).to.include({ status: "FAILED", error: "States.NoChoiceMatched" });
  });

  it("fails when a Condition yields no boolean", async () => {
    const outcome = await run({
      StartAt: "Pick",
      States: {
        Pick: { Type: "Choice", Choices: [{ Condition: "{% 1 %}", Next: "End" }] },
        End: { Type: "Succeed" },
      },
    });
    expect(outcome).to.include({ error: "States.QueryEvaluationError" });
    expect((outcome as JsonObject).cause).to.include("Expected 'boolean', but was 'number' for value: 1");
  });
});

describe("a Fail state", () => {
  it("takes Error and Cause from expressions", async () => {
    expect(await fail({ Type: "Fail", Error: "{% 'My.' & 'Error' %}", Cause: "because" })).to.deep.equal({
      status: "FAILED",
      error: "My.Error",
      cause: "because",
    });
  });

  it("may leave both out", async () => {
    expect(await fail({ Type: "Fail" })).to.deep.equal({ status: "FAILED" });
  });
});

describe("a Wait state", () => {
  for (const [what, field] of [
    ["Seconds", { Seconds: 30 }],
    ["an expression for Seconds", { Seconds: "{% $states.input.half * 2 %}" }],
    ["a Timestamp", { Timestamp: "2026-01-02T03:04:35Z" }],
    ["an expression for a Timestamp", { Timestamp: "{% $states.input.at %}" }],
  ] as const) {
    it(`waits as ${what} says`, async () => {
      const harness = new Harness();
      await harness.start(single({ Type: "Wait", ...field }), { half: 15, at: "2026-01-02T04:04:35+01:00" });
      await harness.clock.advance({ seconds: 29 });
      expect((await harness.describe()).status).to.equal("RUNNING");
      await harness.clock.advance({ seconds: 1 });
      expect((await harness.describe()).status).to.equal("SUCCEEDED");
    });
  }

  it("does not wait for a moment in the past", async () => {
    expect(await run(single({ Type: "Wait", Timestamp: "2020-01-01T00:00:00Z" }), 1)).to.equal(1);
  });

  for (const Seconds of ["{% 1.5 %}", "{% -1 %}", "{% '1' %}"]) {
    it(`fails when Seconds is ${Seconds}`, async () => {
      expect(await run(single({ Type: "Wait", Seconds }))).to.include({
        error: "States.QueryEvaluationError",
      });
    });
  }
});

describe("a Parallel state", () => {
  const wait = (seconds: number, name: string): JsonObject => ({
    StartAt: name,
    States: { [name]: { Type: "Wait", Seconds: seconds, Output: name, End: true } },
  });

  it("hands its Arguments to every branch and lists their outputs in order", async () => {
    const harness = new Harness();
    const late = { StartAt: "Late", States: { Late: { Type: "Wait", Seconds: 5, End: true } } };
    const soon = { StartAt: "Soon", States: { Soon: { Type: "Pass", Output: "soon", End: true } } };
    await harness.start(
      single({
        Type: "Parallel",
        Arguments: { a: "{% $states.input.x %}" },
        Branches: [late, soon],
        Output: "{% { 'results': $states.result } %}",
      }),
      { x: 1 },
    );
    await harness.clock.advance({ seconds: 5 });
    expect(await harness.outcome()).to.deep.equal({ results: [{ a: 1 }, "soon"] });
    expect(await harness.eventTypes()).to.deep.equal([
      "1<0 ExecutionStarted",
      "2<0 ParallelStateEntered",
      "3<2 ParallelStateStarted",
      "4<3 WaitStateEntered",
      "5<3 PassStateEntered",
      "6<5 PassStateExited",
      "7<4 WaitStateExited",
      "8<7 ParallelStateSucceeded",
      "9<7 ParallelStateExited",
      "10<9 ExecutionSucceeded",
    ]);
  });

  it("stops the other branches when one fails, and its Catch sees that error", async () => {
    const harness = new Harness();
    const failing = {
      StartAt: "Pause",
      States: {
        Pause: { Type: "Wait", Seconds: 1, Next: "Break" },
        Break: { Type: "Fail", Error: "Broken", Cause: "why" },
      },
    };
    await harness.start({
      StartAt: "Fan",
      States: {
        Fan: {
          Type: "Parallel",
          Branches: [wait(100, "Long"), failing],
          Catch: [{ ErrorEquals: ["Broken"], Next: "Caught" }],
          End: true,
        },
        Caught: { Type: "Succeed" },
      },
    });
    await harness.clock.advance({ seconds: 1 });
    expect(await harness.outcome()).to.deep.equal({ Error: "Broken", Cause: "why" });
    expect((await harness.eventTypes()).slice(-7)).to.deep.equal([
      "7<6 FailStateEntered",
      "8<4 WaitStateAborted",
      "9<7 ParallelStateFailed",
      "10<9 ParallelStateExited",
      "11<10 SucceedStateEntered",
      "12<11 SucceedStateExited",
      "13<12 ExecutionSucceeded",
    ]);
    expect(harness.clock.pending().length).to.equal(0);
  });
});

describe("a Map state", () => {
  const processor = { StartAt: "Item", States: { Item: { Type: "Pass", End: true } } };

  it("runs its processor for every item and keeps their order", async () => {
    const output = await run(
      single({
        Type: "Map",
        Items: "{% $states.input.items %}",
        ItemSelector: {
          value: "{% $states.context.Map.Item.Value %}",
          index: "{% $states.context.Map.Item.Index %}",
          of: "{% $count($states.input.items) %}",
        },
        ItemProcessor: {
          ProcessorConfig: { Mode: "INLINE" },
          StartAt: "Item",
          States: {
            Item: {
              Type: "Pass",
              Output: "{% [$states.input, $states.context.Map.Item.Index] %}",
              End: true,
            },
          },
        },
      }),
      { items: ["a", "b"] },
    );
    expect(output).to.deep.equal([
      [{ value: "a", index: 0, of: 2 }, 0],
      [{ value: "b", index: 1, of: 2 }, 1],
    ]);
  });

  it("takes its input for Items when it has none, and an empty list", async () => {
    expect(await run(single({ Type: "Map", ItemProcessor: processor }), [1, 2])).to.deep.equal([1, 2]);
    expect(await run(single({ Type: "Map", ItemProcessor: processor }), [])).to.deep.equal([]);
  });

  it("fails when Items yields no list", async () => {
    const outcome = await run(single({ Type: "Map", Items: "{% 1 %}", ItemProcessor: processor }));
    expect(outcome).to.include({ error: "States.QueryEvaluationError" });
  });

  it("runs no more iterations at once than MaxConcurrency", async () => {
    let running = 0;
    let most = 0;
    await run(
      single({
        Type: "Map",
        MaxConcurrency: "{% 2 %}",
        ItemProcessor: { StartAt: "Call", States: { Call: { Type: "Task", Resource: lambda, End: true } } },
      }),
      [1, 2, 3, 4, 5],
      async () => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running -= 1;
        return {};
      },
    );
    expect(most).to.equal(2);
  });

  it("links its history as AWS does", async () => {
    const harness = new Harness();
    await harness.start(single({ Type: "Map", MaxConcurrency: 1, ItemProcessor: processor }), [1, 2]);
    expect(await harness.eventTypes()).to.deep.equal([
      "1<0 ExecutionStarted",
      "2<0 MapStateEntered",
      "3<2 MapStateStarted",
      "4<3 MapIterationStarted",
      "5<4 PassStateEntered",
      "6<5 PassStateExited",
      "7<6 MapIterationSucceeded",
      "8<6 MapIterationStarted",
      "9<8 PassStateEntered",
      "10<9 PassStateExited",
      "11<10 MapIterationSucceeded",
      "12<11 MapStateSucceeded",
      "13<11 MapStateExited",
      "14<13 ExecutionSucceeded",
    ]);
    const [, , started, iteration] = await harness.events();
    expect(started?.mapStateStartedEventDetails).to.deep.equal({ length: 2 });
    expect(iteration?.mapIterationStartedEventDetails).to.deep.equal({ name: "Only", index: 0 });
  });

  it("fails when one iteration fails", async () => {
    const harness = new Harness();
    const states = {
      Pick: {
        Type: "Choice",
        Choices: [{ Condition: "{% $states.input = 2 %}", Next: "Break" }],
        Default: "Pause",
      },
      Pause: { Type: "Wait", Seconds: 10, End: true },
      Break: { Type: "Fail", Error: "Two" },
    };
    await harness.start(single({ Type: "Map", ItemProcessor: { StartAt: "Pick", States: states } }), [1, 2]);
    expect(await harness.outcome()).to.deep.equal({ status: "FAILED", error: "Two" });
    const types = (await harness.events()).map(({ type }) => type);
    expect(types.slice(-5)).to.have.members([
      "MapIterationFailed",
      "WaitStateAborted",
      "MapIterationAborted",
      "MapStateFailed",
      "ExecutionFailed",
    ]);
    expect(harness.clock.pending().length).to.equal(0);
  });
});

describe("an execution", () => {
  it("fails with States.DataLimitExceeded beyond 256 KiB, counted in UTF-8", async () => {
    const sized = (characters: number) =>
      run(single({ Type: "Pass", Output: `{% $pad('', ${characters}, 'ü') %}` }));
    expect(await sized(131_071)).to.have.length(131_071);
    expect(await sized(131_072)).to.include({ error: "States.DataLimitExceeded" });
  });

  it("fails with States.Runtime at 25,000 history events", async () => {
    const harness = new Harness();
    await harness.start({
      StartAt: "A",
      States: {
        A: { Type: "Choice", Choices: [{ Condition: false, Next: "Done" }], Default: "B" },
        B: { Type: "Pass", Next: "A" },
        Done: { Type: "Succeed" },
      },
    });
    expect(await harness.outcome()).to.deep.equal({
      status: "FAILED",
      error: "States.Runtime",
      cause: "The execution reached the maximum number of history events (25000).",
    });
    const { events } = await harness.service.call("GetExecutionHistory", {
      executionArn: (await harness.describe()).executionArn as string,
      reverseOrder: true,
      maxResults: 1,
    });
    expect(events).to.have.nested.property("[0].id", 25_000);
  });

  it("ends TIMED_OUT after the state machine's TimeoutSeconds, past every Catch", async () => {
    const harness = new Harness(() => new Promise(() => undefined));
    await harness.start({
      TimeoutSeconds: 60,
      StartAt: "Call",
      States: {
        Call: {
          Type: "Task",
          Resource: lambda,
          Catch: [{ ErrorEquals: ["States.ALL"], Next: "Caught" }],
          End: true,
        },
        Caught: { Type: "Succeed" },
      },
    });
    await harness.clock.advance({ seconds: 59 });
    expect(harness.calls[0]?.signal.aborted).to.equal(false);
    await harness.clock.advance({ seconds: 1 });
    expect(await harness.outcome()).to.deep.equal({ status: "TIMED_OUT", error: "States.Timeout" });
    expect((await harness.eventTypes()).at(-1)).to.equal("5<0 ExecutionTimedOut");
    expect(harness.calls[0]?.signal.aborted).to.equal(true);
    expect(harness.clock.pending().length).to.equal(0);
  });
});
