import { StreamOrchestration } from "@guidogerb/stream-orchestration";

const streams = new StreamOrchestration("streams", {
  encoder: {
    channels: [
      { channelId: "1234567", originDomainName: "a1b2c3.egress.mediapackagev2.us-east-1.amazonaws.com" },
      { channelId: "7654321", originDomainName: "d4e5f6.egress.mediapackagev2.us-east-1.amazonaws.com" },
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
