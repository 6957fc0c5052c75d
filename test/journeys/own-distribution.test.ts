import { join } from "node:path";
import { expect } from "chai";
import { readAnswer } from "../../testing";
import { root } from "../support/root";
import { useLocal } from "../support/use-local";

describe("streams in a distribution of the team's own program, which nothing updates", () => {
  const local = useLocal({ program: join(root, "examples", "own-distribution.ts") });
  /** The services that workflows and functions called. */
  const called: string[] = [];
  before(() => {
    local.gate.use((call, proceed) => {
      if (call.caller.kind !== "user") called.push(call.service);
      return proceed();
    });
  });
  const get = async (streamId: string) => (await readAnswer(await local.api(`/streams/${streamId}`))).body;

  it("are played by the entry of their channel, from READY to their end", async () => {
    const { channelId = "" } = await local.streams.makeReady("launch");
    const manifests = [
      { name: "hls", format: "HLS", url: `https://live.example.com/${channelId}/index.m3u8` },
    ];
    expect((await get("launch")).playback).to.deep.equal({ pathPattern: `/${channelId}/*`, manifests });
    const announced = local.events.all((event) => event["detail-type"] === "StreamLifecycleProgressed");
    expect(announced.map(({ event }) => (event.detail as { playback?: object }).playback)).to.deep.equal([
      undefined,
      { manifests },
      { manifests },
    ]);
    const seen = await local.playback.fetch(`/${channelId}/index.m3u8`);
    expect([seen.status, (await seen.text()).includes("launch")]).to.deep.equal([200, true]);
    await local.clock.advance({ minutes: 25 });
    expect(await local.streams.latest("launch")).to.include({ status: "READY" });

    await local.streams.end("launch");
    expect((await get("launch")).cleanup).to.include({ status: "DONE" });
    expect(local.encoder.get(channelId).state).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(local.notifications.subjects()).to.deep.equal([]);
  });

  it("wait for their confirmation where the channel was started in the moment of their own start", async () => {
    const start = { service: "MediaLive", action: "StartChannel" } as const;
    local.faults.meanwhile(start, async () => {
      for (const { id } of local.encoder.all()) local.encoder.setState(id, "RUNNING");
    });
    await local.streams.provision("conflict");
    expect(local.executions.get("conflict")?.path).to.include("DecideChannelState");
    await local.streams.confirm("conflict", "READY");
    await local.streams.end("conflict");
    for (const { id } of local.encoder.all()) local.encoder.setState(id, "IDLE");
  });

  it("fail, and leave no channel running", async () => {
    const { channelId = "" } = await local.streams.provision("never-confirmed");
    await local.clock.advance({ minutes: 30 });
    expect(await get("never-confirmed")).to.include({ status: "FAILED" });
    expect(local.encoder.get(channelId).state).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  it("have workflows without a state of the distribution, and roles without a permission on it", () => {
    const inputs = (type: string) =>
      local.runtime.graph.resources
        .filter((resource) => resource.type.endsWith(type))
        .map((resource) => JSON.stringify(resource.inputs));
    const machines = inputs(":StateMachine");
    expect(machines).to.not.deep.equal([]);
    for (const text of [...machines, ...inputs(":RolePolicy")]) {
      expect(text).to.not.match(/cloudfront|wafv2|PlaybackEntr|PlaybackConfiguration|ConfigurePlayback/i);
    }
    expect(called).to.not.deep.equal([]);
    expect(called.filter((service) => service === "CloudFront")).to.deep.equal([]);
  });
});
