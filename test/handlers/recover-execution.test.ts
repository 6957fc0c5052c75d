import { expect } from "chai";
import { createRecoverExecution, type ExecutionEvent } from "../../handlers/recover-execution";
import event from "./fixtures/execution-event.json";
import { takeTurn } from "./support/distribution-lock";
import { awsError, fakeBus, interceptedClient } from "./support/fakes";
import { fakeRecoverer, type GivenRecoverer, teardownStateMachineArn } from "./support/recoverer";
import { anAttempt, executionArn, useTables } from "./support/tables";

const now = "2027-03-20T17:10:05.000Z";
const request = event.detail.input;
const channelId = "1000001";

describe("the recovery of an execution", () => {
  const tables = useTables();

  function setUp(given: Partial<GivenRecoverer> = {}) {
    const { recoverer, ...seen } = fakeRecoverer(tables, { now, ...given });
    const handle = createRecoverExecution(recoverer);
    const deliver = (detail: object = {}) =>
      handle({ ...event, detail: { ...event.detail, ...detail } } as ExecutionEvent);
    return { deliver, ...seen };
  }

  const failureOf = (promise: Promise<unknown>) => promise.then(() => "nothing was thrown", String);
  const teardown = (attempt = 1) => ({
    stateMachineArn: teardownStateMachineArn,
    input: {
      streamId: "spring-launch",
      attempt,
      channelId,
      reason: "The workflow has ended, and its channel is still leased.",
    },
  });

  it("marks the attempt FAILED, announces it, has it undone and tells on-call", async () => {
    await tables.putLease({});
    await tables.putAttempt({ request, ownsChannel: true, taskToken: "token" });
    const { deliver, bus, messages, teardowns, log } = setUp();

    await deliver({ cause: "Stopped by rtmps://ops.example.com/secret-key" });

    const cause = "Stopped by rtmps://ops.example.com/…";
    const reason = `StreamLifecycleOrchestrator failed: ExecutionAborted (${cause})`;
    const [attempt] = await tables.attempts();
    expect(attempt).to.include({ status: "FAILED", updatedAt: now });
    expect(attempt).not.to.have.any.keys("taskToken", "unpublishedSince");
    expect(attempt?.failure).to.deep.equal({
      state: "StreamLifecycleOrchestrator",
      error: "ExecutionAborted",
      cause,
    });
    expect(attempt?.history.at(-1)).to.deep.equal({
      status: "FAILED",
      reason,
      at: now,
      origin: "orchestrator",
      component: "recover-execution",
    });
    const failed = { streamId: "spring-launch", status: "FAILED", reason, occurredAt: now };
    expect(bus.details).to.deep.equal([{ ...failed, attempt: 1, origin: "orchestrator" }]);
    expect(teardowns).to.deep.equal([teardown()]);
    expect(await tables.leases(), "that is for StreamTeardown").to.have.length(1);
    expect(messages).to.have.length(1);
    expect(messages[0]?.Subject).to.equal("Stream spring-launch: failed in StreamLifecycleOrchestrator");
    expect(messages[0]?.Message)
      .to.contain("ExecutionAborted")
      .and.contain("Left to do:\n- nothing")
      .and.contain("StreamTeardown takes the playback entry out");
    for (const secret of ["secret-key", "token"]) expect(log.text()).not.to.contain(secret);
  });

  for (const status of ["PROVISIONING", "READY", "LIVE"] as const) {
    for (const [ended, error] of [
      ["FAILED", "ExecutionFailed"],
      ["TIMED_OUT", "ExecutionTimedOut"],
    ]) {
      it(`does so for a stream that is ${status} though its execution ended as ${ended}`, async () => {
        await tables.putAttempt({ status, ownsChannel: true });
        const { deliver, bus } = setUp();
        await deliver({ status: ended, error: "States.Runtime", cause: "No such variable." });
        const [attempt] = await tables.attempts();
        expect(attempt?.failure).to.include({ error, cause: "States.Runtime: No such variable." });
        expect(bus.details).to.have.length(1);
      });
    }
  }

  it("does nothing a second time", async () => {
    await tables.putLease({});
    await tables.putAttempt({ request });
    await setUp().deliver();
    const after = [await tables.attempts(), await tables.leases()];
    const { deliver, bus, messages } = setUp();
    await deliver();
    expect([await tables.attempts(), await tables.leases()]).to.deep.equal(after);
    expect(bus.details).to.deep.equal([]);
    expect(messages).to.deep.equal([]);
  });

  describe("the request of a workflow that died early", () => {
    it("is announced before its failure", async () => {
      await tables.putAttempt({ request });
      const { deliver, bus } = setUp();
      await deliver();
      expect(bus.types).to.deep.equal(["StreamProvisionRequested", "StreamLifecycleProgressed"]);
      expect(bus.details[0]).to.deep.equal({ ...(JSON.parse(request) as object), attempt: 1 });
    });

    it("is announced without ingest endpoints where events have none", async () => {
      await tables.putAttempt({ request });
      const { deliver, bus } = setUp({ includeIngestEndpoints: false });
      await deliver();
      expect(bus.details[0]).to.include({ title: "Spring launch" }).and.not.have.property("ingestEndpoints");
    });

    it("is not announced again once the channel was claimed", async () => {
      await tables.putAttempt({ request, ownsChannel: false });
      const { deliver, bus } = setUp();
      await deliver();
      expect(bus.types).to.deep.equal(["StreamLifecycleProgressed"]);
    });

    it("is not announced where the item has none that is valid", async () => {
      await tables.putAttempt({ request: "{}" });
      const { deliver, bus } = setUp();
      await deliver();
      expect(bus.types).to.deep.equal(["StreamLifecycleProgressed"]);
    });

    it("keeps the attempt as it is while the bus is down", async () => {
      const before = await tables.putAttempt({ request });
      const { deliver } = setUp({ bus: fakeBus(() => true) });
      expect(await failureOf(deliver())).to.match(/^RecoveryIncomplete: .*StreamProvisionRequested/);
      expect(await tables.attempts()).to.deep.equal([before]);
      const second = setUp();
      await second.deliver();
      expect(second.bus.types).to.have.length(2);
    });
  });

  describe("of an attempt that was brought to its end", () => {
    const failure = { state: "AwaitLifecycleConfirmation", error: "States.Timeout", cause: "None came." };

    for (const [name, item] of [
      ["FAILED by HandleProvisionFailure", { status: "FAILED", failure, notified: "[]" }],
      ["FAILED by a cancel", { status: "FAILED", failure: { ...failure, error: "StreamCancelled" } }],
      ["COMPLETE by a cancel", { status: "COMPLETE" }],
      ["READY", { status: "READY", readyAt: now }],
      ["LIVE", { status: "LIVE", readyAt: now }],
    ] as const) {
      it(`has nothing to do: ${name}`, async () => {
        const before = await tables.putAttempt({ request, ...item });
        for (const status of ["FAILED", "ABORTED"]) {
          const { deliver, bus, messages, teardowns, log } = setUp();
          await deliver({ status });
          expect([bus.details, messages, teardowns]).to.deep.equal([[], [], []]);
          expect(log.text()).to.contain('"recovered":0');
        }
        expect(await tables.attempts()).to.deep.equal([before]);
      });
    }

    it("tells on-call what HandleProvisionFailure could not, once", async () => {
      await tables.putAttempt({ status: "FAILED", failure });
      const { deliver, messages, bus } = setUp();
      await deliver({ status: "FAILED" });
      await deliver({ status: "FAILED" });
      expect(messages).to.have.length(1);
      expect(messages[0]?.Message)
        .to.contain("States.Timeout")
        .and.contain("Nothing of this attempt is left");
      expect(bus.details).to.deep.equal([]);
    });

    it("announces what is not announced yet, in order", async () => {
      const at = (minute: number) => `2027-03-20T17:0${minute}:00.000Z`;
      await tables.putAttempt({
        status: "FAILED",
        failure,
        unpublishedSince: at(3),
        history: [
          { status: "PROVISIONING", at: at(4), origin: "orchestrator" },
          { status: "READY", at: at(3), origin: "api" },
          { status: "FAILED", reason: "No signal.", at: at(2), origin: "api" },
        ],
      });
      const { deliver, bus } = setUp();
      await deliver();
      const common = { streamId: "spring-launch", attempt: 1, origin: "api" };
      // Their clocks differ: the order is that of the history.
      expect(bus.details).to.deep.equal([
        { ...common, status: "READY", occurredAt: at(3) },
        { ...common, status: "FAILED", reason: "No signal.", occurredAt: at(2) },
      ]);
      expect((await tables.attempts())[0]).not.to.have.property("unpublishedSince");
    });

    it("keeps the lease of a stream that is ready", async () => {
      await tables.putLease({});
      await tables.putAttempt({ status: "LIVE", readyAt: now });
      const { deliver, teardowns } = setUp();
      await deliver();
      expect(teardowns).to.deep.equal([]);
      expect(await tables.leases()).to.have.length(1);
    });

    it("has undone what HandleProvisionFailure left over", async () => {
      await tables.putLease({});
      await tables.putAttempt({ status: "FAILED", failure, notified: '["Channel"]' });
      const { deliver, teardowns, messages, bus } = setUp();
      await deliver({ status: "FAILED" });
      expect(teardowns).to.deep.equal([teardown()]);
      expect([messages, bus.details]).to.deep.equal([[], []]);
    });

    for (const [name, startedAt, count] of [
      ["is under way", "2027-03-20T16:10:05.001Z", 0],
      ["has died an hour ago", "2027-03-20T16:10:05.000Z", 1],
    ] as const) {
      it(`starts ${count} teardowns where one ${name}`, async () => {
        await tables.putLease({});
        const running = { status: "RUNNING", executionArn: "x", startedAt } as const;
        await tables.putAttempt({ status: "FAILED", failure, teardown: running });
        const { deliver, teardowns } = setUp();
        await deliver();
        expect(teardowns).to.have.length(count);
      });
    }
  });

  it("announces the request, too, where PUT /streams said FAILED before the channel was claimed", async () => {
    await tables.putAttempt({ status: "FAILED", request });
    const { deliver, bus } = setUp();
    await deliver();
    await deliver();
    expect(bus.types).to.deep.equal(["StreamProvisionRequested"]);
  });

  it("takes the token of a cancelled start away, and keeps that it is COMPLETE", async () => {
    await tables.putAttempt({ request, status: "COMPLETE", taskToken: "token", heldUntil: now });
    const { deliver, bus } = setUp();
    await deliver({ status: "FAILED", error: "StreamCancelled" });
    const [attempt] = await tables.attempts();
    expect(attempt).to.include({ status: "COMPLETE" }).and.have.property("failure");
    expect(attempt).not.to.have.any.keys("taskToken", "heldUntil");
    expect(bus.details, "the request was announced before it was held").to.deep.equal([]);
  });

  it("handles a FAILED that the workflow wrote just before it died", async () => {
    await tables.putAttempt({
      status: "FAILED",
      ownsChannel: true,
      unpublishedSince: now,
      history: [{ status: "FAILED", at: now, origin: "orchestrator" }],
    });
    const { deliver, bus, messages } = setUp();
    await deliver();
    const [attempt] = await tables.attempts();
    expect(attempt?.history).to.have.length(1);
    expect(attempt?.failure?.error).to.equal("ExecutionAborted");
    expect(bus.details).to.have.length(1);
    expect(messages).to.have.length(1);
  });

  describe("of an execution without an item", () => {
    it("keeps what the workflow writes in that very moment", async () => {
      await tables.putLease({});
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "PutItem" && (await tables.attempts()).length === 0) {
          await tables.putAttempt({ request, ownsChannel: true });
        }
        return pass();
      });
      await setUp({ dynamodb }).deliver();
      expect((await tables.attempts())[0]).to.include({ status: "FAILED", ownsChannel: true });
    });

    it("does not count a lease that another has given back meanwhile", async () => {
      await tables.putLease({});
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "DeleteItem") await tables.removeLease(channelId);
        return pass();
      });
      const gone = setUp({ dynamodb });
      await gone.deliver({ status: "FAILED" });
      expect(gone.log.text()).to.contain('"returned":0');
    });

    it("gives its lease back, and records the attempt", async () => {
      await tables.putLease({});
      const { deliver, bus, messages, teardowns, log } = setUp();
      await deliver({ status: "FAILED" });
      expect(await tables.leases()).to.deep.equal([]);
      expect(log.text()).to.contain('"returned":1');
      const [attempt] = await tables.attempts();
      expect(attempt).to.include({
        attempt: 1,
        status: "FAILED",
        title: "Spring launch",
        request,
        requestedAt: "2027-03-20T17:00:00.500Z",
        executionArn: event.detail.executionArn,
      });
      expect(bus.types).to.deep.equal(["StreamLifecycleProgressed"]);
      expect(messages[0]?.Message).to.contain("Nothing of this attempt is left behind");
      expect(teardowns).to.deep.equal([]);
    });

    for (const status of ["ABORTED", "TIMED_OUT"]) {
      it(`records the attempt of one that was ${status} before it had a lease`, async () => {
        const { deliver, bus } = setUp();
        await deliver({ status });
        expect((await tables.attempts())[0]).to.include({ attempt: 1, status: "FAILED" });
        expect(bus.details).to.have.length(1);
      });
    }

    it("leaves it at what HandleProvisionFailure decided for one that FAILED", async () => {
      await tables.putAttempt({ attempt: 1, status: "COMPLETE", executionArn: executionArn("other") });
      const { deliver, bus, messages } = setUp();
      await deliver({ status: "FAILED", error: "StreamAlreadyActive" });
      expect(await tables.attempts()).to.have.length(1);
      expect([bus.details, messages]).to.deep.equal([[], []]);
    });

    for (const [name, latest] of [
      ["is active", { status: "LIVE" }],
      ["was requested later", { status: "COMPLETE", requestedAt: "2027-03-20T17:00:00.501Z" }],
    ] as const) {
      it(`gives its lease back and records nothing where another attempt ${name}`, async () => {
        await tables.putLease({});
        const before = await tables.putAttempt({ executionArn: executionArn("other"), ...latest });
        const { deliver, bus, messages } = setUp();
        await deliver();
        expect(await tables.attempts()).to.deep.equal([before]);
        expect(await tables.leases()).to.deep.equal([]);
        expect([bus.details, messages]).to.deep.equal([[], []]);
      });
    }

    it("records it after attempts that have ended before", async () => {
      await tables.putAttempt({ attempt: 3, status: "COMPLETE", executionArn: executionArn("other") });
      await tables.putAttempt({ attempt: 4, status: "FAILED", executionArn: executionArn("another") });
      await setUp().deliver();
      expect((await tables.attempts()).at(-1)).to.include({ attempt: 5, status: "FAILED" });
    });

    it("keeps its lease until the attempt is recorded", async () => {
      await tables.putLease({});
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "PutItem") throw awsError("InternalServerError");
        return pass();
      });
      expect(await failureOf(setUp({ dynamodb }).deliver({ status: "FAILED" }))).to.match(
        /^RecoveryIncomplete/,
      );
      expect(await tables.leases()).to.have.length(1);
    });
  });

  describe("finds the attempt", () => {
    it("of an execution that was started by hand, by its input", async () => {
      const byHand = executionArn("by-hand");
      await tables.putAttempt({ attempt: 1, status: "COMPLETE" });
      await tables.putAttempt({ attempt: 2, executionArn: byHand });
      await setUp().deliver({ executionArn: byHand, name: "by-hand" });
      const [one, two] = await tables.attempts();
      expect([one?.status, two?.status]).to.deep.equal(["COMPLETE", "FAILED"]);
    });

    it("under the number it got, where that is not its name's", async () => {
      await tables.putAttempt({ attempt: 1, status: "COMPLETE", executionArn: executionArn("other") });
      await tables.putAttempt({ attempt: 2, executionArn: event.detail.executionArn });
      await setUp().deliver();
      expect((await tables.attempts()).map(({ status }) => status)).to.deep.equal(["COMPLETE", "FAILED"]);
    });

    it("by the execution's name, where the input was too large for the event", async () => {
      await tables.putAttempt({});
      await setUp().deliver({ input: null });
      expect((await tables.attempts())[0]).to.include({ status: "FAILED" });
    });

    it("by the lease, where neither tells", async () => {
      const byHand = executionArn("by-hand");
      await tables.putLease({ channelId, leasedBy: byHand });
      await tables.putAttempt({ executionArn: byHand });
      const { deliver, teardowns } = setUp();
      await deliver({ executionArn: byHand, name: "by-hand", input: null });
      expect((await tables.attempts())[0]).to.include({ status: "FAILED" });
      expect(teardowns).to.deep.equal([teardown()]);
    });

    for (const [name, detail] of [
      ["no stream", { name: "by-hand", input: '{"streamId":7}' }],
      ["no JSON", { name: "by-hand_x", input: "{" }],
      ["a name that is none", { name: "x_1", input: null }],
    ] as const) {
      it(`nowhere for an execution with ${name}, and does nothing`, async () => {
        const { deliver, bus, messages } = setUp();
        await deliver({ executionArn: executionArn("by-hand"), ...detail });
        expect([bus.details, messages, await tables.attempts()]).to.deep.equal([[], [], []]);
      });
    }
  });

  for (const [name, given] of [
    ["as the workflow writes it", {}],
    ["as an earlier version wrote it", { leasedAt: now }],
  ] as const) {
    it(`never touches a turn at the distribution that the execution had, ${name}`, async () => {
      await takeTurn(tables, event.detail.executionArn, now);
      const turn = { ...(await tables.leases())[0], ...given };
      await tables.putLeaseItem(turn);
      await setUp().deliver();
      expect(await tables.leases()).to.deep.equal([turn]);
      const { deliver, teardowns } = setUp();
      await deliver();
      expect(teardowns).to.deep.equal([]);
    });
  }

  describe("with a lease on a channel that the attempt never claimed", () => {
    const unclaimed = { channelId: "1000002" };

    it("gives it back, starts nothing, and promises on-call nothing", async () => {
      await tables.putLease(unclaimed);
      await tables.putAttempt({ ownsChannel: true });
      const { deliver, teardowns, messages } = setUp();
      await deliver();
      expect(await tables.leases()).to.deep.equal([]);
      expect(teardowns).to.deep.equal([]);
      expect(messages[0]?.Message).to.contain("Nothing of this attempt is left behind");
    });

    it("has the claimed one undone", async () => {
      await tables.putLease({});
      await tables.putLease(unclaimed);
      await tables.putAttempt({ ownsChannel: true });
      const { deliver, teardowns, messages } = setUp();
      await deliver();
      expect((await tables.leases()).map((lease) => lease.channelId)).to.deep.equal([channelId]);
      expect(teardowns).to.deep.equal([teardown()]);
      expect(messages[0]?.Message).to.contain("StreamTeardown takes the playback entry out");
    });

    it("leaves another execution's alone", async () => {
      await tables.putLease({ ...unclaimed, leasedBy: executionArn("other") });
      await tables.putAttempt({ ownsChannel: true });
      await setUp().deliver();
      expect(await tables.leases()).to.have.length(1);
    });

    it("has a leased channel undone where the attempt names none", async () => {
      await tables.putLease({});
      const { channelId: _, ...held } = anAttempt({ heldUntil: now });
      await tables.putAttemptItem(held);
      const { deliver, teardowns } = setUp();
      await deliver();
      expect(teardowns).to.deep.equal([teardown()]);
    });
  });

  for (const status of ["RUNNING", "SUCCEEDED"]) {
    it(`passes over an execution that is ${status}`, async () => {
      const before = await tables.putAttempt({});
      await setUp().deliver({ status });
      expect(await tables.attempts()).to.deep.equal([before]);
    });
  }

  for (const [name, detail] of [
    ["a name that is null", { name: null }],
    ["no ARN", { executionArn: undefined }],
    ["a time that is none", { startDate: "yesterday" }],
    ["a time that no date has", { startDate: 1e300 }],
    ["an input that is no text", { input: {} }],
    ["a status that is a number", { status: 7 }],
  ] as const) {
    it(`logs and passes over an event with ${name}`, async () => {
      const before = await tables.putAttempt({});
      const { deliver, log } = setUp();
      await deliver(detail);
      expect(await tables.attempts()).to.deep.equal([before]);
      expect(log.text()).to.include("The event's detail is invalid");
    });
  }

  describe("when a step fails", () => {
    it("takes the others, and the rest with the next delivery", async () => {
      await tables.putLease({});
      await tables.putAttempt({ ownsChannel: true });
      const down = setUp({ bus: fakeBus(() => true) });
      expect(await failureOf(down.deliver())).to.match(
        /^RecoveryIncomplete: The attempt's status is not announced/,
      );
      expect(down.teardowns).to.have.length(1);
      expect(down.messages).to.have.length(1);

      const { deliver, bus, messages } = setUp();
      await deliver();
      expect(bus.details).to.have.length(1);
      expect(messages).to.deep.equal([]);
    });

    it("tells on-call with the next delivery", async () => {
      await tables.putAttempt({ ownsChannel: true });
      expect(await failureOf(setUp({ snsDown: true }).deliver())).to.contain("On-call was not notified.");
      const { deliver, bus, messages } = setUp();
      await deliver();
      expect(messages).to.have.length(1);
      expect(bus.details).to.deep.equal([]);
    });

    it("starts no teardown of an attempt that it could not mark FAILED", async () => {
      await tables.putLease({});
      await tables.putAttempt({ ownsChannel: true });
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "UpdateItem") throw awsError("InternalServerError");
        return pass();
      });
      const { deliver, teardowns } = setUp({ dynamodb });
      expect(await failureOf(deliver()))
        .to.contain("The attempt is not marked FAILED.")
        .and.not.contain("is not undone");
      expect(teardowns).to.deep.equal([]);
      expect(await tables.leases()).to.have.length(1);
    });
  });
});
