import { expect } from "chai";
import { createUpdateStreamStatus } from "../../handlers/update-stream-status";
import { awsError, fakeBus, interceptedClient, recordingLog } from "./support/fakes";
import { bodyOf, httpEvent, httpEventV1 } from "./support/http-events";
import { useTables } from "./support/tables";

const now = "2027-03-20T17:45:12.345Z";

describe("PUT /streams", () => {
  const tables = useTables();

  function setUp({ bus = fakeBus(), dynamodb = tables.dynamodb } = {}) {
    const log = recordingLog();
    const { tableName } = tables;
    const handle = createUpdateStreamStatus({
      ...bus,
      dynamodb,
      tableName,
      now: () => new Date(now),
      leadTimeMinutes: null,
      log,
    });
    const put = (body?: unknown) => handle(httpEvent("PUT", "/streams", body));
    return { put, handle, bus, log };
  }

  it("persists the status with its history, and announces it", async () => {
    await tables.putAttempt({ attempt: 2 });
    const { put, bus } = setUp();

    const result = await put({ streamId: "spring-launch", status: "READY", reason: "Signal is stable." });

    expect(result.statusCode).to.equal(200);
    expect(result.headers).to.deep.equal({ "Content-Type": "application/json" });
    expect(bodyOf(result)).to.deep.equal({
      streamId: "spring-launch",
      status: "READY",
      reason: "Signal is stable.",
      detailType: "StreamLifecycleProgressed",
      updatedAt: now,
    });
    const [attempt] = await tables.attempts();
    expect(attempt).to.include({ status: "READY", updatedAt: now });
    expect(attempt?.history).to.deep.equal([
      { status: "PROVISIONING", at: "2027-03-20T17:00:00.000Z", origin: "orchestrator" },
      {
        status: "READY",
        reason: "Signal is stable.",
        at: now,
        origin: "api",
        evidence: "MediaLive has not said that channel 1000001 runs.",
        requestId: "JKJaXmPLvHcESHA=",
      },
    ]);
    expect(bus.details).to.deep.equal([
      {
        streamId: "spring-launch",
        status: "READY",
        reason: "Signal is stable.",
        occurredAt: now,
        attempt: 2,
        origin: "api",
      },
    ]);
  });

  it("leaves the reason out of answer, item and event when none was given", async () => {
    await tables.putAttempt({});
    const { put, bus } = setUp();
    const result = await put({ streamId: "spring-launch", status: "READY" });
    expect(bodyOf(result)).not.to.have.property("reason");
    expect((await tables.attempts())[0]?.history.at(-1)).not.to.have.property("reason");
    expect(bus.details[0]).not.to.have.property("reason");
  });

  it("announces the same status again without writing it again", async () => {
    const before = await tables.putAttempt({
      status: "READY",
      history: [{ status: "READY", at: "2027-03-20T17:30:00.000Z", origin: "api" }],
    });
    const { put, bus } = setUp();

    const result = await put({ streamId: "spring-launch", status: "READY" });

    expect(result.statusCode).to.equal(200);
    expect(bodyOf(result)).to.include({ updatedAt: "2027-03-20T17:30:00.000Z" });
    expect(await tables.attempts()).to.deep.equal([before]);
    expect(bus.details).to.have.length(1);
    expect(bus.details[0]).to.include({ status: "READY", occurredAt: "2027-03-20T17:30:00.000Z" });
  });

  it("speaks of the latest attempt alone", async () => {
    const first = await tables.putAttempt({ attempt: 1, status: "FAILED" });
    await tables.putAttempt({ attempt: 10 });
    await setUp().put({ streamId: "spring-launch", status: "READY" });
    const [one, ten] = await tables.attempts();
    expect(one).to.deep.equal(first);
    expect(ten).to.include({ attempt: 10, status: "READY" });
  });

  for (const [from, to, allowed] of [
    ["PROVISIONING", "LIVE", "must be one of READY, FAILED"],
    ["LIVE", "READY", "must be one of COMPLETE, FAILED"],
    ["FAILED", "READY", "cannot change any more"],
  ] as const) {
    it(`refuses ${from} → ${to}, naming both and what is allowed, and changes nothing`, async () => {
      const before = await tables.putAttempt({ status: from });
      const { put, bus } = setUp();
      const result = await put({ streamId: "spring-launch", status: to });
      expect(result.statusCode).to.equal(400);
      expect(bodyOf(result).message).to.equal("Validation failed.");
      expect(bodyOf(result).issues).to.deep.equal([
        `status of a stream that is ${from} ${allowed}, received ${to}.`,
      ]);
      expect(await tables.attempts()).to.deep.equal([before]);
      expect(bus.details).to.deep.equal([]);
    });
  }

  it("answers 404 for an unknown stream", async () => {
    const { put, bus } = setUp();
    const result = await put({ streamId: "nobody-knows", status: "READY" });
    expect(result.statusCode).to.equal(404);
    expect(bodyOf(result).issues).to.deep.equal(['No stream has the streamId "nobody-knows".']);
    expect(bus.details).to.deep.equal([]);
  });

  it("names every issue of the body at once", async () => {
    const result = await setUp().put({ streamId: "x", status: "DONE", extra: 1 });
    expect(result.statusCode).to.equal(400);
    expect(bodyOf(result)).to.deep.equal({
      message: "Validation failed.",
      issues: [
        'streamId must match ^[a-zA-Z0-9-]{3,64}$, received "x".',
        "status must be one of PROVISIONING, READY, LIVE, FAILED, COMPLETE.",
        "extra is not allowed.",
      ],
    });
  });

  it("reads the stream once where nothing comes between", async () => {
    await tables.putAttempt({});
    const actions: string[] = [];
    const { put } = setUp({
      dynamodb: interceptedClient(tables.dynamodb, ({ action }, pass) => {
        actions.push(action);
        return pass();
      }),
    });
    expect((await put({ streamId: "spring-launch", status: "READY" })).statusCode).to.equal(200);
    expect(actions.filter((action) => action === "Query")).to.have.lengthOf(1);
  });

  it("decides again when a scheduled start was ended faster", async () => {
    const heldUntil = "2027-03-20T18:00:00.000Z";
    await tables.putAttempt({ heldUntil });
    let raced = false;
    const { put } = setUp({
      dynamodb: interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "UpdateItem" && !raced) {
          raced = true;
          await tables.putAttempt({ heldUntil, status: "FAILED" });
        }
        return pass();
      }),
    });
    expect((await put({ streamId: "spring-launch", status: "COMPLETE" })).statusCode).to.equal(400);
    expect((await tables.attempts())[0]).to.include({ status: "FAILED" });
  });

  it("decides again when another update was faster", async () => {
    await tables.putAttempt({});
    const rival = setUp();
    let raced = false;
    const { put } = setUp({
      dynamodb: interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "UpdateItem" && !raced) {
          raced = true;
          await rival.put({ streamId: "spring-launch", status: "FAILED" });
        }
        return pass();
      }),
    });

    const result = await put({ streamId: "spring-launch", status: "READY" });

    expect(raced).to.equal(true);
    expect(result.statusCode).to.equal(400);
    expect((await tables.attempts())[0]).to.include({ status: "FAILED" });
  });

  it("lets one of many at once win each transition", async () => {
    await tables.putAttempt({});
    const { put } = setUp();
    const results = await Promise.all(
      ["READY", "FAILED", "READY", "FAILED"].map((status) => put({ streamId: "spring-launch", status })),
    );
    const [attempt] = await tables.attempts();
    const path = attempt?.history.map(({ status }) => status).join(" ");
    expect(path).to.be.oneOf(["PROVISIONING READY FAILED", "PROVISIONING FAILED"]);
    expect(results.filter(({ statusCode }) => statusCode === 200)).not.to.deep.equal([]);
  });

  it("tries an event again that the bus lost", async () => {
    await tables.putAttempt({});
    const { put, bus } = setUp({ bus: fakeBus((tries) => tries < 3) });
    expect((await put({ streamId: "spring-launch", status: "READY" })).statusCode).to.equal(200);
    expect(bus.tries()).to.equal(3);
    expect(bus.details).to.have.length(1);
  });

  it("fails when the bus takes nothing, and a retry announces what is persisted", async () => {
    await tables.putAttempt({});
    let error: unknown;
    await setUp({ bus: fakeBus(() => true) })
      .put({ streamId: "spring-launch", status: "READY" })
      .catch((thrown: unknown) => {
        error = thrown;
      });
    expect(String(error))
      .to.contain("did not take StreamLifecycleProgressed READY")
      .and.contain("InternalFailure");
    expect((await tables.attempts())[0]).to.include({ status: "READY" });

    const { put, bus } = setUp();
    expect((await put({ streamId: "spring-launch", status: "READY" })).statusCode).to.equal(200);
    expect(bus.details).to.have.length(1);
  });

  it("takes payload format 1.0 as well", async () => {
    await tables.putAttempt({});
    const { handle } = setUp();
    const result = await handle(
      httpEventV1("PUT", "/streams", { streamId: "spring-launch", status: "READY" }),
    );
    expect(result.statusCode).to.equal(200);
  });

  it("logs no header", async () => {
    await tables.putAttempt({});
    const { put, log } = setUp();
    await put({ streamId: "spring-launch", status: "READY" });
    expect(log.text()).to.contain("spring-launch").and.not.contain("AKIAEXAMPLE");
  });

  describe("the mark of what is not announced", () => {
    it("is set by the write of the status, and gone once the bus has the event", async () => {
      await tables.putAttempt({});
      const marks: unknown[] = [];
      const bus = fakeBus();
      const watched = interceptedClient(bus.events, async (_call, pass) => {
        marks.push((await tables.attempts())[0]?.unpublishedSince);
        return pass();
      });
      await setUp({ bus: { ...bus, events: watched } }).put({ streamId: "spring-launch", status: "READY" });
      expect(marks).to.deep.equal([now]);
      expect((await tables.attempts())[0]).not.to.have.property("unpublishedSince");
    });

    it("stays when the bus takes nothing, and goes when the same status is sent again", async () => {
      await tables.putAttempt({});
      const request = { streamId: "spring-launch", status: "READY" };
      await setUp({ bus: fakeBus(() => true) })
        .put(request)
        .catch(() => "as expected");
      expect((await tables.attempts())[0]).to.include({ status: "READY", unpublishedSince: now });
      await setUp().put(request);
      expect((await tables.attempts())[0]).not.to.have.property("unpublishedSince");
    });

    it("stays where an earlier status is not announced either, and says since when", async () => {
      const since = "2027-03-20T17:30:00.000Z";
      const history = [
        { status: "PROVISIONING" as const, at: "2027-03-20T17:00:00.000Z", origin: "orchestrator" },
        { status: "READY" as const, at: since, origin: "api" },
      ];
      await tables.putAttempt({ status: "READY", history, unpublishedSince: since });
      const { put, bus } = setUp();
      await put({ streamId: "spring-launch", status: "LIVE" });
      expect(bus.details).to.have.length(1);
      expect((await tables.attempts())[0]).to.include({ status: "LIVE", unpublishedSince: since });
    });

    it("is not taken off by one whose status another has changed meanwhile", async () => {
      await tables.putAttempt({});
      let raced = false;
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action, input }, pass) => {
        if (action === "UpdateItem" && String(input.UpdateExpression).startsWith("REMOVE") && !raced) {
          raced = true;
          await setUp({ bus: fakeBus(() => true) })
            .put({ streamId: "spring-launch", status: "LIVE" })
            .catch(() => "the other dies before its announcement");
        }
        return pass();
      });
      const { put } = setUp({ dynamodb });
      expect((await put({ streamId: "spring-launch", status: "READY" })).statusCode).to.equal(200);
      expect(raced).to.equal(true);
      expect((await tables.attempts())[0]).to.include({ status: "LIVE", unpublishedSince: now });
    });

    describe("with a clock that stands still", () => {
      const history = [{ status: "PROVISIONING" as const, at: now, origin: "orchestrator" }];
      const put = (status: string, given = {}) => {
        const { bus, put: send } = setUp(given);
        return send({ streamId: "spring-launch", status }).then(() => bus.details.length);
      };
      const marks = async () => {
        const [{ unpublished, unpublishedSince } = {}] = await tables.attempts();
        return { unpublished: unpublished && [...unpublished].sort(), unpublishedSince };
      };
      const none = { unpublished: undefined, unpublishedSince: undefined };

      it("goes with the announcement of a status that came in the millisecond of the request", async () => {
        await tables.putAttempt({ history });
        expect(await put("READY")).to.equal(1);
        expect(await marks()).to.deep.equal(none);
      });

      it("goes with each of three statuses of one millisecond", async () => {
        await tables.putAttempt({ history });
        for (const status of ["READY", "LIVE", "COMPLETE"]) await put(status);
        expect(await marks()).to.deep.equal(none);
      });

      it("goes with both of two writers at the same time, whichever announces first", async () => {
        for (const whenTheOther of ["before", "after"]) {
          await tables.putAttempt({ status: "READY", history });
          const bus = fakeBus();
          let hasRaced = false;
          const events = interceptedClient(bus.events, async (_call, pass) => {
            if (hasRaced) return pass();
            hasRaced = true;
            if (whenTheOther === "before") await put("COMPLETE");
            const answer = await pass();
            if (whenTheOther === "after") await put("COMPLETE");
            return answer;
          });
          await put("LIVE", { bus: { ...bus, events } });
          expect((await tables.attempts())[0]).to.include({ status: "COMPLETE" });
          expect(await marks(), whenTheOther).to.deep.equal(none);
        }
      });

      it("stays for the one of two writers that dies before its announcement", async () => {
        await tables.putAttempt({ status: "READY", history });
        await put("LIVE", { bus: fakeBus(() => true) }).catch(() => "as expected");
        await put("COMPLETE");
        expect(await marks()).to.deep.equal({ unpublished: ["LIVE"], unpublishedSince: now });
      });

      it("stays for a status that an earlier release wrote and has not announced", async () => {
        const at = "2027-03-20T17:30:00.000Z";
        const former = [...history, { status: "READY" as const, at, origin: "api" }];
        await tables.putAttempt({ status: "READY", history: former, unpublishedSince: at });
        await put("LIVE");
        expect(await marks()).to.deep.equal({ unpublished: ["READY"], unpublishedSince: at });
      });
    });

    it("that cannot be taken off fails nothing: there is one more announcement", async () => {
      await tables.putAttempt({});
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action, input }, pass) => {
        if (action === "UpdateItem" && String(input.UpdateExpression).startsWith("REMOVE")) {
          throw awsError("ThrottlingException");
        }
        return pass();
      });
      const { put, log } = setUp({ dynamodb });
      expect((await put({ streamId: "spring-launch", status: "READY" })).statusCode).to.equal(200);
      expect(log.text()).to.contain("ThrottlingException");
      expect((await tables.attempts())[0]).to.include({ unpublishedSince: now });
    });
  });

  describe("COMPLETE of a stream that is PROVISIONING", () => {
    const heldUntil = "2027-03-20T18:00:00.000Z";
    const cancel = { streamId: "spring-launch", status: "COMPLETE", reason: "Rained off." };

    it("cancels a start that is held", async () => {
      await tables.putAttempt({ heldUntil, taskToken: "token" });
      const { put, bus } = setUp();
      expect((await put(cancel)).statusCode).to.equal(200);
      const [attempt] = await tables.attempts();
      expect(attempt).to.include({ status: "COMPLETE", heldUntil, taskToken: "token" });
      expect(attempt?.history.at(-1)).to.include({ status: "COMPLETE", reason: "Rained off.", at: now });
      expect(attempt).not.to.have.property("unpublishedSince");
      expect(bus.details[0]).to.include({ status: "COMPLETE", origin: "api" });
    });

    it("is refused when the channel was claimed in that moment", async () => {
      await tables.putAttempt({ heldUntil });
      let claimed = false;
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "UpdateItem" && !claimed) {
          claimed = true;
          await tables.putAttempt({ ownsChannel: true });
        }
        return pass();
      });
      const { put, bus } = setUp({ dynamodb });
      const result = await put(cancel);
      expect(result.statusCode).to.equal(400);
      expect(bodyOf(result).issues).to.deep.equal([
        "status of a stream that is PROVISIONING must be one of READY, FAILED, received COMPLETE.",
      ]);
      expect((await tables.attempts())[0]).to.include({ status: "PROVISIONING" });
      expect(bus.details).to.deep.equal([]);
    });

    it("is refused without a hold, and offered with one", async () => {
      await tables.putAttempt({});
      expect((await setUp().put(cancel)).statusCode).to.equal(400);
      await tables.putAttempt({ heldUntil });
      const live = await setUp().put({ streamId: "spring-launch", status: "LIVE" });
      expect(bodyOf(live).issues).to.deep.equal([
        "status of a stream that is PROVISIONING must be one of FAILED, COMPLETE, received LIVE.",
      ]);
    });
  });

  describe("READY of a start that is held", () => {
    const heldUntil = "2027-03-20T18:00:00.000Z";
    const ready = { streamId: "spring-launch", status: "READY" };

    it("is refused: there is no channel yet", async () => {
      const before = await tables.putAttempt({ heldUntil, taskToken: "token" });
      const { put, bus } = setUp();
      const result = await put(ready);
      expect(result.statusCode).to.equal(400);
      expect(bodyOf(result).issues).to.deep.equal([
        "status of a stream that is PROVISIONING must be one of FAILED, COMPLETE, received READY.",
      ]);
      expect(await tables.attempts()).to.deep.equal([before]);
      expect(bus.details).to.deep.equal([]);
    });

    it("is refused when the hold begins in that moment", async () => {
      await tables.putAttempt({});
      let raced = false;
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "UpdateItem" && !raced) {
          raced = true;
          await tables.putAttempt({ heldUntil });
        }
        return pass();
      });
      expect((await setUp({ dynamodb }).put(ready)).statusCode).to.equal(400);
      expect(raced).to.equal(true);
      expect((await tables.attempts())[0]).to.include({ status: "PROVISIONING" });
    });
  });
});
