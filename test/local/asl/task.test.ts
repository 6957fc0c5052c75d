import { expect } from "chai";
import { TaskFailure } from "../../../local/asl/errors";
import type { TaskRunner } from "../../../local/asl/task-runner";
import type { Json, JsonObject } from "../../../local/json";
import type { Clock } from "../../../local/time/clock";
import { SteppedClock, settled } from "../../support/stepped-clock";
import { callbackTask, Harness, lambda, run, single, unhandledRejections } from "./harness";

const task = (fields: JsonObject = {}): JsonObject => ({
  StartAt: "Call",
  States: {
    Call: { Type: "Task", Resource: lambda, End: true, ...fields },
    ...(fields.Catch === undefined ? {} : { Caught: { Type: "Succeed" } }),
  },
});
const caught = (...ErrorEquals: string[]) => ({ Catch: [{ ErrorEquals, Next: "Caught" }] });
const failing =
  (error: string, cause = "cause"): TaskRunner =>
  () =>
    Promise.reject(new TaskFailure(error, cause));

describe("a Task state", () => {
  it("sends its evaluated Arguments and hands on the result", async () => {
    const harness = new Harness(async () => ({ ok: true }));
    await harness.start(
      task({
        ...caught("X"),
        Arguments: { id: "{% $states.input.id %}" },
        Output: "{% $states.result.ok %}",
      }),
      { id: 7 },
    );
    expect(await harness.outcome()).to.equal(true);
    const [call] = harness.calls;
    expect(call).to.deep.include({ resource: lambda, arguments: { id: 7 }, stateName: "Call" });
    expect(call).not.to.have.property("taskToken");
    const events = await harness.events();
    expect(events.map(({ type }) => type)).to.deep.equal([
      "ExecutionStarted",
      "TaskStateEntered",
      "TaskScheduled",
      "TaskStarted",
      "TaskSucceeded",
      "TaskStateExited",
      "ExecutionSucceeded",
    ]);
    expect(events[2]?.taskScheduledEventDetails).to.deep.equal({
      resourceType: "lambda",
      resource: "invoke",
      region: "eu-west-1",
      parameters: '{"id":7}',
    });
    expect(events[4]?.taskSucceededEventDetails).to.deep.equal({
      resourceType: "lambda",
      resource: "invoke",
      output: '{"ok":true}',
      outputDetails: { truncated: false },
    });
  });

  it("sends its input when it has no Arguments", async () => {
    const harness = new Harness();
    await harness.start(single({ Type: "Task", Resource: lambda }), { a: 1 });
    expect(harness.calls[0]?.arguments).to.deep.equal({ a: 1 });
  });

  it("is not affected by what the runner does to arguments and results later", async () => {
    const shared: JsonObject = { n: 1 };
    const harness: Harness = new Harness(async (call) => {
      (call.arguments as JsonObject).n = "changed";
      shared.calls = harness.calls.length;
      return shared;
    });
    await harness.start({
      StartAt: "First",
      States: {
        First: { Type: "Task", Resource: lambda, Next: "Second" },
        Second: { Type: "Task", Resource: lambda, Output: "{% $states.input %}", End: true },
      },
    });
    expect(await harness.outcome()).to.deep.equal({ n: 1, calls: 1 });
  });

  it("fails with the service's error and cause", async () => {
    const harness = new Harness(failing("Lambda.TooManyRequestsException"));
    await harness.start(single({ Type: "Task", Resource: lambda }));
    expect(await harness.outcome()).to.deep.equal({
      status: "FAILED",
      error: "Lambda.TooManyRequestsException",
      cause: "cause",
    });
    expect((await harness.eventTypes()).slice(-2)).to.deep.equal(["5<4 TaskFailed", "6<5 ExecutionFailed"]);
  });

  it("ends with States.Runtime, past all Retry and Catch, when the runtime itself fails", async () => {
    const outcome = await run(
      task({ Retry: [{ ErrorEquals: ["States.ALL"] }], ...caught("States.ALL") }),
      {},
      async () => {
        throw new Error("no integration arn:aws:states:::x:y");
      },
    );
    expect(outcome).to.deep.equal({
      status: "FAILED",
      error: "States.Runtime",
      cause: "no integration arn:aws:states:::x:y",
    });
  });

  it("times out with States.Timeout, and the call's signal fires", async () => {
    const harness = new Harness(() => new Promise(() => undefined));
    await harness.start(task({ TimeoutSeconds: "{% $states.input.t %}", ...caught("States.Timeout") }), {
      t: 5,
    });
    await harness.clock.advance({ seconds: 4 });
    expect(harness.calls[0]?.signal.aborted).to.equal(false);
    await harness.clock.advance({ seconds: 1 });
    expect(await harness.outcome()).to.deep.equal({ Error: "States.Timeout" });
    expect(harness.calls[0]?.signal.aborted).to.equal(true);
    expect((await harness.eventTypes())[4]).to.equal("5<4 TaskTimedOut");
    expect(harness.clock.pending().length).to.equal(0);
  });

  it("has its real time on a faster clock, where a callback's timeout is faster as well", async () => {
    const working = new SteppedClock();
    const fast = new SteppedClock();
    const clock: Clock = {
      now: () => fast.now(),
      wait: (...span) => fast.wait(...span),
      working,
    };
    const call = new Harness(() => new Promise(() => undefined), { clock });
    await call.start(task({ TimeoutSeconds: 5, ...caught("States.Timeout") }));
    await fast.advance({ hours: 1 });
    expect((await call.describe()).status).to.equal("RUNNING");
    await working.advance({ seconds: 5 });
    expect(await call.outcome()).to.deep.equal({ Error: "States.Timeout" });

    const callback = new Harness(undefined, { clock });
    await callback.start(task({ Resource: callbackTask, TimeoutSeconds: 900, ...caught("States.Timeout") }));
    await fast.advance({ minutes: 15 });
    expect(await callback.outcome()).to.deep.equal({ Error: "States.Timeout" });
  });

  it("leaves no timer and no fired signal behind when it succeeds in time", async () => {
    const harness = new Harness();
    await harness.start(single({ Type: "Task", Resource: lambda, TimeoutSeconds: 60, HeartbeatSeconds: 5 }));
    expect(await harness.outcome()).to.deep.equal({});
    expect(harness.clock.pending().length).to.equal(0);
    expect(harness.calls[0]?.signal.aborted).to.equal(false);
  });
});

describe("Catch", () => {
  const catching = (error: string, names: string[], runner = failing(error)) =>
    run(task(caught(...names)), {}, runner);

  it("makes { Error, Cause } the output when it has none", async () => {
    expect(await catching("My.Error", ["My.Error"])).to.deep.equal({ Error: "My.Error", Cause: "cause" });
  });

  it("uses its own Output and Assign, and skips the state's", async () => {
    const output = await run(
      {
        StartAt: "Call",
        States: {
          Call: {
            Type: "Task",
            Resource: lambda,
            Assign: { by: "state" },
            Output: "state",
            Catch: [
              {
                ErrorEquals: ["States.ALL"],
                Assign: { why: "{% $states.errorOutput.Cause %}" },
                Output: "{% $merge([$states.input, { 'error': $states.errorOutput.Error }]) %}",
                Next: "Show",
              },
            ],
            End: true,
          },
          Show: { Type: "Pass", Output: "{% [$states.input, $why, $exists($by)] %}", End: true },
        },
      },
      { a: 1 },
      failing("My.Error", "bad luck"),
    );
    expect(output).to.deep.equal([{ a: 1, error: "My.Error" }, "bad luck", false]);
  });

  it("catches a failed evaluation of the state's Output", async () => {
    const outcome = await run(
      task({ Output: "{% $states.result.no %}", ...caught("States.QueryEvaluationError") }),
    );
    expect(outcome).to.include({ Error: "States.QueryEvaluationError" });
  });

  const matching: [string, string, boolean][] = [
    ["States.ALL", "Any.Error", true],
    ["States.ALL", "States.Timeout", true],
    ["States.ALL", "States.DataLimitExceeded", false],
    ["States.DataLimitExceeded", "States.DataLimitExceeded", true],
    ["States.ALL", "States.Runtime", false],
    ["States.Runtime", "States.Runtime", false],
    ["States.TaskFailed", "Any.Error", true],
    ["States.TaskFailed", "States.Timeout", false],
    ["States.Timeout", "States.HeartbeatTimeout", true],
    ["Any.Error", "Any.Error", true],
    ["Any.Error", "Any.ErrorElse", false],
  ];
  for (const [name, error, caughtIt] of matching) {
    it(`${caughtIt ? "matches" : "does not match"} ${error} by ${name}`, async () => {
      const outcome = (await catching(error, [name])) as JsonObject;
      expect(outcome).to.include(caughtIt ? { Error: error } : { status: "FAILED", error });
    });
  }
});

describe("Retry", () => {
  /** The seconds after the start at which the task was called. */
  const callTimes = async (Retry: Json, random = 0.5, error = "E") => {
    const times: number[] = [];
    const harness: Harness = new Harness(
      (call) => {
        times.push((harness.clock.now() - start) / 1000);
        return failing(error)(call);
      },
      { random: () => random },
    );
    const start = harness.clock.now();
    await harness.start(task({ Retry }));
    await harness.clock.advance({ seconds: 1000 });
    return { times, outcome: await harness.outcome() };
  };

  it("waits 1, 2 and 4 seconds by default, and then fails", async () => {
    const { times, outcome } = await callTimes([{ ErrorEquals: ["E"] }]);
    expect(times).to.deep.equal([0, 1, 3, 7]);
    expect(outcome).to.include({ status: "FAILED", error: "E" });
  });

  it("follows IntervalSeconds, BackoffRate, MaxAttempts and MaxDelaySeconds", async () => {
    const retrier = { IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 4, MaxDelaySeconds: 10 };
    const { times } = await callTimes([{ ErrorEquals: ["States.ALL"], ...retrier }]);
    expect(times).to.deep.equal([0, 2, 8, 18, 28]);
  });

  it("spreads the delay by chance with JitterStrategy FULL", async () => {
    const { times } = await callTimes([{ ErrorEquals: ["E"], JitterStrategy: "FULL" }], 0.25);
    expect(times).to.deep.equal([0, 0.25, 0.75, 1.75]);
  });

  it("does not retry with MaxAttempts 0, even when a later retrier would", async () => {
    const { times } = await callTimes([
      { ErrorEquals: ["E"], MaxAttempts: 0 },
      { ErrorEquals: ["States.ALL"] },
    ]);
    expect(times).to.deep.equal([0]);
  });

  it("counts each retrier's attempts by themselves and shows the sum as RetryCount", async () => {
    const errors = ["A", "B", "A"];
    const harness = new Harness(async (call) => {
      const error = errors.shift();
      if (error) throw new TaskFailure(error);
      return call.arguments;
    });
    await harness.start(
      task({
        Arguments: "{% $states.context.State.RetryCount %}",
        Retry: [
          { ErrorEquals: ["A"], MaxAttempts: 2 },
          { ErrorEquals: ["B"], MaxAttempts: 1 },
        ],
      }),
    );
    await harness.clock.advance({ seconds: 1 + 1 + 2 });
    expect(await harness.outcome()).to.equal(3);
  });

  it("goes before Catch", async () => {
    let calls = 0;
    const harness = new Harness(async () => {
      calls += 1;
      throw new TaskFailure("E");
    });
    await harness.start(task({ Retry: [{ ErrorEquals: ["E"], MaxAttempts: 1 }], ...caught("E") }));
    await harness.clock.advance({ seconds: 1 });
    expect(calls).to.equal(2);
    expect(await harness.outcome()).to.deep.equal({ Error: "E" });
  });
});

describe("a Task state with .waitForTaskToken", () => {
  const waiting = (fields: JsonObject = {}) =>
    task({
      Resource: callbackTask,
      Arguments: { token: "{% $states.context.Task.Token %}" },
      Output: "{% $states.result %}",
      ...caught("States.ALL"),
      ...fields,
    });
  const token = (harness: Harness) => String(harness.calls.at(-1)?.taskToken);
  const send = (harness: Harness, action: string, members: JsonObject) =>
    harness.service.call(action, { taskToken: token(harness), ...members });

  it("drops the call's result and hands on what SendTaskSuccess sends", async () => {
    const harness = new Harness(async () => ({ dropped: true }));
    await harness.start(waiting());
    expect((await harness.describe()).status).to.equal("RUNNING");
    expect(harness.calls[0]?.arguments).to.deep.equal({ token: token(harness) });
    await send(harness, "SendTaskSuccess", { output: '{"status":"READY"}' });
    await settled();
    expect(await harness.outcome()).to.deep.equal({ status: "READY" });
    const events = await harness.events();
    expect(events.slice(2, 6).map(({ type }) => type)).to.deep.equal([
      "TaskScheduled",
      "TaskStarted",
      "TaskSubmitted",
      "TaskSucceeded",
    ]);
    expect(events[2]?.taskScheduledEventDetails).to.include({
      resourceType: "aws-sdk:dynamodb",
      resource: "updateItem.waitForTaskToken",
    });
    expect(events[4]?.taskSubmittedEventDetails).to.include({ output: '{"dropped":true}' });
  });

  it("fails with what SendTaskFailure sends", async () => {
    const harness = new Harness();
    await harness.start(waiting());
    await send(harness, "SendTaskFailure", { error: "Stream.Failed", cause: "no signal" });
    await settled();
    expect(await harness.outcome()).to.deep.equal({ Error: "Stream.Failed", Cause: "no signal" });
  });

  for (const [action, members, expected] of [
    ["SendTaskSuccess", { output: "1" }, 1],
    ["SendTaskFailure", { error: "Early" }, { Error: "Early" }],
  ] as const) {
    it(`does not lose a ${action} that comes while the call is still in flight`, async () => {
      let answer: (result: Json) => void = () => undefined;
      const harness = new Harness(
        () =>
          new Promise((resolve) => {
            answer = resolve;
          }),
      );
      await harness.start(waiting());
      const unhandled = await unhandledRejections(async () => {
        await send(harness, action, members);
      });
      expect(unhandled).to.deep.equal([]);
      expect((await harness.describe()).status).to.equal("RUNNING");
      answer({});
      await settled();
      expect(await harness.outcome()).to.deep.equal(expected);
    });
  }

  it("fails with the call's own error, and its token is worth nothing then", async () => {
    const harness = new Harness(failing("DynamoDb.ConditionalCheckFailedException"));
    await harness.start(waiting());
    expect(await harness.outcome()).to.include({ Error: "DynamoDb.ConditionalCheckFailedException" });
    expect((await harness.eventTypes())[4]).to.equal("5<4 TaskSubmitFailed");
    const refusal = await send(harness, "SendTaskSuccess", { output: "1" }).catch(
      (error: Error) => error.name,
    );
    expect(refusal).to.equal("TaskTimedOut");
  });

  it("times out when no answer comes, and refuses a late or second one with TaskTimedOut", async () => {
    const harness = new Harness();
    await harness.start(waiting({ TimeoutSeconds: 900 }));
    await harness.clock.advance({ seconds: 899 });
    expect((await harness.describe()).status).to.equal("RUNNING");
    await harness.clock.advance({ seconds: 1 });
    expect(await harness.outcome()).to.deep.equal({ Error: "States.Timeout" });
    const refusal = await send(harness, "SendTaskSuccess", { output: "1" }).catch(
      (error: Error) => error.name,
    );
    expect(refusal).to.equal("TaskTimedOut");
  });

  it("times out when heartbeats stay away, which States.HeartbeatTimeout catches too", async () => {
    const harness = new Harness();
    await harness.start(waiting({ HeartbeatSeconds: 10, ...caught("States.HeartbeatTimeout") }));
    await harness.clock.advance({ seconds: 8 });
    await send(harness, "SendTaskHeartbeat", {});
    await harness.clock.advance({ seconds: 9 });
    expect((await harness.describe()).status).to.equal("RUNNING");
    await harness.clock.advance({ seconds: 1 });
    expect(await harness.outcome()).to.deep.equal({ Error: "States.Timeout" });
    expect(harness.clock.pending().length).to.equal(0);
  });

  it("makes a new token for every attempt", async () => {
    const harness = new Harness();
    await harness.start(waiting({ Retry: [{ ErrorEquals: ["Again"] }] }));
    const first = token(harness);
    await send(harness, "SendTaskFailure", { error: "Again" });
    await harness.clock.advance({ seconds: 1 });
    expect(token(harness)).not.to.equal(first);
    await send(harness, "SendTaskSuccess", { output: '"done"' });
    await settled();
    expect(await harness.outcome()).to.equal("done");
  });
});
