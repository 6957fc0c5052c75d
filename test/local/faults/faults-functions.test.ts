import { expect } from "chai";
import type { JsonObject } from "../../../local/json";
import { type Local, startLocal } from "../../../testing";

const functionName = "streams-handle-provision-failure";

describe("a function in trouble", () => {
  let local: Local;
  before(async () => {
    local = await startLocal("index.ts");
  });
  afterEach(() => local.faults.clear());
  after(() => local.stop());

  /** What HandleProvisionFailure sends where the request itself was at fault. */
  const failure = (streamId: string): JsonObject => ({
    request: { streamId },
    execution: { id: `arn:${streamId}`, name: `${streamId}_1`, startTime: "2026-01-01T00:00:00.000Z" },
    channels: [],
    failure: {
      state: "ValidateProvisionRequest",
      error: "ProvisionRequestInvalid",
      cause: "title is required.",
    },
    provision: null,
    leftovers: [],
  });

  /** Invokes it as the workflow does, by an execution for which validation fails. */
  async function fail(streamId: string): Promise<void> {
    await local.runtime.services.StepFunctions.call("StartExecution", {
      stateMachineArn: String(local.outputs.stateMachineArn),
      name: `${streamId}_1`,
      input: JSON.stringify(failure(streamId).request),
    });
    await local.settled();
  }

  const callsOf = (from: number) =>
    local.faults
      .calls()
      .slice(from)
      .filter(({ kind, caller }) => kind === "function" && caller.startsWith(functionName))
      .map(({ action, outcome }) => `${action} ${outcome}`);

  it("that is killed ends as a crashed runtime does, and is invoked again by the workflow's own rules", async () => {
    local.faults.kill({
      function: functionName,
      at: { service: "DynamoDB", action: "PutItem" },
      when: "before",
    });
    await fail("killed-before");
    expect(await local.streams.get("killed-before")).to.equal(undefined);
    const [crash] = local.executions.get("killed-before")?.states.at(-1)?.errors ?? [];
    expect(crash?.error).to.equal("Runtime.ExitError");
    await local.clock.advance({ minutes: 1 });
    expect(await local.streams.get("killed-before")).to.include({ status: "FAILED" });
    expect(local.executions.get("killed-before")?.status).to.equal("FAILED");
  });

  it("that is killed after a call has had its effect, and does nothing more", async () => {
    const from = local.faults.calls().length;
    local.faults.kill({
      function: functionName,
      at: { service: "DynamoDB", action: "PutItem" },
      when: "after",
    });
    await fail("killed-after");
    expect(await local.streams.get("killed-after")).to.include({ status: "FAILED" });
    // Its code catches what fails, and would go on to announce it and to tell on-call.
    expect(callsOf(from)).to.deep.equal([
      "Query answered",
      "Scan answered",
      "GetItem answered",
      "PutItem InvocationKilled",
    ]);
    expect(
      local.notifications.all().filter(({ message }) => message.includes("killed-after")),
    ).to.have.lengthOf(0);
    await local.clock.advance({ minutes: 1 });
    expect(
      local.notifications.all().filter(({ message }) => message.includes("killed-after")),
    ).to.have.lengthOf(1);
  });

  it("that is killed at a call which takes effect late does nothing more, and its next try finds the call undone", async () => {
    const from = local.faults.calls().length;
    local.faults.late({
      ...{ service: "DynamoDB", action: "PutItem", caller: functionName },
      ...{ seconds: 180, kills: true },
    });
    await fail("killed-late");
    const [crash] = local.executions.get("killed-late")?.states.at(-1)?.errors ?? [];
    expect(crash?.error).to.equal("Runtime.ExitError");
    expect(await local.streams.get("killed-late")).to.equal(undefined);
    await local.clock.advance({ minutes: 1 });
    expect(await local.streams.get("killed-late")).to.include({ status: "FAILED" });
    const outcomesOfPuts = () => callsOf(from).filter((call) => call.startsWith("PutItem"));
    expect(outcomesOfPuts()).to.deep.equal(["PutItem InvocationKilled", "PutItem answered"]);
    await local.clock.advance({ minutes: 3 });
    // Its condition fails on the item of the second try.
    expect(await local.streams.attempts("killed-late")).to.have.lengthOf(1);
  });

  it("logs nothing once it was killed, but Lambda does", async () => {
    const from = local.logs.all(functionName).length;
    local.faults.kill({
      function: functionName,
      at: { service: "DynamoDB", action: "Query" },
      when: "before",
    });
    await fail("killed-and-silent");
    // A cold start writes plain lines about Node.js.
    const lines = local.logs
      .all(functionName)
      .slice(from)
      .filter(({ line }) => line.startsWith("{"));
    expect(lines.map(({ line }) => (JSON.parse(line) as JsonObject).errorType)).to.deep.equal([
      "Runtime.ExitError",
    ]);
  });

  it("outlasts two throttles by its SDK's own tries, and not three", async () => {
    const query = { service: "DynamoDB", action: "Query", caller: functionName, error: "throttle" } as const;
    for (const [streamId, times, told] of [
      ["throttled-twice", 2, 0],
      ["throttled-thrice", 3, 1],
    ] as const) {
      local.faults.fail({ ...query, times });
      await fail(streamId);
      await local.clock.advance({ minutes: 2 });
      const errors = local.executions
        .get(streamId)
        ?.states.find(({ name }) => name === "HandleProvisionFailure")?.errors;
      expect(errors).to.have.lengthOf(told);
      expect(local.executions.get(streamId)?.status).to.equal("FAILED");
    }
  });

  it("sees a broken connection where an answer is lost, and tries again", async () => {
    const from = local.faults.calls().length;
    local.faults.fail({ service: "DynamoDB", action: "PutItem", caller: functionName, when: "after" });
    await fail("answer-lost");
    await local.clock.advance({ minutes: 1 });
    expect(callsOf(from).slice(0, 6)).to.deep.equal([
      "Query answered",
      "Scan answered",
      "GetItem answered",
      "PutItem SdkClientException",
      // The SDK's second try finds the item of the first.
      "PutItem ConditionalCheckFailedException",
      "GetItem answered",
    ]);
    expect(await local.streams.attempts("answer-lost")).to.have.lengthOf(1);
  });

  it("goes by a clock that is wrong until it is set right", async () => {
    const right = local.faults.skew({ function: functionName, seconds: -3600 });
    await fail("behind");
    right();
    await fail("on-time");
    const now = local.clock.now();
    expect((await local.streams.get("behind"))?.updatedAt).to.equal(new Date(now - 3_600_000).toISOString());
    expect((await local.streams.get("on-time"))?.updatedAt).to.equal(new Date(now).toISOString());
  });

  it("whose invocation itself fails is invoked again, and its service speaks as Lambda does", async () => {
    local.faults.fail({
      service: "Lambda",
      action: "Invoke",
      caller: "state-machine",
      error: "throttle",
      nth: 2,
    });
    await fail("lambda-throttled");
    const [throttle] = local.executions.get("lambda-throttled")?.states.at(-1)?.errors ?? [];
    expect(throttle?.error).to.equal("Lambda.TooManyRequestsException");
    await local.clock.advance({ minutes: 1 });
    expect(local.executions.get("lambda-throttled")?.status).to.equal("FAILED");
  });
});
