import { expect } from "chai";
import { createUpdateStreamStatus } from "../../handlers/update-stream-status";
import { awsError, fakeBus, interceptedClient, recordingLog } from "./support/fakes";
import { bodyOf, httpEvent } from "./support/http-events";
import { useTables } from "./support/tables";

const now = "2027-03-20T17:45:12.345Z";

describe("DELETE /streams/{streamId}", () => {
  const tables = useTables();

  function setUp({ bus = fakeBus(), dynamodb = tables.dynamodb } = {}) {
    const { tableName } = tables;
    const log = recordingLog();
    const handle = createUpdateStreamStatus({
      ...bus,
      dynamodb,
      tableName,
      now: () => new Date(now),
      leadTimeMinutes: null,
      log,
    });
    return { end: (streamId = "spring-launch") => handle(httpEvent("DELETE", `/streams/${streamId}`)), bus };
  }

  for (const [what, given, status, reason] of [
    ["one that is READY", { status: "READY" }, "COMPLETE", undefined],
    ["one that is LIVE", { status: "LIVE" }, "COMPLETE", undefined],
    ["one that waits for its scheduled start", { heldUntil: "2027-04-01T00:00:00Z" }, "COMPLETE", undefined],
    [
      "one that is being provisioned",
      {},
      "FAILED",
      "The stream was cancelled by a DELETE while it was being provisioned.",
    ],
  ] as const) {
    it(`ends ${what} as ${status}, and answers the same again without another event`, async () => {
      await tables.putAttempt({ attempt: 3, ...given });
      const { end, bus } = setUp();
      const first = await end();
      const second = await end();
      expect(first.statusCode).to.equal(200);
      expect(bodyOf(first)).to.deep.equal({ streamId: "spring-launch", status, attempt: 3, updatedAt: now });
      expect(second).to.deep.equal(first);
      const [attempt] = await tables.attempts();
      expect(attempt).to.include({ status });
      expect(attempt?.unpublishedSince).to.equal(undefined);
      expect(attempt?.history.at(-1)?.reason).to.equal(reason);
      expect(bus.details).to.deep.equal([
        {
          streamId: "spring-launch",
          status,
          ...(reason !== undefined && { reason }),
          occurredAt: now,
          attempt: 3,
          origin: "api",
        },
      ]);
    });
  }

  for (const status of ["FAILED", "COMPLETE"] as const) {
    it(`leaves one alone that is ${status}`, async () => {
      const before = await tables.putAttempt({ status, updatedAt: "2027-03-20T17:00:00.000Z", history: [] });
      const { end, bus } = setUp();
      expect(bodyOf(await end())).to.include({ status, updatedAt: "2027-03-20T17:00:00.000Z" });
      expect(await tables.attempts()).to.deep.equal([before]);
      expect(bus.details).to.deep.equal([]);
    });
  }

  it("ends as COMPLETE what became READY in the same moment", async () => {
    await tables.putAttempt({});
    let isFirst = true;
    const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
      if (action !== "UpdateItem" || !isFirst) return pass();
      isFirst = false;
      await tables.putAttempt({ status: "READY" });
      throw awsError("ConditionalCheckFailedException");
    });
    expect(bodyOf(await setUp({ dynamodb }).end())).to.include({ status: "COMPLETE" });
  });

  it("announces at the next DELETE what the bus did not take", async () => {
    await tables.putAttempt({ status: "LIVE" });
    const failing = setUp({ bus: fakeBus(() => true) });
    let thrown: unknown;
    await failing.end().catch((error: unknown) => {
      thrown = error;
    });
    expect(String(thrown)).to.match(/EventBridge did not take/);
    const { end, bus } = setUp();
    expect((await end()).statusCode).to.equal(200);
    expect(bus.details).to.have.lengthOf(1);
    expect((await tables.attempts())[0]?.unpublishedSince).to.equal(undefined);
  });

  it("answers 404 for an unknown stream, and 400 for what can be none", async () => {
    const { end } = setUp();
    expect((await end("unknown")).statusCode).to.equal(404);
    expect((await end("__proto__")).statusCode).to.equal(400);
  });
});
