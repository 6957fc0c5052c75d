import { expect } from "chai";
import type { ActOnHealthEvent, Attempt } from "../../contracts/internal";
import { createActOnHealth } from "../../handlers/act-on-health";
import { DeleteItemCommand } from "../../handlers/shared/aws/dynamodb";
import { attemptKey } from "../../handlers/shared/store/attempts";
import { type Call, fakeBus, fakeClient, interceptedClient, recordingLog } from "./support/fakes";
import { useTables } from "./support/tables";

const now = "2027-03-20T18:10:00.000Z";
const since = "2027-03-20T18:00:00.000Z";

describe("what is done about a channel's health", () => {
  const tables = useTables();

  function setUp({
    onChannelLost = "fail",
    publish = () => ({}),
    at = now,
    dynamodb = tables.dynamodb,
  }: {
    onChannelLost?: "fail" | "restart";
    publish?: () => unknown;
    at?: string;
    dynamodb?: typeof tables.dynamodb;
  } = {}) {
    const calls: Call[] = [];
    const bus = fakeBus();
    const act = createActOnHealth({
      ...bus,
      ...{ dynamodb, tableName: tables.tableName, onChannelLost },
      sns: fakeClient({ Publish: publish }, calls),
      onCallTopicArn: "on-call",
      now: () => new Date(at),
      log: recordingLog(),
    });
    const tell = async (
      news: ActOnHealthEvent["news"],
      kind: "loss" | "alert" | "noInput" = "loss",
      by = "a",
    ) => {
      const of = { streamId: "spring-launch", attempt: 1, channelId: "1000001" };
      const { next } = await act({
        version: 2,
        execution: { id: by, name: by, startTime: now },
        input: kind === "loss" ? { ...of, kind } : { ...of, kind, since, minutes: 5 },
        ...{ news, detail: "it is IDLE" },
      });
      return next;
    };
    return { tell, bus, told: () => calls.map(({ input }) => input.Subject) };
  }

  const up = (more: Partial<Attempt> = {}) => tables.putAttempt({ status: "LIVE", ...more });
  const failed = "Stream spring-launch: its channel is down, and it has FAILED";
  const restarted = "Stream spring-launch: its channel is down, and is restarted";

  it("fails the stream once, announces that and tells on-call, however many find the loss", async () => {
    await up();
    const first = setUp();
    expect(await first.tell("lost")).to.equal("NOTHING");
    expect(first.told()).to.deep.equal([failed]);
    expect(first.bus.details).to.deep.include({
      ...{ streamId: "spring-launch", attempt: 1, status: "FAILED", origin: "health", occurredAt: now },
      reason: "Channel 1000001 is down while the stream is LIVE: it is IDLE.",
    });
    const [attempt] = await tables.attempts();
    expect(attempt).to.include({ status: "FAILED" }).and.not.have.property("unpublishedSince");
    expect(attempt?.history.at(-1)).to.include({ origin: "health", component: "StreamHealth" });
    const second = setUp();
    expect(await second.tell("lost", "loss", "b")).to.equal("NOTHING");
    expect({ told: second.told(), events: second.bus.details }).to.deep.equal({ told: [], events: [] });
  });

  it("tells on-call when it is repeated after a message that did not go out", async () => {
    await up();
    const broken = setUp({
      publish: () => {
        throw new Error("not now");
      },
    });
    expect(await broken.tell("lost").catch(({ message }: Error) => message)).to.equal("not now");
    const again = setUp();
    await again.tell("lost");
    expect(again.told()).to.deep.equal([failed]);
  });

  it("has a channel restarted once, by the execution that was first", async () => {
    await up();
    const { tell, told, bus } = setUp({ onChannelLost: "restart" });
    expect(await tell("lost")).to.equal("RESTART");
    expect(await tell("lost"), "repeated").to.equal("RESTART");
    expect(await tell("lost", "loss", "b"), "of another").to.equal("NOTHING");
    expect(told()).to.deep.equal([restarted]);
    await tell("restarted");
    expect(bus.details.map((detail) => (detail as { health?: string }).health)).to.deep.equal([
      "CHANNEL_DOWN",
      "OK",
    ]);
    expect(await tell("lost", "loss", "c"), "once more").to.equal("NOTHING");
    expect((await tables.attempts())[0]?.status).to.equal("FAILED");
  });

  it("fails a stream whose restart nobody has finished in its time", async () => {
    await up({
      health: { status: "CHANNEL_DOWN", alerts: {}, restart: { by: "dead", at: "2027-03-20T17:50:00.000Z" } },
    });
    await setUp({ onChannelLost: "restart" }).tell("lost");
    expect((await tables.attempts())[0]?.status).to.equal("FAILED");
  });

  /** Has something happen before the `nth` call of an action. */
  const interrupted = (action: string, nth: number, act: () => Promise<unknown>) => {
    let count = 0;
    return interceptedClient(tables.dynamodb, async (call, pass) => {
      if (call.action === action && ++count === nth) await act();
      return pass();
    });
  };

  it("does nothing about an attempt that is gone", async () => {
    const { tell, told, bus } = setUp();
    expect(await tell("lost")).to.equal("NOTHING");
    await up();
    const removed = setUp({
      dynamodb: interceptedClient(tables.dynamodb, async ({ action }, pass) =>
        action === "Query" ? { Items: [] } : pass(),
      ),
    });
    expect(await removed.tell("lost")).to.equal("NOTHING");
    expect({ told: [...told(), ...removed.told()], events: bus.details }).to.deep.equal({
      told: [],
      events: [],
    });
  });

  it("looks again where another has begun the restart in that moment, and tells of it only once", async () => {
    await up();
    const restart = { by: "b", at: now };
    const dynamodb = interrupted("GetItem", 2, () =>
      up({ health: { status: "CHANNEL_DOWN", alerts: {}, restart }, healthVersion: 1 }),
    );
    const { tell, told } = setUp({ onChannelLost: "restart", dynamodb });
    expect(await tell("lost")).to.equal("WAIT");
    expect(told()).to.deep.equal([]);
  });

  it("tells of no end that another has made in that moment", async () => {
    await up();
    const dynamodb = interrupted("Query", 1, () =>
      up({ status: "FAILED", history: [{ status: "FAILED", at: now, origin: "api" }] }),
    );
    const { tell, told, bus } = setUp({ dynamodb });
    expect(await tell("lost")).to.equal("NOTHING");
    expect({ told: told(), events: bus.details }).to.deep.equal({ told: [], events: [] });
  });

  it("notes once when a restart has ended, and nothing where there was none", async () => {
    await up({ health: { status: "CHANNEL_DOWN", alerts: {}, restart: { by: "a", at: since } } });
    await setUp().tell("restarted");
    await setUp({ at: "2027-03-20T18:20:00.000Z" }).tell("restarted");
    expect((await tables.attempts())[0]).to.have.nested.property("health.restart.endedAt", now);
    await up();
    await setUp().tell("restarted");
    expect((await tables.attempts())[0]).to.not.have.property("health");
  });

  it("waits for a stream that is not up yet, and leaves one alone that somebody has ended", async () => {
    await tables.putAttempt({});
    expect(await setUp().tell("lost")).to.equal("WAIT");
    await tables.putAttempt({ status: "COMPLETE" });
    const { tell, told } = setUp();
    expect(await tell("lost")).to.equal("NOTHING");
    expect(told()).to.deep.equal([]);
  });

  it("tells of a trouble that lasts, and not of one that came after it", async () => {
    await up({ health: { status: "NO_INPUT", alerts: {}, troubleSince: since, noInputSince: since } });
    const { tell, told } = setUp();
    await tell("lasts", "alert");
    await tell("lasts", "alert");
    expect(told()).to.deep.equal(["Stream spring-launch: it has no input"]);
    await up({ health: { status: "ALERT", alerts: {}, troubleSince: "2027-03-20T18:09:00.000Z" } });
    const later = setUp();
    expect(await later.tell("lasts", "alert")).to.equal("NOTHING");
    expect(await later.tell("lasts", "noInput")).to.equal("NOTHING");
    expect(later.told()).to.deep.equal([]);
  });

  it("leaves nothing of an attempt that goes in that moment, and tells of none", async () => {
    await up({ health: { status: "NO_INPUT", alerts: {}, troubleSince: since, noInputSince: since } });
    const dynamodb = interrupted("UpdateItem", 1, () =>
      tables.dynamodb.send(
        new DeleteItemCommand({ TableName: tables.tableName, Key: attemptKey("spring-launch", 1) }),
      ),
    );
    const { tell, told } = setUp({ dynamodb });
    await tell("lasts", "alert");
    expect({ told: told(), left: await tables.attempts() }).to.deep.equal({ told: [], left: [] });
  });

  it("ends a stream without input as COMPLETE", async () => {
    await up({ health: { status: "NO_INPUT", alerts: {}, troubleSince: since, noInputSince: since } });
    const { tell, told } = setUp();
    await tell("lasts", "noInput");
    expect((await tables.attempts())[0]).to.include({ status: "COMPLETE" });
    expect(told()).to.deep.equal(["Stream spring-launch: ended, for want of input"]);
  });
});
