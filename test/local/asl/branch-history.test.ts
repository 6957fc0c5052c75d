import { expect } from "chai";
import { TaskFailure } from "../../../local/asl/errors";
import type { JsonObject } from "../../../local/json";
import { Harness, lambda, single } from "./harness";

const boom: JsonObject = {
  StartAt: "Boom",
  States: { Boom: { Type: "Fail", Error: "MyError", Cause: "my cause" } },
};
const undefinedOutput: JsonObject = {
  StartAt: "Undef",
  States: { Undef: { Type: "Pass", Output: { v: "{% $states.input.missing %}" }, End: true } },
};
const call: JsonObject = { StartAt: "Send", States: { Send: { Type: "Task", Resource: lambda, End: true } } };
const parallel = (branch: JsonObject, fields: JsonObject = {}): JsonObject => ({
  StartAt: "P",
  States: {
    P: { Type: "Parallel", Branches: [branch], End: true, ...fields },
    ...(fields.Catch !== undefined && { Handled: { Type: "Pass", End: true } }),
  },
});
const caught: JsonObject = { Catch: [{ ErrorEquals: ["States.ALL"], Next: "Handled" }] };

// Source: floci-io/floci #2868, read off Step Functions in us-east-1.
describe("the history of branches that fail, as recorded on AWS", () => {
  const cases: { readonly [what: string]: readonly [definition: JsonObject, events: readonly string[]] } = {
    "a Fail state in a branch": [
      parallel(boom),
      ["4<3 FailStateEntered", "5<4 ParallelStateFailed", "6<5 ExecutionFailed"],
    ],
    "a caught evaluation in a branch": [
      parallel(undefinedOutput, caught),
      [
        "4<3 PassStateEntered",
        "5<4 EvaluationFailed",
        "6<5 ParallelStateFailed",
        "7<6 ParallelStateExited",
        "8<7 PassStateEntered",
        "9<8 PassStateExited",
        "10<9 ExecutionSucceeded",
      ],
    ],
    "a Parallel that is tried again": [
      parallel(boom, { Retry: [{ ErrorEquals: ["States.ALL"], MaxAttempts: 1, IntervalSeconds: 1 }] }),
      [
        "4<3 FailStateEntered",
        "5<4 ParallelStateStarted",
        "6<5 FailStateEntered",
        "7<6 ParallelStateFailed",
        "8<7 ExecutionFailed",
      ],
    ],
    "a Task in a branch": [
      parallel(call, caught),
      [
        "4<3 TaskStateEntered",
        "5<4 TaskScheduled",
        "6<5 TaskStarted",
        "7<6 TaskFailed",
        "8<7 TaskStateAborted",
        "9<7 ParallelStateFailed",
        "10<9 ParallelStateExited",
        "11<10 PassStateEntered",
        "12<11 PassStateExited",
        "13<12 ExecutionSucceeded",
      ],
    ],
    "a Catch whose Output fails": [
      parallel(boom, {
        Catch: [
          { ErrorEquals: ["Other"], Next: "Handled" },
          { ErrorEquals: ["States.ALL"], Output: { v: "{% $states.input.missing %}" }, Next: "Handled" },
        ],
      }),
      [
        "4<3 FailStateEntered",
        "5<4 ParallelStateFailed",
        "6<4 EvaluationFailed",
        "7<6 ParallelStateFailed",
        "8<7 ExecutionFailed",
      ],
    ],
    "an iteration of a Map": [
      single({
        ...{ Type: "Map", Items: "{% $states.input.items %}", MaxConcurrency: 1 },
        ItemProcessor: undefinedOutput,
      }),
      [
        "4<3 MapIterationStarted",
        "5<4 PassStateEntered",
        "6<5 EvaluationFailed",
        "7<6 MapIterationFailed",
        "8<6 MapStateFailed",
        "9<8 ExecutionFailed",
      ],
    ],
  };
  for (const [what, [definition, events]] of Object.entries(cases)) {
    it(what, async () => {
      const harness = new Harness(async () => {
        throw new TaskFailure("SQS.QueueDoesNotExistException", "The specified queue does not exist.");
      });
      await harness.start(definition, { items: [1, 2] });
      await harness.clock.advance({ seconds: 5 });
      expect((await harness.eventTypes()).slice(3)).to.deep.equal(events);
    });
  }

  it("a Map whose Items fails, before it starts", async () => {
    const harness = new Harness();
    await harness.start(
      single({ Type: "Map", Items: "{% $states.input.missing %}", ItemProcessor: undefinedOutput }),
    );
    expect(await harness.eventTypes()).to.deep.equal([
      "1<0 ExecutionStarted",
      "2<0 MapStateEntered",
      "3<2 EvaluationFailed",
      "4<3 MapStateFailed",
      "5<4 ExecutionFailed",
    ]);
  });

  it("a Map over nothing leaves from where it started", async () => {
    const harness = new Harness();
    await harness.start(single({ Type: "Map", ItemProcessor: undefinedOutput }), []);
    expect((await harness.eventTypes()).slice(3)).to.deep.equal([
      "4<3 MapStateSucceeded",
      "5<3 MapStateExited",
      "6<5 ExecutionSucceeded",
    ]);
  });

  it("States.Runtime in a branch leaves no event of the branch or the Parallel", async () => {
    const harness = new Harness(async () => {
      throw new Error("The runtime cannot go on.");
    });
    await harness.start(parallel(call));
    const types = (await harness.eventTypes()).slice(3);
    expect(types.join()).to.not.match(/ParallelStateFailed|TaskStateAborted/);
  });
});
