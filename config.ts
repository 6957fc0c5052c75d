import * as pulumi from "@pulumi/pulumi";
import type { StreamOrchestrationArgs } from "./components";
import { findArgumentIssues } from "./components/check-args";
import { findOriginHeaderIssues } from "./components/media/check-origins";
import { describeUnknownKey } from "./components/unknown-key";

const originHeadersKey = "originHeaders";
const notifyKey = "notify";

/** Which configuration key an argument comes from, for messages. An argument's members go by its key as well. */
const keyOfArgument: { readonly [path: string]: string } = {
  "encoder.channels": "channelIds",
  "encoder.channels[].originDomainName": "originDomainNames",
  "encoder.channels[].originPath": "originPaths",
  "encoder.channels[].originAccessControlId": "originAccessControlIds",
  "encoder.channels[].draining": "drainingChannelIds",
  "encoder.channels[].inputs": "channelInputs",
  "encoder.leadTimeMinutes": "leadTimeMinutes",
  "encoder.stopUnowned": "stopUnowned",
  "playback.update": "playbackUpdate",
  "playback.distributionId": "distributionId",
  "playback.formerDistributionIds": "formerDistributionIds",
  "playback.cachePolicyId": "cachePolicyId",
  "playback.originRequestPolicyId": "originRequestPolicyId",
  "playback.responseHeadersPolicyId": "responseHeadersPolicyId",
  "playback.originAccessControlId": "originAccessControlId",
  "playback.originHeaders": "originHeaders",
  "playback.webAclArn": "webAclArn",
  "playback.domainName": "playbackDomainName",
  "playback.manifests": "manifests",
  "playback.trustedKeyGroupIds": "trustedKeyGroupIds",
  "playback.cacheBehaviorQuota": "cacheBehaviorQuota",
  "playback.graceMinutes": "graceMinutes",
  "playback.originQuota": "originQuota",
  "readiness.mode": "readinessMode",
  "readiness.timeoutSeconds": "readinessTimeoutSeconds",
  "readiness.requireRunning": "requireRunning",
  "health.onChannelLost": "onChannelLost",
  "health.alertMinutes": "alertMinutes",
  "health.noInputMinutes": "noInputMinutes",
  "observability.dashboard": "dashboard",
  "observability.alarms": "alarms",
  "events.busName": "eventBusName",
  "events.includeIngestEndpoints": "includeIngestEndpoints",
  "events.confirmationPrincipals": "confirmationPrincipals",
  "events.schemaRegistry": "schemaRegistry",
  "auth.jwt.issuer": "jwtIssuer",
  "auth.jwt.audiences": "jwtAudiences",
  "auth.jwt.ingestScope": "jwtIngestScope",
  "onCall.topicArn": "onCallTopicArn",
  "onCall.emails": "onCallEmails",
  "tables.attemptsName": "attemptsTableName",
  "tables.leasesName": "leasesTableName",
  "api.id": "apiId",
  "api.domain.name": "apiDomainName",
  "api.domain.certificateArn": "apiCertificateArn",
  "throttle.burstLimit": "throttleBurstLimit",
  "throttle.rateLimit": "throttleRateLimit",
  "cors.allowOrigins": "corsAllowOrigins",
  "cors.allowHeaders": "corsAllowHeaders",
  "network.vpcId": "vpcId",
  "network.subnetIds": "subnetIds",
};

/**
 * Reads the stack's configuration; `Pulumi.yaml` describes every key.
 *
 * @throws {pulumi.RunError} that lists every missing, malformed or unknown key, and how to set one.
 */
export function readConfig(): StreamOrchestrationArgs {
  const config = new pulumi.Config();
  const known = new Set([originHeadersKey, notifyKey]);
  // Empty is as good as absent: Pulumi.yaml gives every optional text an empty default.
  const text = (key: string) => {
    known.add(key);
    return config.get(key)?.trim() || undefined;
  };
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
  const forEachChannel = (key: string, what: string) => {
    const values = list(key) ?? [];
    if (values.length > 0 && values.length !== channelIds.length) {
      problems.push(
        `${key} must have one ${what} for each of the ${channelIds.length} channelIds, received ${values.length}.`,
      );
    }
    return values;
  };
  const originDomainNames = forEachChannel("originDomainNames", "name");
  const originPaths = forEachChannel("originPaths", "path");
  const originAccessControlIds = forEachChannel("originAccessControlIds", "id");
  const channelInputs = forEachChannel("channelInputs", "list of inputs");
  const drainingChannelIds = list("drainingChannelIds") ?? [];
  const strangers = drainingChannelIds.filter((id) => !channelIds.includes(id));
  if (strangers.length > 0) {
    problems.push(
      `drainingChannelIds must have ids of channelIds alone, which keep the channel's settings, received ${strangers.map((id) => `"${id}"`).join(", ")}.`,
    );
  }
  const jwt = {
    issuer: text("jwtIssuer"),
    audiences: list("jwtAudiences"),
    ingestScope: text("jwtIngestScope"),
  };
  const cors = { allowOrigins: list("corsAllowOrigins"), allowHeaders: list("corsAllowHeaders") };
  const apiId = text("apiId");
  const domain = { name: text("apiDomainName"), certificateArn: text("apiCertificateArn") };
  const hasDomain = Object.values(domain).some((value) => value !== undefined);
  const throttle = {
    burstLimit: integer("throttleBurstLimit") ?? 50,
    rateLimit: integer("throttleRateLimit") ?? 25,
  };
  const logGroupName = text("logGroupName");
  const tables = { attemptsName: text("attemptsTableName"), leasesName: text("leasesTableName") };
  const hasTables = Object.values(tables).some((value) => value !== undefined);
  const protect = boolean("protect");
  const logRetentionDays = integer("logRetentionDays");
  const network = text("network") ?? "none";
  if (!["none", "create", "existing"].includes(network)) {
    problems.push(`network must be one of none, create, existing, received "${network}".`);
  }

  const args = withoutUndefined({
    encoder: {
      channels: channelIds.map((channelId, index) => ({
        channelId,
        originDomainName: originDomainNames[index],
        originPath: originPaths[index],
        originAccessControlId: originAccessControlIds[index],
        draining: drainingChannelIds.includes(channelId) || undefined,
        inputs: readInputs(channelInputs[index]),
      })),
      leadTimeMinutes: integer("leadTimeMinutes"),
      stopUnowned: boolean("stopUnowned"),
    },
    playback: {
      update: text("playbackUpdate"),
      distributionId: text("distributionId"),
      formerDistributionIds: list("formerDistributionIds"),
      cachePolicyId: text("cachePolicyId"),
      originRequestPolicyId: text("originRequestPolicyId"),
      responseHeadersPolicyId: text("responseHeadersPolicyId"),
      originAccessControlId: text("originAccessControlId"),
      webAclArn: text("webAclArn"),
      domainName: text("playbackDomainName"),
      manifests: list("manifests")?.map(readManifest),
      trustedKeyGroupIds: list("trustedKeyGroupIds"),
      cacheBehaviorQuota: integer("cacheBehaviorQuota"),
      graceMinutes: integer("graceMinutes"),
      originQuota: integer("originQuota"),
    },
    readiness: {
      mode: text("readinessMode"),
      timeoutSeconds: integer("readinessTimeoutSeconds"),
      requireRunning: boolean("requireRunning"),
    },
    health: {
      onChannelLost: text("onChannelLost"),
      alertMinutes: integer("alertMinutes"),
      noInputMinutes: integer("noInputMinutes"),
    },
    observability: { dashboard: boolean("dashboard"), alarms: text("alarms") },
    notify: readNotify(problems),
    confirmationTimeoutSeconds: integer("confirmationTimeoutSeconds"),
    maxLiveHours: integer("maxLiveHours"),
    sweepIntervalMinutes: integer("sweepIntervalMinutes"),
    events: {
      busName: text("eventBusName"),
      includeIngestEndpoints: boolean("includeIngestEndpoints"),
      confirmationPrincipals: list("confirmationPrincipals"),
      schemaRegistry: boolean("schemaRegistry"),
    },
    auth: { jwt: Object.values(jwt).some((value) => value !== undefined) ? jwt : undefined },
    onCall: { topicArn: text("onCallTopicArn"), emails: list("onCallEmails") },
    api: apiId || hasDomain ? { id: apiId, domain: hasDomain ? domain : undefined } : undefined,
    // Pulumi.yaml gives these keys a default, which says nothing about an API of the team's own.
    throttle: apiId === undefined ? throttle : undefined,
    cors: cors.allowOrigins || cors.allowHeaders ? cors : undefined,
    network: {
      none: undefined,
      create: { create: true },
      existing: { vpcId: text("vpcId"), subnetIds: list("subnetIds") },
    }[network],
    logGroupName,
    logRetentionDays: logGroupName === undefined ? logRetentionDays : undefined,
    archiveRetentionDays: integer("archiveRetentionDays"),
    encryptionKeyArn: text("encryptionKeyArn"),
    tables: hasTables ? tables : undefined,
    protect: hasTables ? undefined : protect,
    tracing: boolean("tracing"),
    tags: readTags(list("tags"), problems),
  });
  problems.push(...findArgumentIssues(args).map(({ path, problem }) => `${toKey(path)} ${problem}`));
  const headers = readOriginHeaders();
  if (typeof headers === "string") problems.push(headers);
  problems.push(...findUnknownKeys([...known]));
  if (problems.length > 0) throw new pulumi.RunError(describe(problems));
  const { playback, ...others } = args as StreamOrchestrationArgs;
  return {
    ...others,
    playback: { ...playback, ...(typeof headers === "object" && { originHeaders: headers }) },
  };
}

/** @returns the problem of each key of the program that is none of those that it reads. */
function findUnknownKeys(known: readonly string[]): string[] {
  const namespace = `${pulumi.getProject()}:`;
  return Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith(namespace))
    .map((key) => key.slice(namespace.length))
    .filter((key) => !known.includes(key))
    .map((key) => `${key} ${describeUnknownKey("a configuration key", key, known)}.`);
}

/**
 * Reads the headers for origins: `name=value`, separated by commas. `pulumi config set --secret` keeps them out of the stack's file.
 *
 * @returns the headers as secrets; undefined without any; or the problem, which tells no value.
 */
function readOriginHeaders(): StreamOrchestrationArgs["playback"]["originHeaders"] | string {
  const text = readSecret(originHeadersKey);
  if (!text) return undefined;
  const entries = text.split(",").map((part): [string, string] => {
    const [name = "", ...value] = part.split("=");
    return [name.trim(), value.join("=").trim()];
  });
  const headers = Object.fromEntries(entries);
  const issues = findOriginHeaderIssues(headers);
  if (
    entries.some(([name]) => name === "") ||
    issues.length > 0 ||
    Object.keys(headers).length < entries.length
  ) {
    const rules = issues.map(({ problem }) => problem).join(" ");
    return `originHeaders must be name=value, separated by commas, each name once. ${rules}`.trim();
  }
  return pulumi.secret(headers);
}

/** Reads the targets of notifications, JSON in which `pulumi config set --path --secret` keeps the secrets. The component makes them secrets again. */
function readNotify(problems: string[]): unknown {
  const text = readSecret(notifyKey);
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    problems.push(`${notifyKey} must be a list of targets in JSON, received a text that is none.`);
    return undefined;
  }
}

/** Reads a key that may be, or have within it, a secret. `get` warns of one, and `getSecret` tells it later, when it is too late to refuse it. */
function readSecret(key: string): string | undefined {
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  const fullKey = `${pulumi.getProject()}:${key}`;
  // Pulumi's own check has no type.
  const value = isConfigSecret?.(fullKey) ? pulumi.runtime.getConfig(fullKey) : new pulumi.Config().get(key);
  return value?.trim() || undefined;
}

/** Reads tags, each `key=value`. */
function readTags(
  entries: readonly string[] | undefined,
  problems: string[],
): { [key: string]: string } | undefined {
  if (!entries) return undefined;
  const pairs = entries.map((entry): [string, string] => {
    const [key = "", ...value] = entry.split("=");
    return [key.trim(), value.join("=").trim()];
  });
  const keys = pairs.map(([key]) => key);
  const repeated = keys.find((key, index) => keys.indexOf(key) < index);
  const malformed = entries.find((entry) => !entry.includes("="));
  if (malformed !== undefined || repeated !== undefined) {
    problems.push(
      `tags must be key=value, separated by commas, each key once, received "${malformed ?? repeated}".`,
    );
    return undefined;
  }
  return Object.fromEntries(pairs);
}

/** Reads `name=FORMAT:path`. What is no such text is refused by the arguments' own check. */
function readManifest(text: string): { [member: string]: string | undefined } {
  const [, name, format, path] = /^([^=]*)=([^:]*):(.*)$/.exec(text) ?? [];
  return { name, format, path };
}

/** Reads `TYPE:id+TYPE:id`, or `none`. What is no such text is refused by the arguments' own check. */
function readInputs(text: string | undefined): { [member: string]: string | undefined }[] | undefined {
  if (text === undefined || text === "none") return undefined;
  return text.split("+").map((part) => {
    const [type, inputId] = part.split(":").map((word) => word.trim());
    return { type, inputId };
  });
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
