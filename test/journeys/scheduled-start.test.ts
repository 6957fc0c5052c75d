import { expect } from "chai";
import { useStage } from "./support/stage";

describe("a stream that is scheduled", () => {
  const on = useStage({
    channelIds: "1001",
    leadTimeMinutes: "30",
    // Days pass here.
    sweepIntervalMinutes: "60",
  });
  /** RFC 3339, some time from now. */
  const inHours = (hours: number) => new Date(on.local.clock.now() + hours * 3_600_000).toISOString();
  const idle = async (): Promise<void> => {
    expect(on.local.encoder.get("1001").state).to.equal("IDLE");
    expect(await on.stage.leases()).to.deep.equal({});
    expect(await on.stage.playback()).to.deep.equal([]);
  };

  it("starts 30 minutes before its time, and holds no channel until then", async () => {
    await on.stage.post("evening", { startTime: inHours(5) });
    expect(on.stage.told("evening")).to.deep.equal(["requested"]);
    await on.local.clock.advance({ hours: 4 });
    expect(await on.stage.item("evening"))
      .to.include({ status: "PROVISIONING" })
      .and.have.property("heldUntil");
    await idle();

    await on.local.clock.advance({ minutes: 31 });
    expect(on.local.encoder.get("1001").state).to.equal("RUNNING");
    expect(await on.stage.item("evening")).to.not.have.property("heldUntil");
    await on.stage.put("evening", "READY");
    await on.local.executions.waitFor("evening");
    expect(await on.stage.item("evening")).to.include({ status: "READY", channelId: "1001" });
    await on.stage.put("evening", "COMPLETE");
    await on.local.clock.advance({ seconds: 20 });
    await idle();
  });

  for (const status of ["COMPLETE", "FAILED"] as const) {
    it(`ends at once when it is cancelled by ${status}, and pages nobody`, async () => {
      const streamId = `cancelled-${status.toLowerCase()}`;
      await on.stage.post(streamId, { startTime: inHours(48) });
      await on.local.clock.advance({ hours: 20 });
      expect(await on.stage.put(streamId, status)).to.equal(200);
      expect(on.local.executions.get(streamId)?.status).to.equal("FAILED");
      expect(await on.stage.item(streamId))
        .to.include({ status })
        .and.not.have.any.keys("heldUntil", "taskToken");
      expect(on.stage.told(streamId)[1]).to.equal(`${status} by api`);
      await on.local.clock.advance({ hours: 30 });
      await idle();
      expect(on.stage.messages()).to.deep.equal([]);
    });
  }

  it("cannot be COMPLETE once it is on its way: then it has to fail", async () => {
    await on.stage.post("on-its-way", { startTime: inHours(1) });
    await on.local.clock.advance({ minutes: 31 });
    await on.local.executions.waitForState("on-its-way", "AwaitLifecycleConfirmation");
    expect(await on.stage.put("on-its-way", "COMPLETE")).to.equal(400);
    await on.stage.put("on-its-way", "FAILED");
    await on.local.clock.advance({ seconds: 20 });
    await idle();
  });

  it("is started at once when its time is near or over", async () => {
    await on.stage.post("now", { startTime: inHours(0.4) });
    await on.local.executions.waitForState("now", "AwaitLifecycleConfirmation");
    expect((await on.stage.item("now")).channelId).to.equal("1001");
    await on.local.clock.advance({ seconds: 5 });
    await on.stage.put("now", "FAILED");
    await on.local.clock.advance({ seconds: 20 });
    await idle();
  });

  it("is refused when an execution would not last as long", async () => {
    await on.stage.post("next-year", { startTime: inHours(24 * 364) });
    const { error, cause } = await on.local.executions.waitFor("next-year");
    expect(error).to.equal("ProvisionRequestInvalid");
    expect(cause).to.match(/startTime .*360 days/);
  });
});
