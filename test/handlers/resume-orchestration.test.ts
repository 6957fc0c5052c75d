import { expect } from "chai";
import { createResumeOrchestration, type LifecycleEvent } from "../../handlers/resume-orchestration";
import event from "./fixtures/lifecycle-event.json";
import {
  type Actions,
  awsError,
  type Call,
  fakeClient,
  interceptedClient,
  recordingLog,
} from "./support/fakes";
import { useTables } from "./support/tables";

const now = "2027-03-20T17:45:13.000Z";
const taskToken = "AQCEAAAAKgAAAAMAAAAA-token";

describe("the resumer of the workflow", () => {
  const tables = useTables();

  function setUp(
    actions: Actions = { SendTaskSuccess: () => ({}), SendTaskFailure: () => ({}) },
    dynamodb = tables.dynamodb,
  ) {
    const calls: Call[] = [];
    const log = recordingLog();
    const sfn = fakeClient(actions, calls);
    const handle = createResumeOrchestration({
      dynamodb,
      sfn,
      log,
      tableName: tables.tableName,
      leadTimeMinutes: null,
      now: () => new Date(now),
    });
    const deliver = (detail: object = {}, time = event.time) =>
      handle({ ...event, time, detail: { ...event.detail, ...detail } } as LifecycleEvent);
    return { deliver, handle, calls, log };
  }

  const success = { action: "SendTaskSuccess", input: { taskToken, output: '{"status":"READY"}' } };

  it("writes READY onto the item, and resumes the workflow that waits", async () => {
    await tables.putAttempt({ taskToken });
    const { deliver, calls, log } = setUp();
    await deliver({ origin: "encoder-watch", reason: "Picture is there." });
    const [attempt] = await tables.attempts();
    expect(attempt).to.include({ status: "READY", updatedAt: now, taskToken });
    expect(attempt?.history.at(-1)).to.deep.equal({
      status: "READY",
      reason: "Picture is there.",
      at: now,
      origin: "encoder-watch",
      evidence: "MediaLive has not said that channel 1000001 runs.",
      eventId: "17793124-05d4-b198-2fde-7ededc63b103",
    });
    expect(calls).to.deep.equal([success]);
    expect(log.text()).not.to.contain(taskToken);
    expect(attempt, "the event is its own announcement").not.to.have.property("unpublishedSince");
  });

  it("passes over COMPLETE of an unknown stream", async () => {
    const { deliver, calls, log } = setUp();
    await deliver({ status: "COMPLETE" });
    expect(calls).to.deep.equal([]);
    expect(log.text()).to.contain("unknown stream");
  });

  it("leaves READY for the workflow to read when it arrives before the token", async () => {
    await tables.putAttempt({});
    const { deliver, calls } = setUp();
    await deliver();
    const [attempt] = await tables.attempts();
    expect(attempt).to.include({ status: "READY" });
    expect(attempt?.history.at(-1)?.origin).to.equal("event");
    expect(calls).to.deep.equal([]);
  });

  it("resumes when the token is written in the moment before the status", async () => {
    await tables.putAttempt({});
    const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
      // The token's own condition still holds here: the status is PROVISIONING.
      if (action === "UpdateItem") await tables.putAttempt({ taskToken });
      return pass();
    });
    const { deliver, calls } = setUp(undefined, dynamodb);
    await deliver();
    expect(calls).to.deep.equal([success]);
  });

  it("resumes a workflow whose status PUT /streams has already written", async () => {
    const before = await tables.putAttempt({ status: "READY", taskToken });
    const { deliver, calls } = setUp();
    await deliver({ attempt: 1, origin: "api" });
    expect(await tables.attempts()).to.deep.equal([before]);
    expect(calls).to.deep.equal([success]);
  });

  it("fails the workflow with the reason that stands on the item", async () => {
    await tables.putAttempt({ taskToken });
    const { deliver, calls } = setUp();
    await deliver({ status: "FAILED", reason: "No signal." });
    expect(calls).to.deep.equal([
      { action: "SendTaskFailure", input: { taskToken, error: "ConfirmationFailed", cause: "No signal." } },
    ]);
  });

  it("gives a cause of its own where there was no reason", async () => {
    await tables.putAttempt({ taskToken });
    const { deliver, calls } = setUp();
    await deliver({ status: "FAILED" });
    expect(calls[0]?.input.cause).to.equal("The stream was reported FAILED, without a reason.");
  });

  for (const [status, action] of [
    ["LIVE", "SendTaskSuccess"],
    ["FAILED", "SendTaskFailure"],
    ["COMPLETE", "SendTaskSuccess"],
  ] as const) {
    it(`goes by the item's ${status}, not by the event's READY`, async () => {
      const before = await tables.putAttempt({ status, taskToken });
      const { deliver, calls } = setUp();
      await deliver();
      expect(calls.map((call) => call.action)).to.deep.equal([action]);
      expect(await tables.attempts()).to.deep.equal([before]);
    });
  }

  it("tells the workflow of a stream that was READY, and is COMPLETE before the workflow heard of either", async () => {
    for (const status of ["READY", "COMPLETE"]) {
      await tables.putAttempt({ status: "COMPLETE", taskToken });
      const { deliver, calls } = setUp();
      await deliver({ status, origin: "api" });
      expect(calls).to.deep.equal([
        { action: "SendTaskSuccess", input: { taskToken, output: '{"status":"COMPLETE"}' } },
      ]);
    }
  });

  it("masks and cuts a reason of any length, and takes the event for what it is", async () => {
    await tables.putAttempt({ status: "READY" });
    const { deliver } = setUp();
    const url = "rtmps://in.example.com/live/KEY";
    const reason = `see ${url} ${"x".repeat(600)} ${url}\ud800`;
    await deliver({ status: "FAILED", overdue: true, reason, origin: "watch" });
    const [attempt] = await tables.attempts();
    expect(attempt?.status).to.equal("FAILED");
    const last = attempt?.history.at(-1);
    expect(last?.origin).to.equal("watch");
    expect(last?.reason)
      .to.match(/^see rtmps:\/\/in\.example\.com\/… x+…$/)
      .and.have.length(280);
  });

  for (const [name, detail] of [
    ["a streamId that is null", { streamId: null }],
    ["an attempt that is a text", { attempt: "1; x" }],
    ["an attempt that is null", { attempt: null }],
    ["a reason that is an object", { reason: {} }],
    ["a reason that is null", { reason: null }],
    ["a time that is none", { occurredAt: "yesterday" }],
    ["an origin that is a number", { origin: 7 }],
  ] as const) {
    it(`logs and passes over ${name}`, async () => {
      const before = await tables.putAttempt({ taskToken });
      const { deliver, calls, log } = setUp();
      await deliver({ status: "FAILED", ...detail });
      expect(await tables.attempts()).to.deep.equal([before]);
      expect(calls).to.deep.equal([]);
      expect(log.text()).to.include("The event's detail is invalid").and.include(event.id);
    });
  }

  it("finds nothing to do for a duplicate after the workflow went on", async () => {
    await tables.putAttempt({ status: "READY", readyAt: now });
    const { deliver, calls } = setUp();
    await deliver();
    expect(calls).to.deep.equal([]);
  });

  for (const [name, detail, time] of [
    ["of an earlier attempt", { attempt: 1 }, event.time],
    ["of an attempt to come", { attempt: 3 }, event.time],
    [
      "that occurred before the attempt was requested",
      { occurredAt: "2027-03-20T16:59:59.999Z" },
      event.time,
    ],
    ["that was sent before the attempt was requested", {}, "2027-03-20T16:59:59Z"],
    ["of the orchestrator itself", { origin: "orchestrator" }, event.time],
    ["that confirms nothing", { status: "LIVE" }, event.time],
    ["that is invalid", { status: "DONE" }, event.time],
    ["of an unknown stream", { streamId: "nobody-knows" }, event.time],
  ] as const) {
    it(`passes over an event ${name}`, async () => {
      await tables.putAttempt({ attempt: 1, status: "FAILED" });
      await tables.putAttempt({ attempt: 2, taskToken });
      const before = await tables.attempts();
      const { deliver, calls } = setUp();
      await deliver(detail, time);
      expect(await tables.attempts()).to.deep.equal(before);
      expect(calls).to.deep.equal([]);
    });
  }

  it("takes an event of the request's own second: EventBridge's time has no fractions", async () => {
    await tables.putAttempt({ taskToken, requestedAt: "2027-03-20T17:45:12.900Z" });
    const { deliver, calls } = setUp();
    await deliver({}, "2027-03-20T17:45:12Z");
    expect(calls).to.deep.equal([success]);
  });

  it("passes over an event without a detail", async () => {
    const { handle, calls } = setUp();
    for (const detail of [null, undefined, "text", 7, []]) {
      await handle({ ...event, detail } as unknown as LifecycleEvent);
    }
    expect(calls).to.deep.equal([]);
  });

  for (const name of ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"]) {
    it(`is done when AWS answers ${name}`, async () => {
      await tables.putAttempt({ taskToken });
      const { deliver } = setUp({
        SendTaskSuccess: () => {
          throw awsError(name);
        },
      });
      await deliver();
      expect((await tables.attempts())[0]).to.include({ status: "READY" });
    });
  }

  it("fails for another delivery when AWS fails, without the token in the error", async () => {
    await tables.putAttempt({ taskToken });
    let down = true;
    const { deliver, calls } = setUp({
      SendTaskSuccess: () => {
        if (down) throw awsError("ThrottlingException", `Rate exceeded for ${taskToken}`);
        return {};
      },
    });
    const error: unknown = await deliver().catch((thrown: unknown) => thrown);
    expect(error).to.be.an("error").with.property("name", "ThrottlingException");
    expect((error as Error).stack).not.to.contain(taskToken);
    down = false;
    await deliver();
    expect(calls).to.have.length(2);
  });

  describe("for a start that is held", () => {
    const heldUntil = "2027-03-20T18:00:00.000Z";
    const cause = "Rained off.";
    const history = [{ status: "COMPLETE" as const, reason: cause, at: now, origin: "api" }];

    it("takes COMPLETE to the workflow once it stands on the item", async () => {
      const before = await tables.putAttempt({ status: "COMPLETE", heldUntil, taskToken, history });
      const { deliver, calls } = setUp();
      await deliver({ status: "COMPLETE", origin: "api" });
      expect(calls).to.deep.equal([
        { action: "SendTaskFailure", input: { taskToken, error: "StreamCancelled", cause } },
      ]);
      expect(await tables.attempts()).to.deep.equal([before]);
    });

    it("takes FAILED to the workflow as a cancel", async () => {
      await tables.putAttempt({ heldUntil, taskToken });
      const { deliver, calls } = setUp();
      await deliver({ status: "FAILED", reason: cause });
      expect(calls[0]?.input).to.deep.equal({ taskToken, error: "StreamCancelled", cause });
      expect((await tables.attempts())[0]).to.include({ status: "FAILED" });
    });

    it("passes over a READY: there is no channel yet", async () => {
      const before = await tables.putAttempt({ heldUntil, taskToken });
      const { deliver, calls } = setUp();
      await deliver();
      expect(await tables.attempts()).to.deep.equal([before]);
      expect(calls).to.deep.equal([]);
    });

    it("passes over a READY that comes in the moment in which the hold begins", async () => {
      await tables.putAttempt({});
      let raced = false;
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "UpdateItem" && !raced) {
          raced = true;
          await tables.putAttempt({ heldUntil, taskToken });
        }
        return pass();
      });
      const { deliver, calls } = setUp(undefined, dynamodb);
      await deliver();
      expect(raced).to.equal(true);
      expect((await tables.attempts())[0]).to.include({ status: "PROVISIONING", taskToken });
      expect(calls).to.deep.equal([]);
    });

    for (const [name, item, detail] of [
      ["that nobody has written", { heldUntil, taskToken }, {}],
      ["of a stream that is LIVE", { status: "LIVE", taskToken }, {}],
      ["of an earlier attempt", { status: "COMPLETE", heldUntil, taskToken }, { attempt: 1 }],
      [
        "that occurred before the attempt was requested",
        { status: "COMPLETE", taskToken },
        { occurredAt: "2027-03-20T16:59:59.999Z" },
      ],
      ["where nothing waits", { status: "COMPLETE" }, {}],
    ] as const) {
      it(`passes over a COMPLETE ${name}`, async () => {
        await tables.putAttempt({ attempt: 1, status: "FAILED" });
        await tables.putAttempt({ attempt: 2, ...item });
        const before = await tables.attempts();
        const { deliver, calls } = setUp();
        await deliver({ status: "COMPLETE", ...detail });
        expect(calls).to.deep.equal([]);
        expect(await tables.attempts()).to.deep.equal(before);
      });
    }
  });
});
