import * as pulumi from "@pulumi/pulumi";
import type { StreamOrchestrationArgs } from "./components";
import { findArgumentIssues } from "./components/check-args";

/** Which configuration key an argument comes from, for messages. An argument's members go by its key as well. */
const keyOfArgument: { readonly [path: string]: string } = {
  "encoder.channels": "channelIds",
  "encoder.channels[].originDomainName": "originDomainNames",
  "encoder.leadTimeMinutes": "leadTimeMinutes",
  "encoder.stopUnowned": "stopUnowned",
  "playback.distributionId": "distributionId",
  "playback.trustedKeyGroupIds": "trustedKeyGroupIds",
  "playback.cacheBehaviorQuota": "cacheBehaviorQuota",
  "playback.originQuota": "originQuota",
  "events.includeIngestEndpoints": "includeIngestEndpoints",
  "events.confirmationPrincipals": "confirmationPrincipals",
  "auth.jwt.issuer": "jwtIssuer",
  "auth.jwt.audiences": "jwtAudiences",
  "onCall.emails": "onCallEmails",
  "throttle.burstLimit": "throttleBurstLimit",
  "throttle.rateLimit": "throttleRateLimit",
  "cors.allowOrigins": "corsAllowOrigins",
  "network.vpcId": "vpcId",
  "network.subnetIds": "subnetIds",
};

/**
 * Reads the stack's configuration; `Pulumi.yaml` describes every key.
 *
 * @throws {pulumi.RunError} that lists every missing or malformed key, and how to set one.
 */
export function readConfig(): StreamOrchestrationArgs {
  const config = new pulumi.Config();
  // Empty is as good as absent: Pulumi.yaml gives every optional text an empty default.
  const text = (key: string) => config.get(key)?.trim() || undefined;
  const list = (key: string) =>
    text(key)
      ?.split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  // What does not read as a number or a boolean stays text, which the arguments' own check refuses.
  const parsed = (key: string, pattern: RegExp) => {
    const value = text(key);
    return value && pattern.test(value) ? JSON.parse(value) : value;
  };
  const integer = (key: string) => parsed(key, /^(0|[1-9]\d{0,14})$/);
  const boolean = (key: string) => parsed(key, /^(true|false)$/);

  const problems: string[] = [];
  const channelIds = list("channelIds") ?? [];
  const originDomainNames = list("originDomainNames") ?? [];
  if (originDomainNames.length > 0 && originDomainNames.length !== channelIds.length) {
    problems.push(
      `originDomainNames must have one name for each of the ${channelIds.length} channelIds, received ${originDomainNames.length}.`,
    );
  }
  const jwt = { issuer: text("jwtIssuer"), audiences: list("jwtAudiences") };
  const network = text("network") ?? "none";
  if (!["none", "create", "existing"].includes(network)) {
    problems.push(`network must be one of none, create, existing, received "${network}".`);
  }

  const args = withoutUndefined({
    encoder: {
      channels: channelIds.map((channelId, index) => ({
        channelId,
        originDomainName: originDomainNames[index],
      })),
      leadTimeMinutes: integer("leadTimeMinutes"),
      stopUnowned: boolean("stopUnowned"),
    },
    playback: {
      distributionId: text("distributionId"),
      trustedKeyGroupIds: list("trustedKeyGroupIds"),
      cacheBehaviorQuota: integer("cacheBehaviorQuota"),
      originQuota: integer("originQuota"),
    },
    confirmationTimeoutSeconds: integer("confirmationTimeoutSeconds"),
    maxLiveHours: integer("maxLiveHours"),
    sweepIntervalMinutes: integer("sweepIntervalMinutes"),
    events: {
      includeIngestEndpoints: boolean("includeIngestEndpoints"),
      confirmationPrincipals: list("confirmationPrincipals"),
    },
    auth: { jwt: jwt.issuer || jwt.audiences ? jwt : undefined },
    onCall: { emails: list("onCallEmails") },
    throttle: {
      burstLimit: integer("throttleBurstLimit") ?? 50,
      rateLimit: integer("throttleRateLimit") ?? 25,
    },
    cors: list("corsAllowOrigins") && { allowOrigins: list("corsAllowOrigins") },
    network: {
      none: undefined,
      create: { create: true },
      existing: { vpcId: text("vpcId"), subnetIds: list("subnetIds") },
    }[network],
    logRetentionDays: integer("logRetentionDays"),
    archiveRetentionDays: integer("archiveRetentionDays"),
    encryptionKeyArn: text("encryptionKeyArn"),
    protect: boolean("protect"),
  });
  problems.push(...findArgumentIssues(args).map(({ path, problem }) => `${toKey(path)} ${problem}`));
  if (problems.length > 0) throw new pulumi.RunError(describe(problems));
  return args as StreamOrchestrationArgs;
}

function toKey(path: string): string {
  const member = path.replace(/\[\d+\]/g, "[]");
  const argument = Object.keys(keyOfArgument).findLast((key) => member.startsWith(key));
  return argument === undefined ? path : (keyOfArgument[argument] ?? path);
}

function describe(problems: readonly string[]): string {
  const stack = pulumi.getStack();
  const project = pulumi.getProject();
  return [
    `The configuration of stack '${stack}' has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:`,
    ...problems.map((problem) => `  - ${project}:${problem}`),
    `Set a key with 'pulumi config set KEY VALUE --stack ${stack}', or in Pulumi.${stack}.yaml. Pulumi.yaml describes every key.`,
  ].join("\n");
}

/** Leaves members out that are undefined, at every level: an absent argument takes its default. */
function withoutUndefined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
