import { expect } from "chai";
import type { CreateStreamWorkflowRequest } from "../../contracts";
import { readAnswer } from "../../testing";
import { useLocal } from "../support/use-local";
import { has } from "./support/has";

type Endpoints = CreateStreamWorkflowRequest["ingestEndpoints"];

/** Channel 1001 fetches RTMP, 1002 SRT; others push RTMP and SRT to 1003. */
const config = {
  channelIds: "1001,1002,1003",
  channelInputs: "RTMP_PULL:71,SRT_CALLER:72,RTMP_PUSH:73+SRT_LISTENER:74",
  sweepIntervalMinutes: "1440",
};
const rtmp = (key: string): Endpoints => [{ protocol: "rtmp", url: `rtmp://a.example.com:1935/live/${key}` }];
const srt: Endpoints = [
  { protocol: "srt", url: "srt://192.0.2.7:9000?streamid=s3cret", backupUrl: "srt://192.0.2.8:9001" },
];

describe("a channel that is fed", () => {
  const local = useLocal({ config });
  const get = async (path: string) => {
    const answer = local.api(path, { method: "GET" }).then(readAnswer);
    await local.clock.advance({ seconds: 0 });
    return (await answer).body;
  };

  /** Ends a stream, and has nothing left of it. */
  async function end(streamId: string): Promise<void> {
    await local.streams.end(streamId);
    expect(await local.streams.leases()).to.deep.equal([]);
  }

  it("fetches what each request names: its sources are set before it starts", async () => {
    const startsWith: string[] = [];
    const ending = local.gate.use(async (call, proceed) => {
      if (call.service === "MediaLive" && call.action === "StartChannel") {
        startsWith.push(JSON.stringify(local.encoder.input("71").sources));
      }
      return proceed();
    });
    for (const streamId of ["pull-1", "pull-2"]) {
      await local.streams.makeReady(streamId, { channelId: "1001", ingestEndpoints: rtmp(streamId) });
      expect(local.encoder.input("71").sources).to.deep.equal([{ Url: rtmp(streamId)[0]?.url }]);
      await end(streamId);
    }
    ending();
    const { path = [] } = local.executions.get("pull-2") ?? {};
    const claimed = path.indexOf("ClaimEncoderChannel");
    expect(path.slice(claimed, path.indexOf("ConfigurePlaybackEndpoints"))).to.deep.equal([
      ...["ClaimEncoderChannel", "ConfirmEncoderLease", "ProvisionEncoderInfrastructure"],
      // What an input that pulls takes besides.
      ...["DecideInput", "ReadInput", "DecideInputSources", "SetInputSources", "DecideInput"],
      ...["RecordInputs", "PublishInputs", "ConfirmEncoderLease", "ProvisionEncoderInfrastructure"],
    ]);
    expect(startsWith).to.deep.equal(
      ["pull-1", "pull-2"].map((streamId) => JSON.stringify([{ Url: rtmp(streamId)[0]?.url }])),
    );
  });

  it("sets the sources of an SRT caller, and keeps what the input has besides", async () => {
    const [before = {}] = local.encoder.input("72").srtCallerSources;
    await local.streams.makeReady("call", { channelId: "1002", ingestEndpoints: srt });
    // The made-up input is of one pipeline, which takes one source.
    expect(local.encoder.input("72").srtCallerSources).to.deep.equal([
      {
        ...{ SrtListenerAddress: "192.0.2.7", SrtListenerPort: "9000", StreamId: "s3cret" },
        MinimumLatency: before.MinimumLatency,
      },
    ]);
    await end("call");
  });

  it("tells the addresses to push to: masked, and in full to those who may see them", async () => {
    const ingestEndpoints: Endpoints = [
      { protocol: "srt", url: "srt://:9000?mode=listener" },
      { protocol: "rtmp", url: "rtmp://ingest.example.com/live/key" },
    ];
    await local.streams.provision("push", { ingestEndpoints });
    const { destinations: rtmpDestinations } = local.encoder.input("73");
    const address = String(rtmpDestinations[0]?.Url);
    expect(address).to.match(/^rtmp:\/\/198\.51\.100\.\d+:1935\/live\/\w+$/);
    const srtDestinations = local.encoder.input("74").destinations.map(({ Url }) => Url);
    const inputs = (destination: string) => [
      { inputId: "74", type: "SRT_LISTENER", protocol: "srt", destinations: srtDestinations },
      { inputId: "73", type: "RTMP_PUSH", protocol: "rtmp", destinations: [destination] },
    ];
    expect((await get("/streams/push")).ingest)
      .to.have.property("inputs")
      .that.deep.equals(inputs(address.replace(/(:1935\/).*/, "$1…")));
    expect(await get("/ingest/push")).to.deep.include({ inputs: inputs(address) });
    expect(local.streams.told("push")).to.deep.equal(["requested", "PROVISIONING by orchestrator"]);
    expect(local.streams.events("push").at(-1)).to.deep.include({
      ...{ channelId: "1003", attempt: 1, inputs: inputs(address.replace(/(:1935\/).*/, "$1…")) },
    });
    expect(JSON.stringify(local.events.all())).to.not.include(address);
    await local.streams.confirm("push", "READY");
    await end("push");
  });

  it("is given to no stream whose endpoints it cannot take: that one gets another channel, or a refusal", async () => {
    // Of RTMP, 1001 fetches it, and others push it to 1003, which is the only one for two endpoints.
    const two = [...srt, ...rtmp("two")];
    await local.streams.makeReady("two", { ingestEndpoints: two });
    expect(await local.streams.latest("two")).to.include({ channelId: "1003" });
    await local.streams.makeReady("one", { ingestEndpoints: srt });
    expect(await local.streams.latest("one")).to.include({ channelId: "1002" });
    await local.streams.request("third", { ingestEndpoints: two });
    expect(await local.executions.advanceUntil("third")).to.include({ error: "NoChannelAvailable" });
    await local.streams.request("rtmps");
    const { error, cause } = await local.executions.advanceUntil("rtmps");
    expect(error).to.equal("ProvisionRequestInvalid");
    expect(cause).to.include(
      "Channel 1001 has RTMP_PULL (rtmp): it has no input for ingestEndpoints[0] (rtmps).",
    );
    await local.streams.end("one");
    await end("two");
  });

  it("are announced of no stream that is cancelled while they are set", async () => {
    const record = { service: "DynamoDB", action: "UpdateItem", matches: has(":inputs") } as const;
    local.faults.meanwhile(record, async () => {
      await local.streams.update("cancelled", "FAILED", "It is not needed.");
    });
    await local.streams.request("cancelled", { channelId: "1001", ingestEndpoints: rtmp("cancelled") });
    expect(await local.executions.advanceUntil("cancelled")).to.include({ error: "StreamCancelled" });
    expect(local.executions.get("cancelled")?.path).to.not.include.oneOf(["PublishInputs", "StartChannel"]);
    expect(await local.streams.latest("cancelled")).to.not.have.property("inputs");
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  it("waits until the channel that the stream before had is idle", async () => {
    local.encoder.setDelays("1001", { stopMilliseconds: 60_000 });
    await local.streams.makeReady("stopping-1", { channelId: "1001", ingestEndpoints: rtmp("one") });
    await local.streams.update("stopping-1", "COMPLETE");
    await local.clock.advance({ seconds: 20 });
    expect(local.encoder.get("1001").state).to.equal("STOPPING");
    await local.streams.makeReady("stopping-2", { channelId: "1001", ingestEndpoints: rtmp("two") });
    expect(local.encoder.input("71").sources).to.deep.equal([{ Url: rtmp("two")[0]?.url }]);
    expect(local.executions.get("stopping-2")?.path).to.include("WaitForChannel");
    local.encoder.setDelay("1001", 2000);
    await end("stopping-2");
  });

  it("is not taken over from others: a channel that runs keeps its sources and goes on", async () => {
    const before = local.encoder.input("71").sources;
    local.encoder.setState("1001", "RUNNING");
    await local.streams.request("late", { channelId: "1001", ingestEndpoints: rtmp("late") });
    const execution = await local.executions.advanceUntil("late");
    expect(execution).to.include({ error: "ChannelNotStartable" });
    expect(execution.cause).to.equal(
      "Channel 1001 is RUNNING, and MediaLive sets the sources of idle channels alone.",
    );
    expect(local.encoder.get("1001").state).to.equal("RUNNING");
    expect(local.encoder.input("71").sources).to.deep.equal(before);
    expect(await local.streams.leases()).to.deep.equal([]);
    local.encoder.setState("1001", "IDLE");
  });

  it("ends an attempt whose input is not the channel's any more", async () => {
    local.encoder.attachInput("71", "1002");
    await local.streams.request("elsewhere", { channelId: "1001", ingestEndpoints: rtmp("elsewhere") });
    const execution = await local.executions.advanceUntil("elsewhere");
    expect(execution).to.include({ error: "InputMismatch" });
    expect(local.encoder.get("1001").state).to.equal("IDLE");
    local.encoder.attachInput("71", "1001");
  });

  for (const [what, fault] of [
    ["throttled", { error: "throttle", times: 4 }],
    ["done, and its answer lost", { when: "after" }],
  ] as const) {
    it(`has its sources set all the same where the update is ${what}`, async () => {
      const streamId = `update-${fault.error ?? fault.when}`;
      local.faults.fail({ service: "MediaLive", action: "UpdateInput", ...fault });
      await local.streams.makeReady(streamId, { channelId: "1001", ingestEndpoints: rtmp(streamId) });
      expect(local.encoder.input("71").sources).to.deep.equal([{ Url: rtmp(streamId)[0]?.url }]);
      await end(streamId);
    });
  }

  it("is not started, and is given back, where the update fails for good", async () => {
    local.faults.fail({ service: "MediaLive", action: "UpdateInput", times: 100 });
    await local.streams.request("failing", { channelId: "1001", ingestEndpoints: rtmp("failing") });
    expect(await local.executions.advanceUntil("failing")).to.include({
      error: "MediaLive.InternalServerErrorException",
    });
    expect(local.encoder.get("1001").state).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  it("keeps its sources from an execution that is redriven after its cleanup: SetInputSources", async () => {
    const update = { service: "MediaLive", action: "UpdateInput" } as const;
    const held = local.faults.hold(update);
    await local.streams.request("redriven", { channelId: "1001", ingestEndpoints: rtmp("redriven") });
    await local.clock.advanceUntil("the update", () => held.count > 0 || undefined);
    await local.executions.stop("redriven");
    held.release();
    await local.clock.advance({ minutes: 21 });
    expect(await local.streams.leases()).to.deep.equal([]);
    const start = local.faults.hold({ service: "MediaLive", action: "StartChannel" });
    await local.streams.request("successor", { channelId: "1001", ingestEndpoints: rtmp("successor") });
    await local.clock.advanceUntil("the start", () => start.count > 0 || undefined);
    await local.executions.redrive("redriven");
    await local.clock.advance({ seconds: 10 });
    expect(local.executions.get("redriven")).to.include({ status: "FAILED" });
    start.release();
    await local.streams.untilWaiting("successor");
    expect(local.encoder.input("71").sources).to.deep.equal([{ Url: rtmp("successor")[0]?.url }]);
    await local.streams.confirm("successor", "READY");
    await end("successor");
  });

  it("is fed by an execution that is redriven before anybody has noticed: SetInputSources", async () => {
    local.faults.refuse({ target: "streams-recover-execution", forGood: true });
    local.faults.meanwhile({ service: "MediaLive", action: "UpdateInput" }, async () => {
      await local.executions.stop("unnoticed");
      throw new Error("The call is not made.");
    });
    await local.streams.request("unnoticed", { channelId: "1001", ingestEndpoints: rtmp("unnoticed") });
    await local.clock.advance({ seconds: 5 });
    expect(local.executions.get("unnoticed")).to.include({ status: "ABORTED" });
    await local.executions.redrive("unnoticed");
    await local.streams.untilWaiting("unnoticed");
    expect(local.encoder.input("71").sources).to.deep.equal([{ Url: rtmp("unnoticed")[0]?.url }]);
    await local.streams.confirm("unnoticed", "READY");
    await end("unnoticed");
  });

  it("is not announced by an execution that is redriven after its attempt has ended", async () => {
    const announce = { service: "EventBridge", action: "PutEvents", matches: has("PROVISIONING") } as const;
    local.faults.fail({ ...announce, error: "throttle", times: Infinity });
    await local.streams.request("untold", { channelId: "1001", ingestEndpoints: rtmp("untold") });
    await local.clock.advance({ seconds: 5 });
    expect(local.executions.get("untold")?.path.at(-1)).to.equal("PublishInputs");
    await local.executions.stop("untold");
    local.faults.clear();
    await local.clock.advance({ minutes: 21 });
    await local.executions.redrive("untold");
    await local.clock.advance({ minutes: 5 });
    expect(local.executions.get("untold")).to.include({ status: "FAILED", error: "StreamCancelled" });
    expect(local.streams.told("untold")).to.not.include("PROVISIONING by orchestrator");
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  it("has its inputs recorded on no item that is another execution's by then", async () => {
    const { tableName: TableName } = local.streams.program;
    const Key = { streamId: { S: "taken" }, attempt: { N: "1" } };
    const site = { service: "DynamoDB", action: "UpdateItem", matches: has("SET inputs") } as const;
    const executionArn = "arn:aws:states:us-east-1:000000000000:execution:other:other_1";
    local.faults.meanwhile(site, async () => {
      await local.runtime.services.DynamoDB.call("UpdateItem", {
        ...{ TableName, Key, UpdateExpression: "SET executionArn = :other" },
        ExpressionAttributeValues: { ":other": { S: executionArn } },
      });
    });
    await local.streams.request("taken", { channelId: "1001", ingestEndpoints: rtmp("taken") });
    expect(await local.executions.advanceUntil("taken")).to.include({ error: "StreamCancelled" });
    expect(await local.streams.latest("taken"))
      .to.include({ executionArn })
      .and.not.have.property("inputs");
    expect(local.encoder.get("1001").state).to.equal("IDLE");
    await local.clock.advance({ minutes: 21 });
  });

  it("ends an attempt whose sources MediaLive refuses, and tells nobody its stream key", async () => {
    await local.streams.request("refused", {
      channelId: "1001",
      ingestEndpoints: [{ protocol: "rtmp", url: "rtmp://a.example.com?s3cret-key" }],
    });
    const execution = await local.executions.advanceUntil("refused");
    expect(execution).to.include({ error: "MediaLive.BadRequestException" });
    expect(execution.cause).to.not.include("s3cret");
    const attempt = await local.streams.latest("refused");
    expect(attempt.failure).to.include({ state: "SetInputSources" });
    expect(JSON.stringify(attempt.failure) + JSON.stringify(local.notifications.all())).to.not.include(
      "s3cret",
    );
    expect(local.encoder.get("1001").state).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);
  });
});

describe("PROVISIONING", () => {
  const local = useLocal({
    config: { ...config, channelInputs: "none,SRT_CALLER:72,none", leadTimeMinutes: "30" },
  });

  it("is announced with the channel, once it is leased: at once, or when a scheduled start begins", async () => {
    await local.streams.request("now", { channelId: "1001" });
    await local.streams.untilWaiting("now");
    expect(local.streams.events("now")[1]).to.deep.equal({
      detailType: "StreamLifecycleProgressed",
      ...{ streamId: "now", status: "PROVISIONING", attempt: 1, origin: "orchestrator", channelId: "1001" },
      occurredAt: local.streams.events("now")[1]?.occurredAt,
    });
    const startTime = new Date(local.clock.now() + 3_600_000).toISOString();
    await local.streams.request("later", { channelId: "1003", startTime });
    await local.streams.request("later-fed", { channelId: "1002", startTime, ingestEndpoints: srt });
    await local.clock.advance({ minutes: 20 });
    expect(local.streams.told("later", "later-fed")).to.deep.equal(["requested", "requested"]);
    for (const [streamId, channelId] of [
      ["later", "1003"],
      ["later-fed", "1002"],
    ] as const) {
      await local.streams.untilWaiting(streamId);
      expect(local.streams.told(streamId)).to.deep.equal(["requested", "PROVISIONING by orchestrator"]);
      expect(local.streams.events(streamId)[1]).to.include({ channelId });
    }
    expect(local.streams.events("later-fed")[1]?.inputs).to.deep.equal([
      { inputId: "72", type: "SRT_CALLER", protocol: "srt" },
    ]);
    expect(JSON.stringify(local.encoder.input("72").srtCallerSources)).to.include("192.0.2.7");
  });
});

describe("a channel that is fed, and whose distribution nothing updates", () => {
  const local = useLocal({
    config: {
      ...{ channelIds: "1001", channelInputs: "RTMP_PULL:71", originDomainNames: "origin.example.com" },
      ...{ playbackUpdate: "none", distributionId: "" },
    },
  });

  it("starts with its sources, or not at all", async () => {
    await local.streams.makeReady("fed", { ingestEndpoints: rtmp("fed") });
    expect(local.encoder.input("71").sources).to.deep.equal([{ Url: rtmp("fed")[0]?.url }]);
    await local.streams.end("fed");
    local.faults.fail({ service: "MediaLive", action: "UpdateInput", times: Infinity });
    await local.streams.request("unfed", { ingestEndpoints: rtmp("unfed") });
    await local.executions.advanceUntil("unfed");
    expect((await local.streams.latest("unfed")).failure).to.include({ state: "SetInputSources" });
    expect(local.encoder.get("1001").state).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  it("keeps the sources of others where it runs, and fails where the input is another channel's", async () => {
    local.faults.clear();
    const before = local.encoder.input("71").sources;
    local.encoder.setState("1001", "RUNNING");
    await local.streams.request("running", { ingestEndpoints: rtmp("running") });
    expect(await local.executions.advanceUntil("running")).to.include({ error: "ChannelNotStartable" });
    local.encoder.setState("1001", "IDLE");
    local.encoder.attachInput("71", "1002");
    await local.streams.request("moved", { ingestEndpoints: rtmp("moved") });
    expect(await local.executions.advanceUntil("moved")).to.include({ error: "InputMismatch" });
    expect(local.encoder.input("71").sources).to.deep.equal(before);
    expect(await local.streams.leases()).to.deep.equal([]);
  });
});
