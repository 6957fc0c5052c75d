import { DynamoDBClient, UpdateItemCommand, type UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { isJsonObject, type JsonObject } from "../../local/json";
import type { Local } from "../../testing";
import { useLocal } from "../support/use-local";
import { originId } from "./support/origin-id";

const distributionId = "E2QWRUHAPOMQZL";

/** Puts other people's origins and behaviours into the distribution, besides its default origin; streams' entries go. */
async function setOthers(local: Local, patterns: readonly string[], origins: readonly string[] = []) {
  const { config } = await local.playback.get(distributionId);
  const behavior = config.DefaultCacheBehavior as JsonObject;
  const first = { ...itemsOf(config.Origins)[0], CustomHeaders: { Quantity: 0 } };
  const Items = patterns.map((PathPattern) => ({ ...behavior, PathPattern }));
  const Origins = [first, ...origins.map((Id) => ({ ...first, Id }))];
  local.playback.setConfig(distributionId, {
    ...config,
    Origins: { Quantity: Origins.length, Items: Origins },
    CacheBehaviors: { Quantity: Items.length, ...(Items.length > 0 && { Items }) },
  });
}

/** Adds to the configuration as somebody else would, while streams are in it. */
async function change(local: Local, edit: (config: JsonObject) => JsonObject) {
  const { config } = await local.playback.get(distributionId);
  local.playback.setConfig(distributionId, edit(config));
}

function itemsOf(list: unknown): JsonObject[] {
  const { Items } = isJsonObject(list) ? list : {};
  return Array.isArray(Items) ? Items.filter(isJsonObject) : [];
}

const starts = (local: Local) =>
  local.faults.calls().filter(({ action }) => action === "StartChannel").length;

describe("a distribution with other people's entries", () => {
  const local = useLocal({ config: { channelIds: "1001,1002" } });
  beforeEach(() => setOthers(local, []));

  for (const [streamId, pattern] of [
    ["static", "/static/*"],
    ["static-2", "static-2/*"],
    ["static-3", "/static-3*"],
    ["static-4", "/stat?c-4/*"],
    ["static-5", "static-5/images/*.png"],
  ] as const) {
    it(`keeps ${pattern}, since a stream '${streamId}' is refused before anything starts`, async () => {
      await setOthers(local, ["/images/*", pattern]);
      const before = starts(local);
      await local.streams.request(streamId);
      const { error, cause } = await local.executions.waitFor(streamId);
      expect(error).to.equal("PlaybackPathTaken");
      expect(cause).to.include(`'${pattern}'`).and.include("another streamId");
      expect(starts(local)).to.equal(before);
      expect(await local.streams.leases()).to.deep.equal([]);
      expect((await local.playback.get(distributionId)).patterns).to.deep.equal(["/images/*", pattern]);
      expect((await local.notifications.waitFor(streamId)).subject).to.not.include("ACTION NEEDED");
    });
  }

  it("plays a stream before patterns that name no path, and keeps them all", async () => {
    const patterns = ["/*", "*.m3u8", "/STATIC/*", "/static", "/static-other/*"];
    await setOthers(local, patterns);
    await local.streams.makeReady("static");
    expect((await local.playback.get(distributionId)).patterns).to.deep.equal(["/static/*", ...patterns]);
    await local.streams.end("static");
    expect((await local.playback.get(distributionId)).patterns).to.deep.equal(patterns);
  });

  it("stops the channel again where somebody takes the path while it starts", async () => {
    const held = local.faults.hold({ service: "MediaLive", action: "StartChannel" });
    await local.streams.request("late-path");
    expect(held.count).to.equal(1);
    await setOthers(local, ["/late-path/*"]);
    held.release();
    await local.clock.advance({ minutes: 1 });
    const { error } = await local.executions.waitFor("late-path");
    expect(error).to.equal("PlaybackPathTaken");
    expect((await local.playback.get(distributionId)).patterns).to.deep.equal(["/late-path/*"]);
    expect(await local.streams.leases()).to.deep.equal([]);
    for (const id of ["1001", "1002"]) expect(local.encoder.get(id).state).to.be.oneOf(["IDLE", "STOPPING"]);
  });

  it("leaves the entries of another component alone, whose streams have the same names", async () => {
    const other = "stream-orchestration_000000000000_shared_1";
    await setOthers(local, [], [other]);
    await change(local, (config) => {
      const behavior = config.DefaultCacheBehavior as JsonObject;
      const Items = [{ ...behavior, PathPattern: "/shared/*", TargetOriginId: other }];
      return { ...config, CacheBehaviors: { Quantity: 1, Items } };
    });
    await local.streams.request("shared");
    expect(await local.executions.waitFor("shared")).to.have.property("error", "PlaybackPathTaken");
    expect((await local.playback.get(distributionId)).origins).to.include(other);
  });
});

describe("a stream that an earlier release has put into the distribution", () => {
  const local = useLocal({ config: { channelIds: "1001" } });

  it("is taken out when it ends, by the id that that release gave it", async () => {
    await local.streams.makeReady("upgraded");
    const former = "stream-orchestration_upgraded_1";
    const today = originId(local, "upgraded", 1);
    await change(
      local,
      (config) => JSON.parse(JSON.stringify(config).replaceAll(today, former)) as JsonObject,
    );
    await unmark(local, "1001", "upgraded");
    expect((await local.playback.get(distributionId)).origins).to.include(former);
    await local.streams.end("upgraded");
    const { origins, patterns } = await local.playback.get(distributionId);
    expect(patterns).to.deep.equal([]);
    expect(origins).to.have.lengthOf(1);
  });
});

/** Takes the marks off a lease and an item, which earlier releases did not write. */
const unmark = async (local: Local, channelId: string, streamId: string) => {
  const UpdateExpression = "REMOVE originId, distributionId";
  await updateLease(local, channelId, { UpdateExpression });
  await local.runtime.services.DynamoDB.call("UpdateItem", {
    ...{ TableName: local.streams.program.tableName, UpdateExpression },
    Key: { streamId: { S: streamId }, attempt: { N: "1" } },
  });
};

/** Has a lease say that the entry is in another distribution, as an earlier deployment wrote it. */
const mark = (local: Local, channelId: string, formerId: string) =>
  updateLease(local, channelId, {
    UpdateExpression: "SET distributionId = :id",
    ExpressionAttributeValues: { ":id": { S: formerId } },
  });

async function updateLease(
  local: Local,
  channelId: string,
  edit: Pick<UpdateItemCommandInput, "UpdateExpression" | "ExpressionAttributeValues">,
) {
  const tables = local.runtime.graph.resources.filter(({ type }) => type === "aws:dynamodb/table:Table");
  const leases = tables.find(({ name }) => name.endsWith("-leases"));
  await new DynamoDBClient(local.aws).send(
    new UpdateItemCommand({
      TableName: String(leases?.outputs.name),
      Key: { channelId: { S: channelId } },
      ...edit,
    }),
  );
}

describe("a distribution that is nearly full", () => {
  const channelIds = Array.from({ length: 8 }, (_, index) => String(1001 + index));
  const local = useLocal({
    config: { channelIds: channelIds.join(), cacheBehaviorQuota: "75", originQuota: "100" },
  });
  const others = (count: number) => Array.from({ length: count }, (_, index) => `/vod-${index}/*`);

  it("gives its last place to one of two requests at once, and refuses the other before its channel starts", async () => {
    await setOthers(local, others(74));
    const before = starts(local);
    // No channel has started, and no entry is in the distribution, when the second request comes to count.
    const held = local.faults.hold({ service: "MediaLive", action: "StartChannel" });
    await Promise.all(["one", "two"].map((name) => local.streams.request(`last-${name}`)));
    await local.clock.advance({ seconds: 30 });
    expect(held.count).to.equal(1);
    held.release();
    await local.clock.advance({ minutes: 1 });
    await expectGiven(local, ["last-one", "last-two"], 1);
    expect(starts(local) - before).to.equal(1);
    await endAll(local, ["last-one", "last-two"]);
  });

  it("gives three places to three of eight requests at once", async () => {
    await setOthers(local, others(72));
    const before = starts(local);
    const streamIds = channelIds.map((id) => `many-${id}`);
    const held = local.faults.hold({ service: "MediaLive", action: "StartChannel", times: streamIds.length });
    await Promise.all(streamIds.map((streamId) => local.streams.request(streamId)));
    await local.clock.advance({ seconds: 50 });
    expect(held.count).to.equal(3);
    held.release();
    await local.clock.advance({ minutes: 3 });
    await expectGiven(local, streamIds, 3);
    expect(starts(local) - before).to.equal(3);
    expect((await local.playback.get(distributionId)).patterns).to.have.lengthOf(75);
    await endAll(local, streamIds);
  });

  it("gives a place again once it is given back, and once its stream was refused", async () => {
    await setOthers(local, others(74));
    await local.streams.makeReady("first");
    await local.streams.request("second");
    expect(await local.executions.waitFor("second")).to.have.property("error", "PlaybackQuotaExceeded");
    await local.streams.end("first");
    await local.streams.makeReady("second");
    await local.streams.end("second");
  });

  it("counts a place that is reserved and not used yet, and the place of an execution that died until it is recovered", async () => {
    await setOthers(local, others(74));
    const held = local.faults.hold({ service: "MediaLive", action: "StartChannel" });
    await local.streams.request("slow");
    expect(held.count).to.equal(1);
    await local.streams.request("waiting");
    expect(await local.executions.waitFor("waiting")).to.have.property("error", "PlaybackQuotaExceeded");
    held.release();
    await local.streams.provision("slow").catch(() => undefined);
    await local.streams.update("slow", "FAILED");
    await local.executions.waitFor("slow");
    await local.streams.makeReady("waiting");
    await local.streams.end("waiting");
  });

  it("refuses a stream when its origins are at their quota, and says which", async () => {
    await setOthers(
      local,
      [],
      Array.from({ length: 99 }, (_, index) => `origin-${index}`),
    );
    const before = starts(local);
    await local.streams.request("no-origin");
    const { error, cause } = await local.executions.waitFor("no-origin");
    expect(error).to.equal("PlaybackQuotaExceeded");
    expect(cause).to.match(/has 100 origins of the 100 that it may have\. .*playback\.originQuota/);
    expect(starts(local)).to.equal(before);
  });
});

describe("a distribution whose quotas were raised", () => {
  const local = useLocal({ config: { channelIds: "1001", cacheBehaviorQuota: "175", originQuota: "200" } });

  it("takes as many as the program says", async () => {
    const names = Array.from({ length: 120 }, (_, index) => `other-${index}`);
    await setOthers(
      local,
      names.map((name) => `/${name}/*`),
      names,
    );
    await local.streams.makeReady("one-more");
    expect((await local.playback.get(distributionId)).patterns).to.have.lengthOf(121);
    await local.streams.end("one-more");
  });
});

describe("a distribution whose configuration has grown", () => {
  const local = useLocal({ config: { channelIds: "1001" } });
  const grow = (bytes: number) =>
    change(local, (config) => {
      const [first, ...rest] = itemsOf(config.Origins) as [JsonObject, ...JsonObject[]];
      const { CustomHeaders: _, ...small } = first;
      const missing = bytes - JSON.stringify({ ...config, Origins: [small, ...rest] }).length;
      const header = { HeaderName: "x-big", HeaderValue: "x".repeat(missing) };
      const grown = { ...first, CustomHeaders: { Quantity: 1, Items: [header] } };
      return { ...config, Origins: { Quantity: rest.length + 1, Items: [grown, ...rest] } };
    });

  for (const bytes of [240_000, 256_000, 300_000]) {
    it(`to ${bytes} bytes refuses a stream before anything starts, and still ends one that is up`, async () => {
      await setOthers(local, []);
      const streamId = `grown-${bytes}`;
      await local.streams.makeReady(streamId);
      await grow(bytes);
      await local.streams.update(streamId, "COMPLETE");
      await local.clock.advance({ minutes: 2 });
      expect(await local.streams.leases()).to.deep.equal([]);
      expect(local.encoder.get("1001").state).to.equal("IDLE");
      const { origins } = await local.playback.get(distributionId);
      const teardown = (await local.streams.latest(streamId))?.teardown;
      if (origins.includes(originId(local, streamId, 1))) {
        expect(teardown).to.have.property("status", "INCOMPLETE");
        expect(JSON.stringify(teardown))
          .to.include(originId(local, streamId, 1))
          .and.include(`'/${streamId}/*'`)
          .and.include(distributionId)
          .and.include("by hand");
      } else {
        expect(bytes).to.be.below(262_144);
      }

      await grow(bytes);
      const before = starts(local);
      await local.streams.request(`new-${bytes}`);
      const { error, cause } = await local.executions.waitFor(`new-${bytes}`);
      expect(error).to.equal("PlaybackConfigurationTooLarge");
      expect(cause).to.include("End a stream");
      expect(starts(local)).to.equal(before);
      expect(await local.streams.leases()).to.deep.equal([]);
    });
  }
});

/** Expects so many of the streams to be in the distribution, and the others to be refused before their channel started. */
async function expectGiven(local: Local, streamIds: readonly string[], places: number) {
  const waiting = streamIds.filter(
    (id) => local.executions.get(id)?.states.at(-1)?.name === "AwaitLifecycleConfirmation",
  );
  const errors = streamIds.flatMap((id) => local.executions.get(id)?.error ?? []);
  expect(waiting).to.have.lengthOf(places);
  expect(errors).to.deep.equal(
    Array.from({ length: streamIds.length - places }, () => "PlaybackQuotaExceeded"),
  );
}

async function endAll(local: Local, streamIds: readonly string[]) {
  for (const streamId of streamIds) {
    if (local.executions.get(streamId)?.error === undefined) {
      await local.streams.update(streamId, "FAILED");
      await local.executions.advanceUntil(streamId);
    }
  }
  await local.clock.advance({ minutes: 1 });
  expect(await local.streams.leases()).to.deep.equal([]);
}

describe("an origin that wants a secret header", () => {
  const secret = "s3cret-of-the-origin";
  const told: string[] = [];
  const local = useLocal({
    config: { channelIds: "1001", originHeaders: `x-origin-verify=${secret}` },
    listener: new Proxy(
      {},
      { get: (_, name) => (event: unknown) => told.push(JSON.stringify([name, event])) },
    ),
  });

  it("gets it by the distribution, and nobody is told of it", async () => {
    await local.streams.makeReady("verified");
    const { config } = await local.playback.get(distributionId);
    expect(JSON.stringify(config.Origins)).to.include(secret);
    await local.streams.end("verified");
    expect(JSON.stringify(local.streams.events("verified"))).to.not.include(secret);
    expect(JSON.stringify(local.logs.all())).to.not.include(secret);
    expect(JSON.stringify(local.notifications.all())).to.not.include(secret);
    expect(JSON.stringify(local.outputs)).to.not.include(secret);
    expect(JSON.stringify(await local.streams.latest("verified"))).to.not.include(secret);
    expect(told).to.not.deep.equal([]);
    expect(told.join("\n")).to.not.include(secret);
  });
});

describe("a distribution with a web ACL", () => {
  const webAclArn = "arn:aws:wafv2:us-east-1:000000000000:global/webacl/viewers/1";
  const useAcl = (local: Local) => change(local, (config) => ({ ...config, WebACLId: webAclArn }));

  describe("that the program names", () => {
    const local = useLocal({ config: { channelIds: "1001", webAclArn } });
    it("takes streams in and lets them go", async () => {
      await useAcl(local);
      await local.streams.makeReady("guarded");
      await local.streams.end("guarded");
      expect((await local.playback.get(distributionId)).patterns).to.deep.equal([]);
    });
  });

  describe("that the program does not name", () => {
    const local = useLocal({ config: { channelIds: "1001" } });
    it("takes no stream, since the workflow may not read the ACL", async () => {
      await useAcl(local);
      await local.streams.request("unguarded");
      await local.clock.advance({ minutes: 1 });
      const { cause } = await local.executions.waitFor("unguarded");
      expect(cause).to.include("wafv2:GetWebACL");
    });
  });
});

describe("a stream whose deployment names another distribution by now", () => {
  const local = useLocal({ config: { channelIds: "1001" } });

  it("frees its channel, and the failed teardown says where the entry is", async () => {
    await local.streams.makeReady("moved");
    await mark(local, "1001", "EFORMER");
    await local.streams.update("moved", "COMPLETE");
    await local.clock.advance({ minutes: 2 });
    expect(local.encoder.get("1001").state).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);
    const teardown = (await local.streams.latest("moved"))?.teardown;
    expect(teardown).to.have.property("status", "INCOMPLETE");
    expect(JSON.stringify(teardown))
      .to.include("EFORMER")
      .and.include(originId(local, "moved", 1))
      .and.include("by hand");
  });
});
