import { StreamOrchestration, type StreamOrchestrationArgs } from "../../components";
import type { AwsPlace } from "../../local/record/aws-outputs";
import type { Graph } from "../../local/record/graph";
import { recordProgram } from "../../local/record/record";
import { customerKeyArn } from "./rules/customer-key";

const place: AwsPlace = {
  accountId: "123456789012",
  region: "eu-west-1",
  apiUrl: "https://api.example.com",
  awsUrl: "https://aws.example.com",
};

const leastArgs: StreamOrchestrationArgs = {
  encoder: { channels: [{ channelId: "1234567" }, { channelId: "7654321" }] },
  playback: { distributionId: "E2QWRUHAPOMQZL" },
};

/** What a StreamOrchestration can be configured with, in as few programs as show each kind of resource. */
const configurations: { readonly [name: string]: Partial<StreamOrchestrationArgs> } = {
  "with its defaults": {},
  "with a network of its own and tokens": {
    network: { create: true },
    auth: { jwt: { issuer: "https://issuer.example.com", audiences: ["streams"] } },
  },
  "in an existing network, with callers from browsers": {
    network: { vpcId: "vpc-0a1b", subnetIds: ["subnet-0a", "subnet-0b"] },
    cors: { allowOrigins: ["https://portal.example.com"] },
  },
  "with all that can be turned on": {
    encryptionKeyArn: customerKeyArn,
    tracing: true,
    onCall: { emails: ["on-call@example.com"] },
    encoder: {
      channels: [
        { channelId: "1234567", inputs: [{ inputId: "2345678", type: "RTMP_PULL" }] },
        { channelId: "7654321", inputs: [{ inputId: "8765432", type: "SRT_LISTENER" }] },
      ],
      leadTimeMinutes: 30,
      stopUnowned: true,
    },
    playback: {
      ...leastArgs.playback,
      domainName: "d111111abcdef8.cloudfront.net",
      manifests: [{ name: "main", format: "HLS", path: "index.m3u8" }],
    },
    readiness: { mode: "automatic", requireRunning: true },
    health: { onChannelLost: "restart", noInputMinutes: 30 },
    events: {
      confirmationPrincipals: ["arn:aws:iam::123456789012:role/encoders"],
      includeIngestEndpoints: false,
    },
  },
};

/** Records each configuration, with a team's subscription to its events. */
export async function recordPrograms(): Promise<ReadonlyMap<string, Graph>> {
  const graphs = new Map<string, Graph>();
  for (const [name, args] of Object.entries(configurations)) {
    const program = () => {
      const streams = new StreamOrchestration("streams", { ...leastArgs, ...args });
      streams.onLifecycleProgressed("praise", async () => {});
      return args.encryptionKeyArn === undefined ? {} : { encryptionKeyArn: args.encryptionKeyArn };
    };
    graphs.set(name, await recordProgram(program, "policy-check", place));
  }
  return graphs;
}
