import { DescribeExecutionCommand, RedriveExecutionCommand, SFNClient } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { TaskFailure } from "../../../../local/asl/errors";
import type { Json, JsonObject } from "../../../../local/json";
import type { AwsError } from "../../../../local/services/service";
import { settled } from "../../../support/stepped-clock";
import { callbackTask, executionArn, Harness, lambda, single } from "../../asl/harness";
import { rejection, startServer } from "../../support/test-server";

const day = 86_400_000;
const failed = new TaskFailure("Broken", "It broke.");
const task = (name: string, more: JsonObject = {}): JsonObject => ({
  Type: "Task",
  Resource: lambda,
  Arguments: { name, input: "{% $states.input %}" },
  ...more,
});
const nameOf = (call: { arguments: Json }) => String((call.arguments as JsonObject).name);

/** A harness whose tasks fail until they are mended, by name; the others return their name. */
function breaking(...names: string[]) {
  const broken = new Set(names);
  const harness = new Harness(async (call) => {
    if (broken.has(nameOf(call))) throw failed;
    return nameOf(call);
  });
  return { harness, mend: () => broken.clear(), called: () => harness.calls.map(nameOf) };
}

const redrive = async (harness: Harness, members: JsonObject = {}) => {
  const answer = await harness.service.call("RedriveExecution", { executionArn, ...members });
  await settled();
  return answer;
};
const refusal = (harness: Harness) =>
  redrive(harness).then(
    () => "redriven",
    ({ code, message }: AwsError) => `${code}: ${message}`,
  );

describe("RedriveExecution", () => {
  const threeTasks = {
    StartAt: "First",
    States: {
      First: task("first", { Assign: { seen: "{% $states.result %}" }, Next: "Second" }),
      Second: task("second", { Next: "Third" }),
      Third: task("third", { Output: "{% [$seen, $states.result] %}", End: true }),
    },
  };

  it("runs from the failed state on, with its input and the variables, and not what had succeeded", async () => {
    const { harness, mend, called } = breaking("second");
    await harness.start(threeTasks, { a: 1 });
    expect(await harness.describe()).to.include({
      status: "FAILED",
      redriveStatus: "REDRIVABLE",
      redriveCount: 0,
    });
    mend();
    await redrive(harness);
    expect(await harness.outcome()).to.deep.equal(["first", "third"]);
    expect(called()).to.deep.equal(["first", "second", "second", "third"]);
    const [, before, after] = harness.calls.map(({ arguments: sent }) => sent);
    expect(after).to.deep.equal(before);
  });

  it("goes on in the history of the execution, whose state is entered once", async () => {
    const { harness, mend } = breaking("only");
    await harness.start(single(task("only")));
    await harness.clock.advance({ milliseconds: 5_000 });
    mend();
    await redrive(harness);
    expect(await harness.eventTypes()).to.deep.equal([
      "1<0 ExecutionStarted",
      "2<0 TaskStateEntered",
      "3<2 TaskScheduled",
      "4<3 TaskStarted",
      "5<4 TaskFailed",
      "6<5 ExecutionFailed",
      "7<6 ExecutionRedriven",
      "8<5 TaskScheduled",
      "9<8 TaskStarted",
      "10<9 TaskSucceeded",
      "11<10 TaskStateExited",
      "12<11 ExecutionSucceeded",
    ]);
    expect((await harness.events())[6]).to.deep.include({
      executionRedrivenEventDetails: { redriveCount: 1 },
    });
  });

  it("tells the states and those who describe the execution how often it was redriven, and when", async () => {
    const count = "{% $states.context.Execution.RedriveCount %}";
    const harness = new Harness(async ({ arguments: sent }) => {
      if ((sent as JsonObject).count !== 2) throw failed;
      return sent;
    });
    await harness.start(single({ Type: "Task", Resource: lambda, Arguments: { count } }));
    await redrive(harness);
    expect(await harness.describe()).to.include({ status: "FAILED", redriveCount: 1 });
    await harness.clock.advance({ milliseconds: 1_000 });
    const { redriveDate } = await redrive(harness);
    expect(redriveDate).to.equal(harness.clock.now() / 1000);
    expect(await harness.describe()).to.include({ status: "SUCCEEDED", redriveCount: 2, redriveDate });
    expect(await harness.outcome()).to.deep.equal({ count: 2 });
  });

  it("counts the retries of the state anew", async () => {
    const { harness, called } = breaking("only");
    const Retry = [{ ErrorEquals: ["Broken"], MaxAttempts: 2, IntervalSeconds: 1, BackoffRate: 1 }];
    await harness.start(single(task("only", { Retry })));
    await harness.clock.advance({ milliseconds: 5_000 });
    expect(called()).to.have.length(3);
    await redrive(harness);
    await harness.clock.advance({ milliseconds: 5_000 });
    expect(called()).to.have.length(6);
  });

  it("gives the execution its whole time again", async () => {
    const harness = new Harness();
    await harness.start({ ...single({ Type: "Wait", Seconds: 60 }), TimeoutSeconds: 50 });
    await harness.clock.advance({ milliseconds: 50_000 });
    expect(await harness.describe()).to.include({ status: "TIMED_OUT" });
    await redrive(harness);
    await harness.clock.advance({ milliseconds: 49_000 });
    expect(await harness.describe()).to.include({ status: "RUNNING", redriveStatus: "NOT_REDRIVABLE" });
    expect(await harness.describe()).to.not.have.any.keys("stopDate", "error", "cause");
    await harness.clock.advance({ milliseconds: 1_000 });
    expect(await harness.describe()).to.include({ status: "TIMED_OUT" });
  });

  it("opens a new task token for a callback task that was stopped", async () => {
    const tokens: string[] = [];
    const harness = new Harness(async ({ taskToken = "" }) => {
      tokens.push(taskToken);
      return {};
    });
    await harness.start(single({ Type: "Task", Resource: callbackTask }));
    await harness.service.call("StopExecution", { executionArn });
    await redrive(harness);
    const [first, second] = tokens;
    const answer = (taskToken = "") =>
      harness.service.call("SendTaskSuccess", { taskToken, output: '"yes"' });
    expect(await answer(first).catch(({ code }: AwsError) => code)).to.equal("TaskTimedOut");
    await answer(second);
    await settled();
    expect(await harness.outcome()).to.equal("yes");
  });

  it("runs the branches of a Parallel state that failed or were aborted, and no others", async () => {
    const { harness, mend, called } = breaking("bad");
    const branch = (...names: string[]) => {
      const states = names.map((name, index): [string, JsonObject] => {
        const [next] = names.slice(index + 1);
        return [name, task(name, next === undefined ? { End: true } : { Next: next })];
      });
      return { StartAt: String(names[0]), States: Object.fromEntries(states) };
    };
    const waits = {
      StartAt: "before",
      States: {
        before: task("before", { Assign: { mine: 7 }, Next: "Wait" }),
        Wait: { Type: "Wait", Seconds: 9, Next: "after" },
        after: task("after", { Output: "{% $mine %}", End: true }),
      },
    };
    const slowly = {
      StartAt: "Slow",
      States: { Slow: { Type: "Wait", Seconds: 1, Next: "bad" }, ...branch("bad").States },
    };
    await harness.start(single({ Type: "Parallel", Branches: [branch("a", "b"), slowly, waits] }));
    await harness.clock.advance({ milliseconds: 1_000 });
    expect(await harness.describe()).to.include({ status: "FAILED" });
    mend();
    await redrive(harness);
    await harness.clock.advance({ milliseconds: 9_000 });
    expect(await harness.outcome()).to.deep.equal(["b", "bad", 7]);
    expect(called().sort()).to.deep.equal(["a", "after", "b", "bad", "bad", "before"]);
  });

  it("runs the iterations of a Map that failed or had not begun, and all of them where the Map is retried later", async () => {
    const { harness, mend, called } = breaking("item 1");
    const Retry = [{ ErrorEquals: ["Broken"], MaxAttempts: 1, IntervalSeconds: 1 }];
    const item = {
      Type: "Task",
      Resource: lambda,
      Arguments: { name: "{% 'item ' & $states.input %}" },
      End: true,
    };
    const map = {
      ...{ Type: "Map", Items: [0, 1, 2], MaxConcurrency: 1, Retry },
      ItemProcessor: { StartAt: "Item", States: { Item: item } },
    };
    await harness.start(single(map));
    await harness.clock.advance({ milliseconds: 2_000 });
    expect(called()).to.deep.equal(["item 0", "item 1", "item 0", "item 1"]);
    await redrive(harness);
    await harness.clock.advance({ milliseconds: 2_000 });
    expect(called().slice(4), "resumed, then tried again").to.deep.equal(["item 1", "item 0", "item 1"]);
    mend();
    await redrive(harness);
    expect(called().slice(7)).to.deep.equal(["item 1", "item 2"]);
    expect(await harness.outcome()).to.deep.equal(["item 0", "item 1", "item 2"]);
  });

  it("enters a Fail state again, which fails again", async () => {
    const harness = new Harness();
    await harness.start(single({ Type: "Fail", Error: "Sorry" }));
    await redrive(harness);
    expect(await harness.outcome()).to.deep.equal({ status: "FAILED", error: "Sorry" });
    expect((await harness.eventTypes()).filter((type) => type.endsWith("FailStateEntered"))).to.have.length(
      1,
    );
  });

  it("refuses an execution that runs, that has succeeded, and that ended more than 14 days ago", async () => {
    const running = new Harness();
    await running.start(single({ Type: "Wait", Seconds: 60 }));
    const refused = (why: string) => `ExecutionNotRedrivable: Execution Not Redrivable: '${why}'`;
    expect(await refusal(running)).to.equal(refused("Execution is RUNNING and cannot be redriven"));
    await running.clock.advance({ milliseconds: 60_000 });
    expect(await refusal(running)).to.equal(refused("Execution is SUCCEEDED and cannot be redriven"));

    const late = new Harness();
    await late.start(single({ Type: "Fail" }));
    await late.clock.advance({ milliseconds: 14 * day });
    expect(await late.describe()).to.include({ redriveStatus: "REDRIVABLE" });
    await late.clock.advance({ milliseconds: 1 });
    const redriveStatusReason = "Execution redrivable period exceeded";
    expect(await late.describe()).to.include({ redriveStatus: "NOT_REDRIVABLE", redriveStatusReason });
    expect(await refusal(late)).to.equal(refused(redriveStatusReason));
  });

  it("redrives once for a client token that is sent again within 15 minutes", async () => {
    const { harness, called } = breaking("only");
    await harness.start(single(task("only")));
    const first = await redrive(harness, { clientToken: "one" });
    await harness.clock.advance({ milliseconds: 14 * 60_000 });
    expect(await redrive(harness, { clientToken: "one" })).to.deep.equal(first);
    expect(called()).to.have.length(2);
    await harness.clock.advance({ milliseconds: 60_000 });
    await redrive(harness, { clientToken: "one" });
    expect(called()).to.have.length(3);
  });

  it("tells by events and by ListExecutions that the execution runs again", async () => {
    const changes: JsonObject[] = [];
    const harness = new Harness(async () => Promise.reject(failed), {
      onStatusChange: (detail) => changes.push(detail),
    });
    await harness.start(single(task("only")));
    await redrive(harness);
    expect(changes.map(({ status, redriveCount }) => [status, redriveCount])).to.deep.equal([
      ["RUNNING", 0],
      ["FAILED", 0],
      ["RUNNING", 1],
      ["FAILED", 1],
    ]);
    const list = async (redriveFilter: string) =>
      (await harness.service.call("ListExecutions", {
        stateMachineArn: executionArn.replace("execution:Machine:run", "stateMachine:Machine"),
        redriveFilter,
      })) as { executions: JsonObject[] };
    expect((await list("REDRIVEN")).executions[0]).to.include({ redriveCount: 1 });
    expect((await list("NOT_REDRIVEN")).executions).to.deep.equal([]);
  });

  it("is called by AWS's SDK, which sends a client token", async () => {
    const { harness, mend } = breaking("only");
    await harness.start(single(task("only")));
    mend();
    const server = await startServer({ StepFunctions: harness.service });
    const client = new SFNClient(server.client);
    const now = new Date(harness.clock.now());
    const { redriveDate } = await client.send(new RedriveExecutionCommand({ executionArn }));
    const error = await rejection(client.send(new RedriveExecutionCommand({ executionArn })));
    const described = await client.send(new DescribeExecutionCommand({ executionArn }));
    client.destroy();
    await server.close();
    expect(redriveDate).to.deep.equal(now);
    expect(error.name).to.equal("ExecutionNotRedrivable");
    expect(described).to.deep.include({ status: "SUCCEEDED", redriveCount: 1, redriveDate: now });
  });
});
