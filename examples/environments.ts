import { StreamOrchestration, type StreamOrchestrationArgs } from "@guidogerb/stream-orchestration";
import * as pulumi from "@pulumi/pulumi";

/** What every environment has. */
const shared = {
  readiness: { mode: "manual", requireRunning: true },
  health: { onChannelLost: "restart" },
} satisfies Partial<StreamOrchestrationArgs>;

/** What an environment has of its own. A stack has the name of its environment: `pulumi stack init prod`. */
const environments: { readonly [stack: string]: StreamOrchestrationArgs } = {
  dev: {
    ...shared,
    encoder: { channels: [{ channelId: "1000001" }] },
    playback: { distributionId: "E1DEVELOPMENT1" },
    // A test that was forgotten ends after an hour, and the tables may be deleted.
    maxLiveHours: 1,
    protect: false,
    observability: { alarms: "guards", dashboard: false },
  },
  prod: {
    ...shared,
    encoder: { channels: [{ channelId: "2000001" }, { channelId: "2000002" }], leadTimeMinutes: 15 },
    playback: { distributionId: "E2PRODUCTION02", graceMinutes: 10 },
    onCall: { emails: ["on-call@example.com"] },
    tags: { "cost-center": "live" },
  },
};

const stack = pulumi.getStack();
const args = environments[stack];
if (!args) {
  throw new Error(`There is no environment "${stack}", only ${Object.keys(environments).join(", ")}.`);
}

export const apiUrl = new StreamOrchestration("streams", args).apiUrl;
