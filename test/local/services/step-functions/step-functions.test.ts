import { expect } from "chai";
import type { Json, JsonObject } from "../../../../local/json";
import type { AwsError } from "../../../../local/services/service";
import { settled } from "../../../support/stepped-clock";
import {
  callbackTask,
  executionArn,
  Harness,
  lambda,
  machineArn,
  roleArn,
  single,
  unhandledRejections,
} from "../../asl/harness";

const waiting = single({ Type: "Wait", Seconds: 60 });
const passing = single({ Type: "Pass" });
const day = 24 * 60 * 60;

/** @returns `code: message` of the refusal. */
function refusal(harness: Harness, action: string, input: JsonObject): Promise<string> {
  return harness.service.call(action, input).then(
    () => "no refusal",
    (error: AwsError) => `${error.code}: ${error.message}`,
  );
}

const start = (harness: Harness, members: JsonObject = {}) =>
  harness.service.call("StartExecution", { stateMachineArn: machineArn, ...members });

describe("CreateStateMachine", () => {
  it("refuses a definition, listing every problem", () => {
    const harness = new Harness();
    expect(() => harness.create(single({ Type: "Pass", Result: 1, Foo: 1 })))
      .to.throw(/^Invalid State Machine Definition: 'State 'Only': .*'Result'.* State 'Only': .*'Foo'/)
      .with.property("code", "InvalidDefinition");
  });

  it("refuses a Resource the runtime does not know", () => {
    const harness = new Harness(undefined, { checkResource: (resource) => `unknown ${resource}` });
    expect(() => harness.create(single({ Type: "Task", Resource: lambda }))).to.throw(`unknown ${lambda}`);
  });

  it("refuses type EXPRESS and an ARN that is taken", () => {
    const harness = new Harness();
    harness.create(passing);
    expect(() => harness.create(passing))
      .to.throw()
      .with.property("code", "StateMachineAlreadyExists");
    const express = { name: "E", arn: `${machineArn}E`, definition: "{}", roleArn, type: "EXPRESS" };
    expect(() => harness.service.createStateMachine(express))
      .to.throw("EXPRESS")
      .with.property("code", "StateMachineTypeNotSupported");
  });

  it("shows the state machine by DescribeStateMachine and ListStateMachines", async () => {
    const harness = new Harness();
    harness.create(passing);
    const creationDate = harness.clock.now() / 1000;
    expect(await harness.service.call("DescribeStateMachine", { stateMachineArn: machineArn })).to.deep.equal(
      {
        stateMachineArn: machineArn,
        name: "Machine",
        status: "ACTIVE",
        definition: JSON.stringify({ QueryLanguage: "JSONata", ...passing }),
        roleArn,
        type: "STANDARD",
        creationDate,
      },
    );
    expect(await harness.service.call("ListStateMachines", {})).to.deep.equal({
      stateMachines: [{ stateMachineArn: machineArn, name: "Machine", type: "STANDARD", creationDate }],
    });
  });
});

describe("StartExecution", () => {
  it("returns the running execution for the same name and input, byte for byte", async () => {
    const harness = new Harness();
    harness.create(waiting);
    const first = await start(harness, { name: "run", input: '{"a":1}' });
    await harness.clock.advance({ seconds: 1 });
    expect(await start(harness, { name: "run", input: '{"a":1}' })).to.deep.equal(first);
    expect(
      await refusal(harness, "StartExecution", {
        stateMachineArn: machineArn,
        name: "run",
        input: '{"a": 1}',
      }),
    ).to.equal(`ExecutionAlreadyExists: Execution Already Exists: '${executionArn}'`);
  });

  it("forgets the execution that ended longest ago, where more have ended than are kept", async () => {
    const harness = new Harness(undefined, { maxEndedExecutions: 2 });
    harness.create(waiting);
    await start(harness, { name: "waiting" });
    harness.service.declareStateMachine({
      ...{ name: "Machine", arn: machineArn, roleArn, type: "STANDARD" },
      definition: JSON.stringify({ QueryLanguage: "JSONata", ...passing }),
    });
    for (const name of ["first", "second", "third"]) {
      await start(harness, { name });
      await settled();
    }
    const { executions } = await harness.service.call("ListExecutions", { stateMachineArn: machineArn });
    expect((executions as JsonObject[]).map(({ name }) => name)).to.deep.equal([
      "third",
      "second",
      "waiting",
    ]);
    expect(await start(harness, { name: "first" })).to.have.property("executionArn");
  });

  it("refuses the name of a closed execution, until 90 days later", async () => {
    const harness = new Harness();
    await harness.start(passing);
    const again = () =>
      refusal(harness, "StartExecution", { stateMachineArn: machineArn, name: "run", input: "{}" });
    await harness.clock.advance({ seconds: 90 * day - 1 });
    expect(await again()).to.include("ExecutionAlreadyExists");
    await harness.clock.advance({ seconds: 1 });
    expect(await refusal(harness, "DescribeExecution", { executionArn })).to.include("ExecutionDoesNotExist");
    expect(await again()).to.equal("no refusal");
  });

  it("lets one of two callers at once start, and both get the same execution", async () => {
    const harness = new Harness();
    harness.create(waiting);
    const both = await Promise.all([
      start(harness, { name: "run" }),
      start(harness, { name: "run", input: "{}" }),
    ]);
    expect(both[0]).to.deep.equal(both[1]);
    const { executions } = await harness.service.call("ListExecutions", { stateMachineArn: machineArn });
    expect(executions).to.have.length(1);
  });

  it("gives a name of its own where none is given", async () => {
    const harness = new Harness();
    harness.create(passing);
    const { executionArn: arn } = await start(harness);
    expect(arn).to.match(/^arn:aws:states:eu-west-1:123456789012:execution:Machine:[0-9a-f-]{36}$/);
  });

  for (const name of ["", "a b", "a/b", "a:b", "<a>", "a\u0000", "a".repeat(81)]) {
    it(`refuses the name ${JSON.stringify(name)}`, async () => {
      const harness = new Harness();
      harness.create(passing);
      expect(await refusal(harness, "StartExecution", { stateMachineArn: machineArn, name })).to.equal(
        `InvalidName: Invalid Name: '${name}'`,
      );
    });
  }

  const refusals: [string, JsonObject, string][] = [
    [
      "input that is not JSON",
      { input: "not" },
      "InvalidExecutionInput: Invalid State Machine Execution Input: '",
    ],
    [
      "input over 256 KiB",
      { input: JSON.stringify("ü".repeat(131_072)) },
      "ValidationException: 1 validation error detected: Value at 'input'",
    ],
    [
      "an ARN of another kind",
      { stateMachineArn: "arn:aws:s3:::x" },
      "InvalidArn: Invalid Arn: 'arn:aws:s3:::x'",
    ],
    [
      "an unknown state machine",
      { stateMachineArn: `${machineArn}X` },
      `StateMachineDoesNotExist: State Machine Does Not Exist: '${machineArn}X'`,
    ],
    [
      "no state machine",
      { stateMachineArn: null },
      "ValidationException: 1 validation error detected: Value null at 'stateMachineArn' failed to satisfy constraint: Member must not be null",
    ],
  ];
  for (const [what, members, message] of refusals) {
    it(`refuses ${what}`, async () => {
      const harness = new Harness();
      harness.create(passing);
      expect(
        await refusal(harness, "StartExecution", { stateMachineArn: machineArn, ...members }),
      ).to.include(message);
    });
  }
});

describe("DescribeExecution", () => {
  it("shows a running and a closed execution, dates in seconds", async () => {
    const harness = new Harness();
    await harness.start(waiting, { a: 1 });
    const startDate = harness.clock.now() / 1000;
    const running = {
      executionArn,
      stateMachineArn: machineArn,
      name: "run",
      status: "RUNNING",
      startDate,
      input: '{"a":1}',
      inputDetails: { included: true },
      redriveCount: 0,
      redriveStatus: "NOT_REDRIVABLE",
      redriveStatusReason: "Execution is RUNNING and cannot be redriven",
    };
    expect(await harness.describe()).to.deep.equal(running);
    await harness.clock.advance({ seconds: 60 });
    expect(await harness.describe()).to.deep.include({
      status: "SUCCEEDED",
      stopDate: startDate + 60,
      output: '{"a":1}',
      outputDetails: { included: true },
    });
  });
});

describe("ListExecutions and GetExecutionHistory", () => {
  const names = (result: JsonObject) => (result.executions as JsonObject[]).map(({ name }) => name);

  it("lists the newest first, in pages that stay right when more are started", async () => {
    const harness = new Harness();
    harness.create(waiting);
    for (const name of ["a", "b", "c"]) await start(harness, { name });
    const page = (nextToken?: Json) =>
      harness.service.call("ListExecutions", {
        stateMachineArn: machineArn,
        maxResults: 2,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
    const first = await page();
    await start(harness, { name: "d" });
    const second = await page(first.nextToken);
    expect(names(first)).to.deep.equal(["c", "b"]);
    expect(names(second)).to.deep.equal(["a"]);
    expect(second).not.to.have.property("nextToken");
  });

  it("filters by status", async () => {
    const harness = new Harness();
    harness.create(waiting);
    await start(harness, { name: "old" });
    await harness.clock.advance({ seconds: 60 });
    await start(harness, { name: "new" });
    const list = (statusFilter: string) =>
      harness.service.call("ListExecutions", { stateMachineArn: machineArn, statusFilter });
    expect(names(await list("RUNNING"))).to.deep.equal(["new"]);
    expect(names(await list("SUCCEEDED"))).to.deep.equal(["old"]);
    const wrong = { stateMachineArn: machineArn, statusFilter: "DONE" };
    expect(await refusal(harness, "ListExecutions", wrong)).to.include("ValidationException");
  });

  it("gives the history in both orders, in pages, and without data on request", async () => {
    const harness = new Harness();
    await harness.start(passing, { secret: 1 });
    const ids = async (members: JsonObject) => {
      const { events, nextToken } = await harness.service.call("GetExecutionHistory", {
        executionArn,
        ...members,
      });
      return { ids: (events as JsonObject[]).map(({ id }) => id), nextToken };
    };
    const first = await ids({ reverseOrder: true, maxResults: 3 });
    expect(first.ids).to.deep.equal([4, 3, 2]);
    const rest = await ids({ reverseOrder: true, nextToken: String(first.nextToken) });
    expect(rest).to.deep.equal({ ids: [1], nextToken: undefined });
    const bare = await harness.service.call("GetExecutionHistory", {
      executionArn,
      includeExecutionData: false,
    });
    expect(JSON.stringify(bare)).not.to.include("secret");
    expect(await refusal(harness, "GetExecutionHistory", { executionArn, nextToken: "x" })).to.include(
      "InvalidToken",
    );
    expect(await refusal(harness, "GetExecutionHistory", { executionArn, maxResults: 1001 })).to.include(
      "ValidationException",
    );
  });
});

describe("StopExecution", () => {
  it("ends the execution ABORTED, stops its task, and leaves nothing pending", async () => {
    const harness = new Harness(() => new Promise(() => undefined));
    await harness.start(single({ Type: "Task", Resource: lambda, TimeoutSeconds: 60 }));
    await harness.service.call("StopExecution", { executionArn, error: "Enough", cause: "said so" });
    expect(await harness.outcome()).to.deep.equal({ status: "ABORTED", error: "Enough", cause: "said so" });
    await settled();
    expect((await harness.eventTypes()).at(-1)).to.equal("5<0 ExecutionAborted");
    expect(harness.calls[0]?.signal.aborted).to.equal(true);
    expect(harness.clock.pending().length).to.equal(0);
  });

  it("is the last event of the history, even when it comes while an expression is evaluated", async () => {
    const harness = new Harness();
    harness.create(single({ Type: "Pass", Output: "{% 1 + 1 %}" }));
    await start(harness, { name: "run" });
    await harness.service.call("StopExecution", { executionArn });
    await settled();
    expect((await harness.eventTypes()).at(-1)).to.equal("3<0 ExecutionAborted");
    expect(await harness.outcome()).to.deep.equal({ status: "ABORTED" });
  });

  it("leaves a closed execution as it is", async () => {
    const harness = new Harness();
    await harness.start(passing, 1);
    await harness.service.call("StopExecution", { executionArn });
    expect(await harness.outcome()).to.equal(1);
  });
});

describe("SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat", () => {
  it("refuse a token that is none, and one never issued", async () => {
    const harness = new Harness();
    for (const action of ["SendTaskFailure", "SendTaskHeartbeat"]) {
      expect(await refusal(harness, action, { taskToken: "x" })).to.equal(
        "InvalidToken: Invalid Token: 'Invalid token'",
      );
      expect(await refusal(harness, action, { taskToken: `AQCE${"a".repeat(80)}` })).to.include(
        "TaskDoesNotExist",
      );
    }
  });

  it("refuse output that is not JSON, and output over 256 KiB", async () => {
    const harness = new Harness();
    await harness.start(single({ Type: "Task", Resource: callbackTask }));
    const taskToken = String(harness.calls[0]?.taskToken);
    expect(await refusal(harness, "SendTaskSuccess", { taskToken, output: "{" })).to.include("InvalidOutput");
    const output = JSON.stringify("a".repeat(262_144));
    expect(await refusal(harness, "SendTaskSuccess", { taskToken, output })).to.include(
      "ValidationException",
    );
    expect(await refusal(harness, "SendTaskSuccess", { taskToken, output: "1" })).to.equal("no refusal");
  });

  it("refuse the token of a stopped execution with TaskTimedOut", async () => {
    const harness = new Harness();
    await harness.start(single({ Type: "Task", Resource: callbackTask }));
    await harness.service.call("StopExecution", { executionArn });
    await settled();
    const taskToken = String(harness.calls[0]?.taskToken);
    expect(await refusal(harness, "SendTaskHeartbeat", { taskToken })).to.include("TaskTimedOut");
  });
});

describe("the service", () => {
  it("names an action it does not serve", async () => {
    expect(await refusal(new Harness(), "CreateActivity", {})).to.equal(
      "UnknownOperationException: The local runtime does not serve Step Functions CreateActivity.",
    );
  });

  it("tells every event as it happens, and each change of status", async () => {
    const told: string[] = [];
    const details: JsonObject[] = [];
    const harness = new Harness(undefined, {
      onEvent: (arn, { type }) => told.push(`${arn.split(":").at(-1)} ${type}`),
      onStatusChange: (detail) => details.push(detail),
    });
    await harness.start(waiting, 1);
    expect(told).to.deep.equal(["run ExecutionStarted", "run WaitStateEntered"]);
    await harness.clock.advance({ seconds: 60 });
    expect(told.slice(2)).to.deep.equal(["run WaitStateExited", "run ExecutionSucceeded"]);
    expect(details.map(({ status, output, stopDate }) => [status, output, stopDate])).to.deep.equal([
      ["RUNNING", null, null],
      ["SUCCEEDED", "1", harness.clock.now()],
    ]);
  });

  it("leaves out of an event the input, then the output, that are too large for it together", async () => {
    for (const [input, output, included] of [
      [200, 40, [true, true]],
      [200, 60, [false, true]],
      [10, 255, [true, false]],
    ] as const) {
      const details: JsonObject[] = [];
      const harness = new Harness(undefined, { onStatusChange: (detail) => details.push(detail) });
      const letters = (kilobytes: number) => "x".repeat(kilobytes * 1024 - 100);
      const Output = `{% $pad('', ${output * 1024 - 100}, 'x') %}`;
      await harness.start(single({ Type: "Pass", Output }), letters(input));
      const [, ended = {}] = details;
      expect(ended).to.deep.include({
        status: "SUCCEEDED",
        input: included[0] ? JSON.stringify(letters(input)) : null,
        inputDetails: { included: included[0] },
        output: included[1] ? JSON.stringify(letters(output)) : null,
        outputDetails: { included: included[1] },
      });
    }
  });

  it("aborts everything on stop, without telling anybody", async () => {
    const details: JsonObject[] = [];
    const fails: ((reason: Error) => void)[] = [];
    const runTask = () => new Promise<Json>((_, reject) => fails.push(reject));
    const harness = new Harness(runTask, {
      onStatusChange: (detail) => details.push(detail),
    });
    const branch = (name: string, state: JsonObject) => ({
      StartAt: name,
      States: { [name]: { End: true, ...state } },
    });
    await harness.start({
      TimeoutSeconds: 600,
      ...single({
        Type: "Parallel",
        Branches: [
          branch("Wait", { Type: "Wait", Seconds: 5 }),
          branch("Call", { Type: "Task", Resource: lambda, TimeoutSeconds: 5 }),
          branch("Callback", { Type: "Task", Resource: callbackTask, HeartbeatSeconds: 5 }),
        ],
      }),
    });
    const unhandled = await unhandledRejections(async () => {
      await harness.service.stop();
      for (const fail of fails) fail(new Error("aborted"));
    });
    expect(unhandled).to.deep.equal([]);
    expect((await harness.describe()).status).to.equal("ABORTED");
    expect(harness.calls.every(({ signal }) => signal.aborted)).to.equal(true);
    expect(harness.clock.pending().length).to.equal(0);
    expect(details).to.have.length(1);
  });
});
