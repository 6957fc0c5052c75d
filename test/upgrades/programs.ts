import type { StreamOrchestrationArgs } from "../../components";
import { leastArgs } from "../support/stream-orchestration";

/**
 * The components whose resources a release keeps: one with the defaults, and one with whatever adds a resource. An argument that a release
 * adds gets its place here after that release was recorded.
 */
export const programs: { readonly [name: string]: StreamOrchestrationArgs } = {
  defaults: leastArgs,
  options: {
    encoder: {
      channels: [
        {
          channelId: "1234567",
          originDomainName: "abcdefg.egress.xyz789.mediapackagev2.us-east-1.amazonaws.com",
          originPath: "/out/v1/group/channel/endpoint",
        },
      ],
      leadTimeMinutes: 30,
    },
    playback: { distributionId: "E2QWRUHAPOMQZL" },
    auth: { jwt: { issuer: "https://issuer.example.com", audiences: ["portal"] } },
    cors: { allowOrigins: ["https://portal.example.com"] },
    network: { create: true },
    onCall: { emails: ["on-call@example.com"] },
    encryptionKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1",
  },
};
