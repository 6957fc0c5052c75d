import { expect } from "chai";
import { MediaLive } from "../../../../local/services";
import type { ChannelEvent } from "../../../../local/services/medialive/channel-events";
import { SteppedClock } from "../../../../testing/stepped-clock";

function start() {
  const events: ChannelEvent[] = [];
  const clock = new SteppedClock(0, async () => {});
  const mediaLive = new MediaLive({
    clock,
    region: "us-east-1",
    accountId: "000000000000",
    onEvent: (event) => events.push(event),
  });
  mediaLive.addChannel("1001", { pipelines: 2 });
  const told = () =>
    events.map(({ detailType, detail }) => [detailType.replace("MediaLive Channel ", ""), detail]);
  return { events, clock, mediaLive, told };
}

describe("MediaLive's events", () => {
  it("tell of each state of a channel, and say STOPPED where DescribeChannel says IDLE", async () => {
    const { clock, events, mediaLive } = start();
    await mediaLive.call("StartChannel", { ChannelId: "1001" });
    await clock.advance({ seconds: 2 });
    await mediaLive.call("StopChannel", { ChannelId: "1001" });
    await clock.advance({ seconds: 2 });
    expect(mediaLive.channel("1001").state).to.equal("IDLE");
    expect(events.map(({ detail }) => [detail.state, detail.pipelines_running_count])).to.deep.equal([
      ["STARTING", 0],
      ["RUNNING", 2],
      ["STOPPING", 2],
      ["STOPPED", 0],
    ]);
    const arn = "arn:aws:medialive:us-east-1:000000000000:channel:1001";
    expect(
      events.every(({ channelArn, detail }) => channelArn === arn && detail.channel_arn === arn),
    ).to.equal(true);
  });

  it("tell of an alert once as SET and once as CLEARED, by the same id", () => {
    const { mediaLive, told } = start();
    const alert = { type: "Video Not Detected", pipeline: "1", message: "Check input signal" };
    const { id } = mediaLive.setAlert("1001", alert);
    mediaLive.setAlert("1001", alert);
    mediaLive.clearAlerts("1001", "Audio Not Detected");
    expect(mediaLive.alerts("1001")).to.have.length(1);
    mediaLive.clearAlerts("1001", "Video Not Detected");
    expect(mediaLive.alerts("1001")).to.deep.equal([]);
    const detail = (alarm_state: string) => ({
      alarm_state,
      alarm_id: id,
      alert_type: "Video Not Detected",
      pipeline: "1",
      channel_arn: "arn:aws:medialive:us-east-1:000000000000:channel:1001",
      message: "Check input signal",
    });
    expect(told()).to.deep.equal([
      ["Alert", detail("SET")],
      ["Alert", detail("CLEARED")],
    ]);
  });

  it("leave no alert of a channel that does not run", () => {
    const { mediaLive } = start();
    mediaLive.setState("1001", "RUNNING");
    mediaLive.setAlert("1001", { type: "Audio Not Detected", pipeline: "0", message: "" });
    mediaLive.setState("1001", "IDLE");
    expect(mediaLive.alerts("1001")).to.deep.equal([]);
  });
});
