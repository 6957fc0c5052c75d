import { expect } from "chai";
import { type ApiAnswer, readAnswer } from "../../testing";
import { useLocal } from "../support/use-local";
import { manyChannels } from "./support/channels";

describe("a portal that reads and ends streams by the API alone", () => {
  const local = useLocal({
    config: {
      channelIds: manyChannels,
      leadTimeMinutes: "60",
      playbackDomainName: "live.example.com",
      manifests: "hls=HLS:index.m3u8,dash=DASH:dash/index.mpd",
    },
  });
  const call = async (method: string, path: string): Promise<ApiAnswer> => {
    const answer = local.api(path, { method }).then(readAnswer);
    await local.clock.advance({ seconds: 0 });
    return answer;
  };
  const get = (path: string) => call("GET", path);
  const remove = (streamId: string) => call("DELETE", `/streams/${streamId}`);

  it("tells a stream from its request to its cleanup", async () => {
    await local.streams.provision("launch");
    const { body } = await get("/streams/launch");
    const url = "rtmps://ingest.example.com/";
    expect(body).to.deep.include({
      streamId: "launch",
      status: "PROVISIONING",
      attempt: 1,
      ingest: { endpoints: [{ protocol: "rtmps", url: `${url}…` }] },
    });
    expect(body.channel).to.have.property("channelId");
    expect((await get("/ingest/launch")).body.endpoints).to.deep.equal([
      { protocol: "rtmps", url: `${url}live/launch` },
    ]);
    await local.streams.confirm("launch", "READY");
    const ready = (await get("/streams/launch")).body;
    expect(ready).to.include({ status: "READY" }).and.to.have.property("readyAt");
    const manifests = [
      { name: "hls", format: "HLS", url: "https://live.example.com/launch/index.m3u8" },
      { name: "dash", format: "DASH", url: "https://live.example.com/launch/dash/index.mpd" },
    ];
    expect(ready.playback).to.deep.include({ pathPattern: "/launch/*", manifests });
    const announced = local.events.all((event) => event["detail-type"] === "StreamLifecycleProgressed");
    expect(announced.map(({ event }) => (event.detail as { playback?: object }).playback)).to.deep.equal([
      undefined,
      { manifests },
      { manifests },
    ]);
    expect(local.outputs.manifestUrls).to.deep.equal({
      hls: "https://live.example.com/{streamId}/index.m3u8",
      dash: "https://live.example.com/{streamId}/dash/index.mpd",
    });

    const ended = await remove("launch");
    expect([ended.status, ended.body.status]).to.deep.equal([200, "COMPLETE"]);
    expect((await remove("launch")).body).to.deep.equal(ended.body);
    await local.clock.advance({ minutes: 10 });
    expect((await get("/streams/launch")).body.cleanup).to.include({ status: "DONE" });
    expect(await local.streams.lease("launch")).to.equal(undefined);
    expect(local.streams.told("launch").at(-1)).to.equal("COMPLETE by api");
  });

  it("cancels a stream that is being provisioned: its channel is stopped, and on-call is not paged", async () => {
    const { channelId = "" } = await local.streams.provision("unwanted");
    expect((await remove("unwanted")).body.status).to.equal("FAILED");
    await local.executions.waitFor("unwanted");
    expect(local.encoder.get(channelId).state).to.equal("STOPPING");
    expect(await local.streams.lease("unwanted")).to.equal(undefined);
    expect(local.notifications.subjects().filter((subject) => subject.includes("unwanted"))).to.deep.equal(
      [],
    );
    expect((await remove("unwanted")).body.status).to.equal("FAILED");
  });

  it("tells who made each change", async () => {
    await local.streams.makeReady("known");
    await local.streams.announce("known", "FAILED", { origin: "encoder-watch" });
    await local.clock.advance({ minutes: 1 });
    const { history } = (await get("/streams/known")).body as { history: { [member: string]: string }[] };
    const [requested, ready, failed, ...more] = history;
    expect(more).to.deep.equal([]);
    expect(requested)
      .to.include({
        status: "PROVISIONING",
        origin: "orchestrator",
        component: "StreamLifecycleOrchestrator",
      })
      .and.to.have.property("requestId");
    expect(ready).to.include({ status: "READY", origin: "api" }).and.to.have.property("requestId");
    expect(failed).to.include({ status: "FAILED", origin: "encoder-watch" }).and.to.have.property("eventId");
  });

  it("cancels a scheduled start", async () => {
    const startTime = new Date(local.clock.now() + 10 * 3_600_000).toISOString();
    await local.streams.request("later", { startTime });
    expect((await get("/streams/later")).body).to.have.property("scheduledStart");
    expect((await remove("later")).body.status).to.equal("COMPLETE");
    await local.executions.waitFor("later");
    const { body } = await get("/streams/later");
    expect(body).to.not.have.any.keys("scheduledStart", "channel");
  });

  it("lists streams by status", async () => {
    await local.clock.advance({ seconds: 1 });
    await local.streams.makeReady("listed");
    const { body } = await get("/streams?status=READY&limit=1");
    expect((body.streams as { streamId: string }[]).map(({ streamId }) => streamId)).to.deep.equal([
      "listed",
    ]);
    const all = (await get("/streams")).body.streams as { streamId: string }[];
    expect(all[0]).to.include({ streamId: "listed" });
  });

  for (const [method, path, allow] of [
    ["PATCH", "/streams", "POST, PUT, GET"],
    ["POST", "/streams/launch", "DELETE, GET"],
    ["DELETE", "/streams/launch/attempts", "GET"],
    ["PUT", "/ingest/launch", "GET"],
  ] as const) {
    it(`answers ${method} ${path} with 405 and the methods that there are`, async () => {
      const { status, headers, body } = await call(method, path);
      expect([status, headers.get("allow")]).to.deep.equal([405, allow]);
      expect(body.message).to.equal(`${method} not allowed. Expected ${allow}.`);
    });
  }
});
