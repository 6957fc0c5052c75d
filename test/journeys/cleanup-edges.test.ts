import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { denied, staleETag } from "./support/errors";
import { has } from "./support/has";

const channelId = "1001";
const teardown = "streams-StreamTeardown";

describe("a cleanup", () => {
  const local = useLocal({ config: { channelIds: channelId } });

  const lastTeardown = () => local.executions.of(teardown).at(-1);
  const pathOfLast = () => lastTeardown()?.states.map(({ name }) => name) ?? [];

  afterEach(async () => {
    local.faults.clear();
    await local.clock.advance({ hours: 2 });
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await local.streams.played()).to.deep.equal([]);
    expect(local.encoder.get(channelId).state).to.equal("IDLE");
  });

  it("tells on-call that the entry is left, where others change the distribution each time", async () => {
    await local.streams.provision("contended");
    local.faults.fail({
      service: "CloudFront",
      action: "UpdateDistribution",
      caller: "streams-StreamLifecycleOrchestrator",
      error: staleETag,
      times: Number.POSITIVE_INFINITY,
    });
    await local.streams.update("contended", "FAILED");
    await local.executions.advanceUntil("contended");
    const { subject, message } = await local.notifications.waitFor("contended");
    expect(subject).to.include("ACTION NEEDED");
    expect(message).to.include("too many others changed it");
  });

  it("waits for no channel that stands still and has been started long ago", async () => {
    await local.streams.makeReady("stood-still");
    await local.clock.advance({ minutes: 40 });
    local.encoder.setState(channelId, "IDLE");
    expect((await local.streams.end("stood-still")).teardown).to.include({ status: "DONE" });
    expect(pathOfLast()).to.include("DecideStopRetry");
    expect(pathOfLast()).to.not.include.members(["WaitForChannelStop"]);
    expect(pathOfLast()).to.not.include.members(["RecordEncoderStart"]);
  });

  describe("that leaves something", () => {
    /** Ends a stream whose channel StreamTeardown may not stop. */
    async function endUnstopped(streamId: string): Promise<void> {
      await local.streams.makeReady(streamId);
      local.faults.fail({
        service: "MediaLive",
        action: "StopChannel",
        caller: teardown,
        error: { ...denied, code: "ForbiddenException" },
      });
      await local.streams.update(streamId, "COMPLETE");
      await local.clock.advance({ minutes: 1 });
    }
    const record = { service: "DynamoDB", action: "UpdateItem", caller: teardown } as const;
    const isRecord = has('"leftovers"');

    it("records that though the table throttles", async () => {
      local.faults.fail({ ...record, matches: isRecord, error: "throttle" });
      await endUnstopped("throttled");
      expect((await local.streams.latest("throttled")).teardown).to.include({ status: "INCOMPLETE" });
      expect(lastTeardown()).to.include({ status: "FAILED", error: "TeardownIncomplete" });
    });

    it("says so by its failure though it cannot be recorded", async () => {
      local.faults.fail({ ...record, matches: isRecord, error: denied, times: Number.POSITIVE_INFINITY });
      await endUnstopped("unrecorded");
      expect((await local.streams.latest("unrecorded")).teardown).to.include({ status: "RUNNING" });
      expect(lastTeardown()).to.include({ status: "FAILED", error: "TeardownIncomplete" });
      expect(lastTeardown()?.cause).to.include(`Channel ${channelId} may still run`);
    });

    it("records nothing where another teardown has taken over", async () => {
      const other = {
        status: { S: "DONE" },
        executionArn: { S: "arn:other" },
        startedAt: { S: "2026-01-01" },
      };
      local.faults.meanwhile({ ...record, matches: isRecord }, () =>
        local.runtime.services.DynamoDB.call("UpdateItem", {
          TableName: local.streams.program.tableName,
          Key: { streamId: { S: "taken-over" }, attempt: { N: "1" } },
          UpdateExpression: "SET teardown = :other",
          ExpressionAttributeValues: { ":other": { M: other } },
        }),
      );
      await endUnstopped("taken-over");
      const left = (await local.streams.latest("taken-over")).teardown;
      expect(left).to.include({ status: "DONE", executionArn: "arn:other" });
    });
  });
});

describe("an end that the cost guard has announced", () => {
  const local = useLocal({ config: { channelIds: channelId, maxLiveHours: "1" } });

  it("is not announced again, though the table throttles when that is recorded", async () => {
    await local.streams.makeReady("overdue");
    local.faults.fail({
      service: "DynamoDB",
      action: "UpdateItem",
      caller: teardown,
      matches: has(":announced"),
      error: "throttle",
    });
    await local.clock.advance({ hours: 1, minutes: 5 });
    expect(await local.streams.latest("overdue"))
      .to.include({ status: "COMPLETE" })
      .and.not.have.property("unpublishedSince");
    expect(local.streams.told("overdue").filter((line) => line.startsWith("COMPLETE"))).to.have.lengthOf(1);
  });
});
