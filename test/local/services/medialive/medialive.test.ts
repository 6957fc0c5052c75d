import { expect } from "chai";
import { type ChannelState, MediaLive } from "../../../../local/services";
import { SteppedClock } from "../../../support/stepped-clock";
import { expectAwsError } from "../expect-aws-error";

describe("MediaLive", () => {
  let clock: SteppedClock;
  let states: ChannelState[];
  let mediaLive: MediaLive;

  beforeEach(() => {
    clock = new SteppedClock();
    states = [];
    mediaLive = new MediaLive({
      clock,
      region: "eu-central-1",
      accountId: "123456789012",
      onStateChange: ({ state }) => states.push(state),
    });
    mediaLive.addChannel("1", { startMilliseconds: 5000, stopMilliseconds: 5000 });
  });

  const start = () => mediaLive.call("StartChannel", { ChannelId: "1" });
  const stop = () => mediaLive.call("StopChannel", { ChannelId: "1" });

  it("starts and stops a channel in its own time", async () => {
    expect((await start()).State).to.equal("STARTING");
    await clock.advance({ milliseconds: 4999 });
    expect(mediaLive.channel("1").state).to.equal("STARTING");
    await clock.advance({ milliseconds: 1 });
    expect((await stop()).State).to.equal("STOPPING");
    await clock.advance({ milliseconds: 5000 });
    expect(states).to.deep.equal(["IDLE", "STARTING", "RUNNING", "STOPPING", "IDLE"]);
  });

  it("refuses to start what is not idle, and to stop what is not running", async () => {
    await expectAwsError(stop(), "ConflictException", 409);
    await start();
    const error = await expectAwsError(start(), "ConflictException", 409);
    expect(error.message).to.contain("STARTING").and.contain("IDLE");
    await expectAwsError(stop(), "ConflictException", 409);
  });

  it("takes another time to stop than to start", async () => {
    mediaLive.setDelays("1", { startMilliseconds: 540_000, stopMilliseconds: 240_000 });
    await start();
    await clock.advance({ milliseconds: 539_999 });
    await expectAwsError(stop(), "ConflictException", 409);
    await clock.advance({ milliseconds: 1 });
    await stop();
    await clock.advance({ milliseconds: 239_999 });
    expect(mediaLive.channel("1").state).to.equal("STOPPING");
    await clock.advance({ milliseconds: 1 });
    expect(mediaLive.channel("1").state).to.equal("IDLE");
  });

  it("refuses to start and to stop a channel that is being created or updated", async () => {
    for (const state of ["CREATING", "UPDATING"] as const) {
      mediaLive.setState("1", state);
      await expectAwsError(start(), "ConflictException", 409);
      await expectAwsError(stop(), "ConflictException", 409);
    }
  });

  it("does not finish a start that was overtaken", async () => {
    await start();
    mediaLive.setState("1", "IDLE");
    mediaLive.setDelays("1", { startMilliseconds: 60_000, stopMilliseconds: 60_000 });
    await start();
    await clock.advance({ milliseconds: 5000 });
    expect(mediaLive.channel("1").state).to.equal("STARTING");
  });

  it("answers an unknown channel with NotFoundException, and no channel with BadRequestException", async () => {
    await expectAwsError(mediaLive.call("DescribeChannel", { ChannelId: "2" }), "NotFoundException", 404);
    await expectAwsError(mediaLive.call("DescribeChannel", {}), "BadRequestException");
  });
});
