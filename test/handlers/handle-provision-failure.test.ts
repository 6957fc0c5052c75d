import { expect } from "chai";
import type { HandleProvisionFailureEvent } from "../../contracts/internal";
import { createHandleProvisionFailure } from "../../handlers/handle-provision-failure";
import { awsError, fakeBus, fakeClient, interceptedClient, recordingLog } from "./support/fakes";
import { aRequest } from "./support/http-events";
import { executionArn, useTables } from "./support/tables";

const now = "2027-03-20T17:15:00.000Z";
const me = executionArn("spring-launch_1");
const channelId = "1000001";

describe("HandleProvisionFailure", () => {
  const tables = useTables();

  function setUp({ bus = fakeBus(), dynamodb = tables.dynamodb, snsDown = false } = {}) {
    const messages: { Subject: string; Message: string; TopicArn: string }[] = [];
    const log = recordingLog();
    const { tableName, leaseTableName } = tables;
    const handle = createHandleProvisionFailure({
      ...bus,
      dynamodb,
      tableName,
      leaseTableName,
      sns: fakeClient({
        Publish: (input) => {
          if (snsDown) throw awsError("InternalErrorException");
          messages.push(input as (typeof messages)[number]);
          return {};
        },
      }),
      onCallTopicArn: "arn:aws:sns:eu-west-1:111122223333:on-call",
      now: () => new Date(now),
      log,
    });
    return { handle, messages, bus, log };
  }

  it("shows control characters in the mail, and forges no line of it", async () => {
    await tables.putAttempt({});
    const { handle, messages } = setUp();
    const hostile = "x\u001b[2J\n23:59 forged\u009b\u202e\u2028";
    await handle(
      failed({
        failure: { state: "A", error: hostile, cause: hostile },
        leftovers: [hostile],
        abandoned: [hostile],
      }),
    );
    const [{ Subject, Message } = { Subject: "", Message: "" }] = messages;
    expect(Subject).to.match(/^[ -~]+$/);
    expect(Message).to.include("Cause:     x\\u001b[2J\\n23:59 forged\\u009b\\u202e\\u2028");
    expect(Message).to.not.match(/[^\P{Cc}\n]|\p{Bidi_Control}|\p{Zl}/u);
    expect(Message.split("\n").filter((line) => line.startsWith("23:59"))).to.deep.equal([]);
  });

  function failed(given: Partial<HandleProvisionFailureEvent> = {}): HandleProvisionFailureEvent {
    return {
      request: aRequest(),
      execution: { id: me, name: "spring-launch_1", startTime: "2027-03-20T17:00:00.500Z" },
      failure: {
        state: "AwaitLifecycleConfirmation",
        error: "States.Timeout",
        cause: "Neither READY nor FAILED arrived within 900 seconds.",
      },
      provision: aProvision(),
      leftovers: [],
      ...given,
    };
  }

  function aProvision(): NonNullable<HandleProvisionFailureEvent["provision"]> {
    return {
      request: { streamId: "spring-launch" },
      attempt: 1,
      channel: { channelId, originDomainName: null, originPath: "" },
    };
  }

  const failureOf = (promise: Promise<unknown>) => promise.then(() => "nothing was thrown", String);

  it("gives the lease back, marks the attempt FAILED, announces it and tells on-call", async () => {
    await tables.putLease({});
    await tables.putAttempt({ taskToken: "token", heldUntil: now });
    const { handle, messages, bus, log } = setUp();

    const summary = await handle(failed());

    const reason =
      "AwaitLifecycleConfirmation failed: States.Timeout (Neither READY nor FAILED arrived within 900 seconds.)";
    expect(summary).to.deep.equal({
      streamId: "spring-launch",
      attempt: 1,
      status: "FAILED",
      announced: true,
      done: ["The lease on channel 1000001 is given back.", "Attempt 1 is marked FAILED."],
    });
    expect(await tables.leases()).to.deep.equal([]);
    const [attempt] = await tables.attempts();
    expect(attempt).to.include({ status: "FAILED", updatedAt: now });
    expect(attempt).to.not.have.any.keys("taskToken", "heldUntil", "unpublishedSince");
    expect(attempt?.failure).to.deep.equal(failed().failure);
    expect(attempt?.history.at(-1)).to.deep.equal({
      status: "FAILED",
      reason,
      at: now,
      origin: "orchestrator",
      component: "StreamLifecycleOrchestrator",
    });
    expect(bus.details).to.deep.equal([
      {
        streamId: "spring-launch",
        status: "FAILED",
        reason,
        occurredAt: now,
        attempt: 1,
        origin: "orchestrator",
      },
    ]);
    expect(messages).to.have.length(1);
    expect(messages[0]?.TopicArn).to.equal("arn:aws:sns:eu-west-1:111122223333:on-call");
    expect(messages[0]?.Subject).to.equal("Stream spring-launch: failed in AwaitLifecycleConfirmation");
    for (const part of [me, "States.Timeout", "lease on channel 1000001", "Left to do:\n- nothing"]) {
      expect(messages[0]?.Message).to.contain(part);
    }
    expect(log.text()).not.to.contain("secret-key");
  });

  it("changes nothing when it is repeated, and tells on-call once", async () => {
    await tables.putLease({});
    await tables.putAttempt({});
    const { handle, messages } = setUp();
    await handle(failed());
    const after = [await tables.attempts(), await tables.leases()];
    expect((await handle(failed())).status).to.equal("FAILED");
    expect([await tables.attempts(), await tables.leases()]).to.deep.equal(after);
    expect(messages).to.have.length(1);
  });

  describe("the lease", () => {
    beforeEach(async () => {
      await tables.putAttempt({});
    });

    it("stays while something of the attempt is up; the rest is done, and on-call knows what to do", async () => {
      await tables.putLease({});
      const leftovers = [
        "Channel 1000001 may still run: MediaLive.ConflictException: see rtmp://a.example/secret-key",
      ];
      const { handle, messages, bus } = setUp();

      const summary = await handle(failed({ leftovers }));

      expect(summary).to.include({ status: "FAILED", announced: true });
      expect(await tables.leases()).to.have.length(1);
      expect(bus.details).to.have.length(1);
      expect(messages[0]?.Subject).to.equal(
        "Stream spring-launch: ACTION NEEDED, failed in AwaitLifecycleConfirmation",
      );
      expect(messages[0]?.Message)
        .to.contain("- Channel 1000001 may still run: MediaLive.ConflictException: see rtmp://a.example/…")
        .and.contain("- The channel stays leased until StreamTeardown has undone the rest.")
        .and.contain("StreamSweep starts it again at each of its runs")
        .and.not.contain(tables.leaseTableName)
        .and.not.contain("secret-key");

      await handle(failed({ leftovers }));
      expect(messages, "while nothing has changed").to.have.length(1);
    });

    it("goes back although something is left that no cleanup will mend, and on-call knows what to do", async () => {
      await tables.putLease({});
      const { handle, messages } = setUp();
      await handle(failed({ abandoned: ["The playback entry is still there: take it out by hand."] }));
      expect(await tables.leases()).to.deep.equal([]);
      expect(messages[0]?.Subject).to.contain("ACTION NEEDED");
      expect(messages[0]?.Message)
        .to.contain("- The playback entry is still there: take it out by hand.")
        .and.contain("do what is left to do by hand")
        .and.not.contain("StreamSweep")
        .and.not.contain("The channel stays leased");
    });

    it("is given back by a repetition when it could not be, and on-call hears of both", async () => {
      await tables.putLease({});
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "DeleteItem") throw awsError("ThrottlingException");
        return pass();
      });
      const first = setUp({ dynamodb });
      expect(await failureOf(first.handle(failed()))).to.match(
        /^ProvisionFailureIncomplete: Channels may still be leased/,
      );
      expect(first.messages[0]?.Message).to.contain("ThrottlingException").and.contain("tries again");
      const second = setUp();
      await second.handle(failed());
      expect(await tables.leases()).to.deep.equal([]);
      expect(second.messages[0]?.Message).to.contain("Left to do:\n- nothing");
    });

    it("is given back though the validation that took it never answered", async () => {
      await tables.putLease({});
      await setUp().handle(failed({ provision: null }));
      expect(await tables.leases()).to.deep.equal([]);
    });

    it("keeps a lease that changes hands in the moment before it is given back", async () => {
      await tables.putLease({});
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "DeleteItem") await tables.putLease({ leasedBy: executionArn("other_1") });
        return pass();
      });
      const { done } = await setUp({ dynamodb }).handle(failed());
      expect(done.join()).not.to.contain("given back");
      expect((await tables.leases())[0]).to.include({ leasedBy: executionArn("other_1") });
    });

    it("has all leases of the execution given back, those of a repeated validation too", async () => {
      await tables.putLease({});
      await tables.putLease({ channelId: "1000002" });
      await tables.putLease({ channelId: "1000003", leasedBy: executionArn("other_1") });
      await setUp().handle(failed());
      expect((await tables.leases()).map((lease) => lease.channelId)).to.deep.equal(["1000003"]);
    });
  });

  describe("the attempt's item", () => {
    it("is created where the workflow failed before it was", async () => {
      const { handle, bus } = setUp();
      const failure = {
        state: "ValidateProvisionRequest",
        error: "NoChannelAvailable",
        cause: "None of the 2.",
      };
      const summary = await handle(failed({ failure, provision: null }));
      expect(summary).to.include({ attempt: 1, status: "FAILED", announced: true });
      const [attempt] = await tables.attempts();
      expect(attempt).to.include({
        streamId: "spring-launch",
        status: "FAILED",
        title: "Spring launch",
        startTime: "2027-03-20T18:00:00.000Z",
        executionArn: me,
        requestedAt: "2027-03-20T17:00:00.500Z",
      });
      expect(attempt?.request).to.contain('"startTime":"2027-03-20T18:00:00.000Z"');
      expect(bus.details).to.have.length(1);
    });

    it("is created without the request where that is invalid", async () => {
      const { handle } = setUp();
      const failure = {
        state: "ValidateProvisionRequest",
        error: "ProvisionRequestInvalid",
        cause: "title is required.",
      };
      await handle(failed({ request: { streamId: "spring-launch" }, failure, provision: null }));
      expect((await tables.attempts())[0])
        .to.include({ status: "FAILED" })
        .and.not.have.property("request");
    });

    it("takes the number that the execution's name has", async () => {
      await tables.putAttempt({
        attempt: 2,
        status: "FAILED",
        executionArn: executionArn("spring-launch_2"),
      });
      const execution = { id: executionArn("spring-launch_5"), name: "spring-launch_5", startTime: now };
      const { handle } = setUp();
      expect((await handle(failed({ execution, provision: null }))).attempt).to.equal(5);
      // Repeated, it finds the item that it has made.
      expect((await handle(failed({ execution, provision: null }))).attempt).to.equal(5);
      expect(await tables.attempts()).to.have.length(2);
    });

    it("is not put above an attempt that is active, nor is the stream announced as FAILED", async () => {
      const active = await tables.putAttempt({ attempt: 3, status: "LIVE", executionArn: executionArn("x") });
      const { handle, bus, messages } = setUp();
      const failure = {
        state: "ValidateProvisionRequest",
        error: "StreamAlreadyActive",
        cause: "It is LIVE.",
      };
      const summary = await handle(failed({ failure, provision: null }));
      expect(summary).to.include({ status: "NONE", announced: false });
      expect(await tables.attempts()).to.deep.equal([active]);
      expect(bus.details).to.deep.equal([]);
      expect(messages).to.have.length(1);
    });

    it("is not touched where it becomes another execution's in that moment, though it has ended", async () => {
      const others = await tables.putAttempt({ status: "COMPLETE", executionArn: executionArn("other_1") });
      await tables.putAttempt({ status: "COMPLETE" });
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action, input }, pass) => {
        if (action === "UpdateItem" && JSON.stringify(input).includes("if_not_exists(failure")) {
          await tables.putAttempt(others);
        }
        return pass();
      });
      await failureOf(setUp({ dynamodb }).handle(failed()));
      expect(await tables.attempts()).to.deep.equal([others]);
    });

    it("of another execution is not touched, though it has the same number", async () => {
      const theirs = await tables.putAttempt({ executionArn: executionArn("by-hand") });
      const { handle, bus } = setUp();
      const failure = {
        state: "PersistProvisionRequest",
        error: "DynamoDB.ConditionalCheckFailedException",
        cause: "",
      };
      expect(await handle(failed({ failure }))).to.include({ status: "NONE", announced: false });
      expect(await tables.attempts()).to.deep.equal([theirs]);
      expect(bus.details).to.deep.equal([]);
    });

    it("keeps FAILED as it was reported, and loses the token and readyAt, as the workflow did not end well", async () => {
      const before = await tables.putAttempt({
        status: "FAILED",
        taskToken: "token",
        readyAt: now,
        heldUntil: now,
      });
      const { handle, bus } = setUp();
      expect(await handle(failed())).to.include({ status: "FAILED", announced: true });
      const [attempt] = await tables.attempts();
      expect(attempt?.history).to.deep.equal(before.history);
      expect(attempt).to.not.have.any.keys("taskToken", "readyAt", "heldUntil");
      expect(attempt?.failure?.error).to.equal("States.Timeout");
      expect(bus.details).to.have.length(1);
    });

    it("stays COMPLETE, nothing is announced, and nobody is paged", async () => {
      await tables.putAttempt({ status: "COMPLETE" });
      const { handle, bus, messages } = setUp();
      expect(await handle(failed())).to.include({ status: "COMPLETE", announced: false });
      expect(bus.details).to.deep.equal([]);
      expect(messages).to.deep.equal([]);
    });

    it("is decided again when PUT /streams is faster", async () => {
      await tables.putAttempt({ status: "LIVE" });
      let raced = false;
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "UpdateItem" && !raced) {
          raced = true;
          await tables.putAttempt({ status: "COMPLETE" });
        }
        return pass();
      });
      const { handle, bus } = setUp({ dynamodb });
      expect((await handle(failed())).status).to.equal("COMPLETE");
      expect(bus.details).to.deep.equal([]);
    });
  });

  describe("on-call", () => {
    it("is told of a request that names no stream, and nothing else happens", async () => {
      const { handle, messages, bus, log } = setUp();
      const failure = { state: "ValidateProvisionRequest", error: "ProvisionRequestInvalid", cause: "body." };
      for (const request of [null, undefined, "x", { streamId: 7 }]) {
        const summary = await handle(failed({ request, failure, provision: null }));
        expect(summary).to.include({ streamId: null, attempt: null, status: "NONE", announced: false });
      }
      expect(messages).to.have.length(4);
      expect(messages[0]?.Subject).to.equal("Stream (none): failed in ValidateProvisionRequest");
      expect(bus.details).to.deep.equal([]);
      expect(await tables.attempts()).to.deep.equal([]);
      expect(log.text()).to.not.contain("could not be read");
    });

    it("is told even when the tables are down", async () => {
      const dynamodb = interceptedClient(tables.dynamodb, async () => {
        throw awsError("InternalServerError");
      });
      const { handle, messages } = setUp({ dynamodb });
      expect(await failureOf(handle(failed()))).to.match(/^ProvisionFailureIncomplete/);
      expect(messages).to.have.length(1);
      expect(messages[0]?.Message)
        .to.contain("Attempt 1 is not marked FAILED")
        .and.contain("InternalServerError");
    });

    it("and the bus are told when only the write of the status fails", async () => {
      await tables.putAttempt({});
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "UpdateItem") throw awsError("InternalServerError");
        return pass();
      });
      const { handle, bus, messages } = setUp({ dynamodb });
      expect(await failureOf(handle(failed()))).to.contain("Attempt 1 is not marked FAILED");
      expect(bus.details).to.have.length(1);
      expect(messages).to.have.length(1);
      expect(messages[0]?.Message).to.not.contain("FAILED was not announced");
    });

    it("is told, and nothing of that is noted on an item that is another execution's by then", async () => {
      await tables.putAttempt({});
      const others = { executionArn: executionArn("other_1") };
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action, input }, pass) => {
        if (action === "UpdateItem" && JSON.stringify(input).includes("notified"))
          await tables.putAttempt(others);
        return pass();
      });
      const { handle, messages } = setUp({ dynamodb });
      await handle(failed());
      expect(messages).to.have.length(1);
      expect((await tables.attempts())[0])
        .to.include(others)
        .and.not.have.property("notified");
    });

    it("is told when the bus is down", async () => {
      await tables.putLease({});
      await tables.putAttempt({});
      const { handle, messages } = setUp({ bus: fakeBus(() => true) });
      expect(await failureOf(handle(failed()))).to.contain("FAILED was not announced");
      expect(messages[0]?.Message).to.contain("FAILED was not announced on the bus yet.");
      expect((await tables.attempts())[0]).to.include({ status: "FAILED" });
    });

    it("is told again by a repetition when it could not be", async () => {
      await tables.putAttempt({});
      expect(await failureOf(setUp({ snsDown: true }).handle(failed()))).to.contain(
        "On-call was not notified.",
      );
      const { handle, messages } = setUp();
      await handle(failed());
      expect(messages).to.have.length(1);
    });

    it("never sees an ingest URL, nor does the event, the item or the log", async () => {
      await tables.putAttempt({});
      const { handle, messages, bus, log } = setUp();
      const cause = JSON.stringify({
        errorMessage:
          'Bad input "rtmps://user:pass@ingest.example.com:443/live/secret-key?token=t0k3n" (srt://a.example?streamid=secret-key)',
        trace: ["at x"],
      });
      await handle(failed({ failure: { state: "ProvisionEncoderInfrastructure", error: "E", cause } }));
      const all = JSON.stringify([messages, bus.details, log.text(), (await tables.attempts())[0]?.failure]);
      expect(all).to.contain("rtmps://ingest.example.com:443/…").and.contain("srt://a.example/…");
      for (const secret of ["secret-key", "t0k3n", "pass@"]) expect(all).not.to.contain(secret);
    });

    it("gets a subject that SNS takes, and the event a reason that the contract takes", async () => {
      await tables.putAttempt({});
      const { handle, messages, bus } = setUp();
      const state = "Zustand ü ".repeat(20);
      await handle(failed({ failure: { state, error: "E".repeat(300), cause: "🌷".repeat(5000) } }));
      expect(messages[0]?.Subject).to.match(/^[ -~]{1,100}$/);
      const [{ reason }] = bus.details as [{ reason: string }];
      expect([...reason]).to.have.length(280);
    });
  });

  describe("the mark of what is not announced", () => {
    it("stays on the item while the bus is down, and goes with a repetition", async () => {
      for (const recorded of [true, false]) {
        if (recorded) await tables.putAttempt({});
        const given = recorded ? {} : { request: aRequest({ streamId: "new-stream" }), provision: null };
        const execution = recorded ? {} : { execution: { id: "x", name: "x", startTime: now } };
        const event = failed({ ...given, ...execution });
        await failureOf(setUp({ bus: fakeBus(() => true) }).handle(event));
        const unpublished = (await tables.attempts()).find(({ unpublishedSince }) => unpublishedSince);
        expect(unpublished).to.include({ status: "FAILED", unpublishedSince: now });
        await setUp().handle(event);
        expect((await tables.attempts()).every(({ unpublishedSince }) => !unpublishedSince)).to.equal(true);
      }
    });

    it("stays for the sweep where an earlier status is not announced either", async () => {
      const history = [{ status: "READY", at: "2027-03-20T17:14:00.000Z", origin: "api" }] as const;
      const unpublishedSince = history[0].at;
      await tables.putAttempt({ status: "READY", history: [...history], unpublishedSince });
      const { handle, bus } = setUp();
      await handle(failed());
      expect(bus.details).to.have.length(1);
      expect((await tables.attempts())[0]).to.include({ status: "FAILED", unpublishedSince });
    });

    it("that cannot be taken off fails nothing", async () => {
      await tables.putAttempt({});
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action, input }, pass) => {
        if (action === "UpdateItem" && String(input.UpdateExpression).includes("REMOVE unpublishedSince")) {
          throw awsError("ThrottlingException");
        }
        return pass();
      });
      const { handle, bus, log } = setUp({ dynamodb });
      expect(await handle(failed())).to.include({ announced: true });
      expect(bus.details).to.have.length(1);
      expect(log.text()).to.contain("ThrottlingException");
      expect((await tables.attempts())[0]).to.include({ unpublishedSince: now });
    });
  });

  describe("a start that was held", () => {
    const cancelled = {
      provision: { ...aProvision(), channel: null },
      failure: { state: "HoldUntilLeadTime", error: "StreamCancelled", cause: "Rained off." },
    };

    it("and cancelled stays COMPLETE, and is no reason to wake anybody", async () => {
      await tables.putAttempt({ status: "COMPLETE", heldUntil: now, taskToken: "token" });
      const { handle, messages, bus } = setUp();
      const summary = await handle(failed(cancelled));
      expect(summary).to.include({ status: "COMPLETE", announced: false });
      expect(summary.done).to.deep.equal([]);
      expect(messages).to.deep.equal([]);
      expect(bus.details).to.deep.equal([]);
      expect((await tables.attempts())[0]).to.not.have.any.keys("taskToken", "heldUntil");
    });

    it("and cancelled is told to on-call where something is left over", async () => {
      await tables.putAttempt({ status: "COMPLETE" });
      const { handle, messages } = setUp();
      await handle(failed({ ...cancelled, leftovers: ["Channel 1000001 may still run."] }));
      expect(messages).to.have.length(1);
    });

    it("and cancelled pages nobody, nor is it announced as FAILED, where its item cannot be read or written", async () => {
      for (const refused of ["GetItem", "UpdateItem"]) {
        await tables.putAttempt({ status: "COMPLETE", taskToken: "token" });
        const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
          if (action === refused) throw awsError("InternalServerError");
          return pass();
        });
        const { handle, messages, bus } = setUp({ dynamodb });
        expect(await failureOf(handle(failed(cancelled)))).to.match(/^ProvisionFailureIncomplete/);
        expect(messages, refused).to.deep.equal([]);
        expect(bus.details, refused).to.deep.equal([]);
      }
    });

    it("and cancelled is told to on-call where a step failed", async () => {
      await tables.putAttempt({ status: "FAILED" });
      const { handle, messages } = setUp({ bus: fakeBus(() => true) });
      await failureOf(handle(failed(cancelled)));
      expect(messages).to.have.length(1);
    });

    it("and failed otherwise is told to on-call", async () => {
      await tables.putAttempt({ heldUntil: now });
      const { handle, messages } = setUp();
      await handle(failed({ provision: cancelled.provision }));
      expect(messages).to.have.length(1);
      expect((await tables.attempts())[0])
        .to.include({ status: "FAILED" })
        .and.not.have.property("heldUntil");
    });
  });
});
