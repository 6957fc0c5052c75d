import { expect } from "chai";
import { useLocal } from "../support/use-local";
import { patterns } from "./support/patterns";

describe("a stream that is scheduled", () => {
  const local = useLocal({
    config: {
      channelIds: "1001",
      leadTimeMinutes: "30",
      // Days pass here.
      sweepIntervalMinutes: "60",
    },
  });
  /** RFC 3339, some time from now. */
  const inHours = (hours: number) => new Date(local.clock.now() + hours * 3_600_000).toISOString();
  const idle = async (): Promise<void> => {
    expect(local.encoder.get("1001").state).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await patterns(local)).to.deep.equal([]);
  };

  it("starts 30 minutes before its time, and holds no channel until then", async () => {
    await local.streams.request("evening", { startTime: inHours(5) });
    expect(local.streams.told("evening")).to.deep.equal(["requested"]);
    await local.clock.advance({ hours: 4 });
    expect(await local.streams.get("evening"))
      .to.include({ status: "PROVISIONING" })
      .and.have.property("heldUntil");
    await idle();

    await local.clock.advance({ minutes: 31 });
    expect(local.encoder.get("1001").state).to.equal("RUNNING");
    expect(await local.streams.get("evening")).to.not.have.property("heldUntil");
    await local.streams.update("evening", "READY");
    await local.executions.waitFor("evening");
    expect(await local.streams.get("evening")).to.include({ status: "READY", channelId: "1001" });
    await local.streams.update("evening", "COMPLETE");
    await local.clock.advance({ seconds: 20 });
    await idle();
  });

  for (const status of ["COMPLETE", "FAILED"] as const) {
    it(`ends at once when it is cancelled by ${status}, and pages nobody`, async () => {
      const streamId = `cancelled-${status.toLowerCase()}`;
      await local.streams.request(streamId, { startTime: inHours(48) });
      await local.clock.advance({ hours: 20 });
      expect(await local.streams.update(streamId, status)).to.have.property("status", 200);
      expect(local.executions.get(streamId)?.status).to.equal("FAILED");
      expect(await local.streams.get(streamId))
        .to.include({ status })
        .and.not.have.any.keys("heldUntil", "taskToken");
      expect(local.streams.told(streamId)[1]).to.equal(`${status} by api`);
      await local.clock.advance({ hours: 30 });
      await idle();
      expect(local.notifications.subjects()).to.deep.equal([]);
    });
  }

  it("cannot be COMPLETE once it is on its way: then it has to fail", async () => {
    await local.streams.request("on-its-way", { startTime: inHours(1) });
    await local.clock.advance({ minutes: 31 });
    await local.executions.waitForState("on-its-way", "AwaitLifecycleConfirmation");
    expect(await local.streams.update("on-its-way", "COMPLETE")).to.have.property("status", 400);
    await local.streams.update("on-its-way", "FAILED");
    await local.clock.advance({ seconds: 20 });
    await idle();
  });

  it("is started at once when its time is near or over", async () => {
    await local.streams.request("now", { startTime: inHours(0.4) });
    await local.executions.waitForState("now", "AwaitLifecycleConfirmation");
    expect((await local.streams.get("now"))?.channelId).to.equal("1001");
    await local.clock.advance({ seconds: 5 });
    await local.streams.update("now", "FAILED");
    await local.clock.advance({ seconds: 20 });
    await idle();
  });

  it("is refused when an execution would not last as long", async () => {
    await local.streams.request("next-year", { startTime: inHours(24 * 364) });
    const { error, cause } = await local.executions.waitFor("next-year");
    expect(error).to.equal("ProvisionRequestInvalid");
    expect(cause).to.match(/startTime .*360 days/);
  });
});
