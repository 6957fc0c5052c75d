import { StreamOrchestration } from "@guidogerb/stream-orchestration";

/** The egress domain of a MediaPackage v2 channel group. */
const packaging = "a1b2c3.egress.x4y5z6.mediapackagev2.us-east-1.amazonaws.com";

const streams = new StreamOrchestration("streams", {
  encoder: {
    channels: [
      { channelId: "1234567", originDomainName: packaging, originPath: "/out/v1/live/studio-1/hls" },
      { channelId: "7654321", originDomainName: packaging, originPath: "/out/v1/live/studio-2/hls" },
    ],
  },
  playback: { distributionId: "E2QWRUHAPOMQZL" },
  onCall: { emails: ["on-call@example.com"] },
});

streams.onLifecycleProgressed(
  "announce",
  async ({ detail }) => console.log(`${detail.streamId} is ${detail.status}.`),
  { statuses: ["READY", "FAILED"] },
);

export const apiUrl = streams.apiUrl;
/** What each MediaPackage v2 endpoint needs as its policy, to let the distribution in. */
export const endpointPolicyJson = streams.endpointPolicyJson;
