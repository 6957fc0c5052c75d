import { join } from "node:path";
import { expect } from "chai";
import { resourcesOfType } from "../../local/record/graph";
import { readAnswer } from "../../testing";
import { root } from "../support/root";
import { useLocal } from "../support/use-local";

const program = (name: string) => join(root, "examples", `${name}.ts`);

describe("the example with a distribution, channels, inputs and packagers of its own", () => {
  const local = useLocal({ program: program("broadcast-stack") });

  it("takes a stream from its request to a viewer, and back", async () => {
    const { channelId = "" } = await local.streams.makeReady("launch", {
      ingestEndpoints: [{ protocol: "rtmp", url: "rtmp://ingest.example.com/live" }],
    });
    const [distribution] = resourcesOfType(local.runtime.graph, "aws:cloudfront/distribution:Distribution");
    const { body } = await readAnswer(await local.api("/streams/launch"));
    expect(body.playback).to.deep.include({
      manifests: [
        {
          name: "hls",
          format: "HLS",
          url: `https://${String(distribution?.outputs.domainName)}/launch/index.m3u8`,
        },
      ],
    });
    const seen = await local.playback.fetch("/launch/index.m3u8");
    expect([seen.status, (await seen.text()).includes("launch")]).to.deep.equal([200, true]);
    await local.streams.end("launch");
    await local.clock.advance({ minutes: 1 });
    expect(local.encoder.get(channelId).state).to.equal("IDLE");
    expect(await local.streams.played()).to.deep.equal([]);
    expect(await local.streams.leases()).to.deep.equal([]);
  });
});

describe("the example of a consumer in another stack", () => {
  const local = useLocal({
    program: program("consumer-stack"),
    stackOutputs: { "acme/stream-orchestration/prod": { eventBusName: "streams-bus" } },
  });

  it("is told of what comes on the bus of the other stack", async () => {
    const playback = {
      manifests: [{ name: "hls", format: "HLS", url: "https://live.example.com/launch/index.m3u8" }],
    };
    await local.runtime.services.EventBridge.call("PutEvents", {
      Entries: [
        {
          EventBusName: "streams-bus",
          Source: "com.guidogerb.streams",
          DetailType: "StreamLifecycleProgressed",
          Detail: JSON.stringify({ streamId: "launch", status: "READY", playback }),
        },
      ],
    });
    await local.settled();
    expect(
      local.logs
        .all("announce")
        .map(({ line }) => line)
        .join(),
    ).to.include("launch can be watched at https://live.example.com/launch/index.m3u8.");
  });
});

describe("the example of several environments", () => {
  for (const [stack, channels, alarms] of [
    ["dev", 1, 13],
    ["prod", 2, 21],
  ] as const) {
    describe(stack, () => {
      const local = useLocal({ program: program("environments"), stack });

      it("has what that environment has", () => {
        const { graph } = local.runtime;
        expect(resourcesOfType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm")).to.have.lengthOf(alarms);
        const [item] = resourcesOfType(graph, "aws:dynamodb/tableItem:TableItem");
        const { settings } = JSON.parse(String(item?.inputs.item)) as { settings: { S: string } };
        expect((JSON.parse(settings.S) as { channels: unknown[] }).channels).to.have.lengthOf(channels);
      });
    });
  }
});
