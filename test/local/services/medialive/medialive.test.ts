import { expect } from "chai";
import type { JsonObject } from "../../../../local/json";
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

  it("recovers a channel that has lost its pipelines, in its own time", async () => {
    expect(() => mediaLive.recover("1", 1000)).to.throw("RUNNING");
    await start();
    await clock.advance({ milliseconds: 5000 });
    mediaLive.recover("1", 1000);
    expect(await mediaLive.call("DescribeChannel", { ChannelId: "1" })).to.include({
      State: "RECOVERING",
      PipelinesRunningCount: 0,
    });
    await clock.advance({ milliseconds: 1000 });
    expect(states).to.deep.equal(["IDLE", "STARTING", "RUNNING", "RECOVERING", "RUNNING"]);
  });

  describe("with inputs", () => {
    const update = (InputId: string, members: JsonObject) =>
      mediaLive.call("UpdateInput", { InputId, ...members });
    const Sources = [{ Url: "rtmp://a.example.com/live/key" }];

    beforeEach(() => {
      mediaLive.addInput("7", "RTMP_PULL", { channelId: "1" });
      mediaLive.addInput("8", "SRT_CALLER", { inputClass: "STANDARD" });
      mediaLive.addInput("9", "RTMP_PUSH", { channelId: "1", streamNames: ["live/a", "live/b"] });
    });

    it("sets the sources of a pull input, and answers with the input", async () => {
      const { Input } = await update("7", { Sources });
      expect(Input).to.deep.include({ Id: "7", Type: "RTMP_PULL", State: "ATTACHED", Sources });
      expect(await mediaLive.call("DescribeInput", { InputId: "7" })).to.deep.equal(Input);
      const SrtCallerSources = ["192.0.2.7", "192.0.2.8"].map((SrtListenerAddress) => ({
        ...{ SrtListenerAddress, SrtListenerPort: "9000" },
      }));
      await update("8", { SrtSettings: { SrtCallerSources } });
      expect(await mediaLive.call("DescribeInput", { InputId: "8" })).to.deep.include({
        AttachedChannels: [],
        State: "DETACHED",
        SrtSettings: { SrtCallerSources },
      });
    });

    it("gives a push input an address for each pipeline, whose path is the stream's name", async () => {
      const { Destinations } = await mediaLive.call("DescribeInput", { InputId: "9" });
      const urls = (Destinations as JsonObject[]).map(({ Url }) => String(Url));
      expect(urls[0]).to.match(/^rtmp:\/\/198\.51\.100\.\d+:1935\/live\/a$/);
      expect(urls[1]).to.match(/^rtmp:\/\/198\.51\.100\.\d+:1935\/live\/b$/);
    });

    it("refuses to update the input of a channel that is not idle", async () => {
      await start();
      const error = await expectAwsError(update("7", { Sources }), "ConflictException", 409);
      expect(error.message).to.contain("STARTING").and.contain("IDLE");
      await clock.advance({ milliseconds: 5000 });
      await expectAwsError(update("7", { Sources }), "ConflictException", 409);
      await stop();
      await clock.advance({ milliseconds: 5000 });
      await update("7", { Sources });
      expect(mediaLive.input("7").sources).to.deep.equal(Sources);
    });

    it("refuses sources that an input cannot have", async () => {
      const [source = {}] = Sources;
      for (const [id, members] of [
        ["7", { Sources: [source, source] }],
        ["7", { Sources: [] }],
        ["7", { Sources: [{ Url: "rtmps://a.example.com/live/key" }] }],
        ["7", { SrtSettings: { SrtCallerSources: [] } }],
        ["8", { Sources }],
        ["8", { SrtSettings: { SrtCallerSources: [{ SrtListenerAddress: "a", SrtListenerPort: "1" }] } }],
        ["8", { SrtSettings: { SrtCallerSources: [{}, {}] } }],
        ["9", { Sources }],
      ] as const) {
        await expectAwsError(update(id, members as JsonObject), "BadRequestException", 400);
      }
      await expectAwsError(update("6", { Sources }), "NotFoundException", 404);
    });
  });
});
