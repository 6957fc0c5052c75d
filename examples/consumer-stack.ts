import type { StreamLifecycleProgressedDetail } from "@guidogerb/stream-orchestration/contracts";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** The stack that has the component, and exports `eventBusName = streams.eventBusName`. */
const streams = new pulumi.StackReference("acme/stream-orchestration/prod");

const rule = new aws.cloudwatch.EventRule("ready", {
  eventBusName: streams.requireOutput("eventBusName"),
  eventPattern: JSON.stringify({
    source: ["com.guidogerb.streams"],
    "detail-type": ["StreamLifecycleProgressed"],
    detail: { status: ["READY"] },
  }),
});

rule.onEvent("announce", async ({ detail }) => {
  const { streamId, playback } = detail as StreamLifecycleProgressedDetail;
  console.log(`${streamId} can be watched at ${playback?.manifests.map(({ url }) => url).join(", ")}.`);
});
