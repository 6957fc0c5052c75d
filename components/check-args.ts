import * as pulumi from "@pulumi/pulumi";
import * as v from "valibot";
import {
  inputTypeNames,
  manifestFormats,
  notificationSeverities,
  notificationTargetPattern,
  notifiedStatuses,
} from "../contracts";
import { closedObject } from "../contracts/closed-object";
import { findIssues, type Issue } from "../contracts/issues";
import { quote, showValue } from "../contracts/text";
import { channelsWithinReach, originHeaders } from "./media/check-origins";
import { isLater } from "./media/origin-access";
import type { NetworkArgs, StreamOrchestrationArgs } from "./stream-orchestration-args";
import { describeUnknownKey } from "./unknown-key";

/** Periods that CloudWatch Logs offers (PutRetentionPolicy), 0 for never. */
const retentionDays = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const closed = <const TEntries extends v.ObjectEntries>(entries: TEntries) =>
  closedObject(entries, (key, known) => describeUnknownKey("an argument", key, known));

/** A value that is not known yet passes here; AWS has the last word on it. */
function input<TSchema extends v.GenericSchema>(schema: TSchema) {
  return v.lazy((value) => (pulumi.Output.isInstance(value) || value instanceof Promise ? v.any() : schema));
}

const text = (fits: (value: string) => boolean, rule: string) =>
  input(
    v.pipe(
      v.string(),
      v.check(fits, ({ input }) => `${rule}, received ${quote(input)}`),
    ),
  );
const matching = (pattern: RegExp, rule: string) => text((value) => pattern.test(value), rule);
const number = (fits: (value: number) => boolean, rule: string) =>
  input(
    v.custom<number>(
      (value) => typeof value === "number" && fits(value),
      ({ input }) => `${rule}, received ${showValue(input)}`,
    ),
  );
/** One of the given words. The API's own check repeats no value, which the contract fixes; an argument's names the wrong word. */
const oneOf = <const TOptions extends readonly string[]>(options: TOptions) =>
  v.picklist(options, ({ input }) => `must be one of ${options.join(", ")}, received ${showValue(input)}`);
const integer = (minimum: number, maximum: number) =>
  number(
    (value) => Number.isInteger(value) && value >= minimum && value <= maximum,
    `must be a whole number from ${minimum} to ${maximum}`,
  );
/** The ARNs of more channels and inputs would not fit into a role's policies, of which IAM takes 10,240 characters. */
const maxChannels = 100;
/** MediaLive attaches up to 20 inputs to a channel. */
const maxInputs = 20;
const nonEmptyList = (item: v.GenericSchema) =>
  input(v.pipe(v.array(item), v.minLength(1, "must have at least 1 element, received none")));

const tagText = /^[\p{L}\p{N}\s_.:/=+\-@]*$/u;
const tagCharacters = "letters, digits, spaces and _ . : / = + - @";
const domainName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i;

const cloudFrontId = (what: string) =>
  matching(/^E[A-Z0-9]+$/, `must be the id of ${what}, such as E2QWRUHAPOMQZL`);
const policyId = (what: string) => matching(/^[0-9a-f-]{36}$/, `must be the id of ${what}`);

const channelInput = closed({
  inputId: matching(/^\d+$/, "must be the id of a MediaLive input, digits only"),
  type: input(oneOf(inputTypeNames)),
});

const channel = closed({
  channelId: matching(/^\d+$/, "must be the id of a MediaLive channel, digits only"),
  originDomainName: v.optional(matching(domainName, "must be a domain name, without a scheme or a path")),
  originPath: v.optional(matching(/^(\/[^/\s]+)+$/, "must begin with '/' and not end with one")),
  originAccessControlId: v.optional(cloudFrontId("an origin access control")),
  originHeaders: v.optional(originHeaders),
  draining: v.optional(input(v.boolean())),
  inputs: v.optional(
    input(
      v.pipe(
        nonEmptyList(input(channelInput)),
        v.check(
          (list) => !Array.isArray(list) || list.length <= maxInputs,
          ({ input }) => `must have at most ${maxInputs} elements, received ${(input as unknown[]).length}`,
        ),
      ),
    ),
  ),
});

/** What a secret holds stands in no message. */
const secret = input(v.pipe(v.string(), v.minLength(1, "must not be empty")));
const httpsUrl = matching(/^https:\/\/[^\s/]+\S*$/, "must be an https URL");

const notificationTarget = {
  name: matching(
    notificationTargetPattern,
    "must have 1 to 20 lower-case letters, digits and hyphens, and begin with a letter",
  ),
  severities: v.optional(v.array(oneOf(notificationSeverities))),
};
const statuses = v.optional(v.array(oneOf(notifiedStatuses)));
const hmacSecret = input(
  v.pipe(
    v.string(),
    v.regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/, "must be whsec_ and 24 to 64 bytes in base64"),
  ),
);
const closedOauth = closed({
  oauth: closed({
    ...{ tokenUrl: httpsUrl, clientId: input(v.string()), clientSecret: secret },
    scope: v.optional(input(v.string())),
  }),
});
const closedApiKey = closed({
  apiKey: closed({
    header: matching(/^[A-Za-z0-9-]{1,128}$/, "must be the name of a header"),
    value: secret,
  }),
});
const webhook = closed({
  ...{ ...notificationTarget, type: v.literal("webhook"), url: httpsUrl, statuses },
  auth: v.lazy((value) => {
    const auth = Object(value) as object;
    if ("hmac" in auth) return closed({ hmac: closed({ secret: hmacSecret }) });
    return "oauth" in auth ? closedOauth : closedApiKey;
  }),
  maxPerSecond: v.optional(integer(1, 300)),
});
const pagerDuty = closed({ ...notificationTarget, type: v.literal("pagerduty"), routingKey: secret });
const uuid = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "must be a UUID");
const slack = closed({
  ...{ ...notificationTarget, type: v.literal("slack"), statuses },
  workspaceId: matching(/^[0-9A-Z]{1,255}$/, "must be the id of a workspace, such as T01234567"),
  channelId: matching(/^[A-Za-z0-9]+$/, "must be the id of a channel, such as C01234567"),
});
const teams = closed({
  ...{ ...notificationTarget, type: v.literal("teams"), statuses, teamId: uuid, tenantId: uuid },
  channelId: matching(/^\S{1,256}$/, "must be the id of a channel"),
});
const notificationTypes = { webhook, pagerduty: pagerDuty, slack, teams };

const notificationTargets = v.pipe(
  v.array(
    v.lazy((value): v.GenericSchema => {
      if (typeof value !== "object" || value === null) return closed({});
      const { type } = value as { type?: unknown };
      const known = Object.entries(notificationTypes).find(([name]) => name === type);
      return known?.[1] ?? v.looseObject({ type: oneOf(Object.keys(notificationTypes)) });
    }),
  ),
  v.maxLength(10, ({ received }) => `must have at most 10 elements, received ${received}`),
  v.rawCheck(({ dataset, addIssue }) => {
    for (const name of repeated(dataset.value, "name")) {
      addIssue({ message: `must have each name once, received ${quote(name)} more than once` });
    }
  }),
);

const manifests = input(
  v.pipe(
    nonEmptyList(
      input(
        closed({
          name: matching(/^[\w-]{1,64}$/, "must have 1 to 64 letters, digits, '-' and '_'"),
          format: input(oneOf(manifestFormats)),
          path: matching(
            /^(?!.*(^|\/)\.{1,2}(\/|$))[\w.~-]+(\/[\w.~-]+)*$/,
            "must be a path such as index.m3u8, which begins and ends without '/'",
          ),
        }),
      ),
    ),
    v.check(
      (list) => (list as unknown[]).length <= 10,
      ({ input }) => `must have at most 10 elements, received ${(input as unknown[]).length}`,
    ),
    v.rawCheck(({ dataset, addIssue }) => {
      for (const name of repeated(dataset.value, "name")) {
        addIssue({ message: `must have each name once, received ${quote(name)} more than once` });
      }
    }),
  ),
);

/** What the services take that have the strictest rules. */
const tags = v.pipe(
  v.record(
    v.string(),
    text((value) => value.length <= 256 && tagText.test(value), `must have at most 256 ${tagCharacters}`),
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    const keys = Object.keys(dataset.value ?? {});
    if (keys.length > 50) addIssue({ message: `must have at most 50 tags, received ${keys.length}` });
    for (const key of keys) {
      if (key.length >= 1 && key.length <= 128 && tagText.test(key) && !/^aws:/i.test(key)) continue;
      const rule = `must have keys of 1 to 128 ${tagCharacters} that do not begin with aws:`;
      addIssue({ message: `${rule}, received ${quote(key)}` });
    }
  }),
);

const distributionId = cloudFrontId("a CloudFront distribution");
const tableName = /^[\w.-]{3,255}$/;
/** Each one is in the policies of two roles. */
const maxFormerDistributions = 10;

const schema = closed({
  encoder: closed({
    channels: input(
      v.pipe(
        nonEmptyList(input(channel)),
        v.check(
          (list) => !Array.isArray(list) || list.length <= maxChannels,
          ({ input }) => `must have at most ${maxChannels} elements, received ${(input as unknown[]).length}`,
        ),
        v.rawCheck(({ dataset, addIssue }) => {
          for (const id of repeated(dataset.value, "channelId")) {
            addIssue({ message: `must have each channel once, received ${quote(id)} more than once` });
          }
          for (const id of repeated(inputsOf(dataset.value), "inputId")) {
            addIssue({
              message: `must have each input once, since MediaLive attaches it to one channel, received ${quote(id)} more than once`,
            });
          }
          const inputs = inputsOf(dataset.value).length;
          const all = Array.isArray(dataset.value) ? dataset.value.length + inputs : 0;
          if (inputs > 0 && all > maxChannels) {
            addIssue({
              message: `must have at most ${maxChannels} channels and inputs in all, received ${all}`,
            });
          }
          if (allDraining(dataset.value as unknown[])) {
            addIssue({
              message: "must have at least 1 channel that is not draining, received draining channels alone",
            });
          }
          for (const id of channelsWithinReach(dataset.value as unknown[])) {
            addIssue({
              message: `must have an originPath of its own for each channel that shares a MediaPackage v2 domain, such as /out/v1/<channel group>/<channel>/<endpoint>, since viewers of one channel could ask for another, received none or another's for channel ${quote(id)}`,
            });
          }
        }),
      ),
    ),
    leadTimeMinutes: v.optional(integer(0, 10_080)),
    stopUnowned: v.optional(input(v.boolean())),
  }),
  playback: closed({
    update: v.optional(oneOf(["stream", "none"])),
    distributionId: v.optional(distributionId),
    formerDistributionIds: v.optional(
      input(
        v.pipe(
          v.array(distributionId),
          v.maxLength(
            maxFormerDistributions,
            ({ received }) => `must have at most ${maxFormerDistributions} elements, received ${received}`,
          ),
        ),
      ),
    ),
    cachePolicyId: v.optional(policyId("a cache policy")),
    originRequestPolicyId: v.optional(policyId("an origin request policy")),
    responseHeadersPolicyId: v.optional(policyId("a response headers policy")),
    originAccessControlId: v.optional(cloudFrontId("an origin access control")),
    originHeaders: v.optional(originHeaders),
    webAclArn: v.optional(
      matching(
        /^arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global\/webacl\/\S+$/,
        "must be the ARN of a web ACL for CloudFront, such as arn:aws:wafv2:us-east-1:123456789012:global/webacl/name/id",
      ),
    ),
    domainName: v.optional(matching(domainName, "must be a domain name, without a scheme or a path")),
    manifests: v.optional(manifests),
    trustedKeyGroupIds: v.optional(input(v.array(input(v.string())))),
    cacheBehaviorQuota: v.optional(integer(1, 1000)),
    // A channel is billed by the hour: what is watched for longer than a day is a recording.
    graceMinutes: v.optional(integer(0, 1440)),
    originQuota: v.optional(integer(1, 1000)),
  }),
  confirmationTimeoutSeconds: v.optional(integer(1, 86_400)),
  readiness: v.optional(
    closed({
      mode: v.optional(oneOf(["manual", "automatic"])),
      timeoutSeconds: v.optional(integer(30, 86_400)),
      requireRunning: v.optional(v.boolean()),
    }),
  ),
  health: v.optional(
    closed({
      onChannelLost: v.optional(oneOf(["fail", "restart"])),
      alertMinutes: v.optional(integer(0, 1440)),
      noInputMinutes: v.optional(integer(0, 1440)),
    }),
  ),
  observability: v.optional(
    closed({
      dashboard: v.optional(v.boolean()),
      alarms: v.optional(oneOf(["all", "guards"])),
    }),
  ),
  notify: v.optional(notificationTargets),
  maxLiveHours: v.optional(integer(0, 8760)),
  sweepIntervalMinutes: v.optional(integer(10, 1440)),
  events: v.optional(
    closed({
      busName: v.optional(
        matching(
          /^(?!default$)[\w./-]{1,256}$/,
          "must be the name of an event bus of your own, and not the default one",
        ),
      ),
      includeIngestEndpoints: v.optional(input(v.boolean())),
      confirmationPrincipals: v.optional(
        input(
          v.array(
            matching(
              /^arn:aws[a-z-]*:iam::\S+$/,
              "must be the ARN of an IAM user or role (of the role itself, not of a session)",
            ),
          ),
        ),
      ),
      schemaRegistry: v.optional(v.boolean()),
    }),
  ),
  auth: v.optional(
    closed({
      jwt: v.optional(
        closed({
          issuer: matching(/^https:\/\/\S+$/, "must be an https URL"),
          audiences: nonEmptyList(input(v.string())),
          // RFC 6749, section 3.3
          ingestScope: v.optional(
            matching(/^[!#-[\]-~]{1,128}$/, "must be one scope, such as streams/ingest, without spaces"),
          ),
        }),
      ),
    }),
  ),
  onCall: v.optional(
    closed({
      topicArn: v.optional(
        matching(
          /^arn:aws[a-z-]*:sns:[\w-]+:\d{12}:[\w-]{1,256}$/,
          "must be the ARN of a standard SNS topic, such as arn:aws:sns:eu-west-1:123456789012:on-call",
        ),
      ),
      emails: v.optional(v.array(matching(/^[^@\s]+@[^@\s]+$/, "must be an email address"))),
    }),
  ),
  tables: v.optional(
    closed({
      attemptsName: matching(tableName, "must be the name of a DynamoDB table"),
      leasesName: matching(tableName, "must be the name of a DynamoDB table"),
    }),
  ),
  api: v.optional(
    closed({
      id: v.optional(matching(/^[a-z0-9]{1,32}$/, "must be the id of an HTTP API, such as a1b2c3d4e5")),
      domain: v.optional(
        closed({
          name: matching(domainName, "must be a domain name, without a scheme or a path"),
          certificateArn: matching(
            /^arn:aws[a-z-]*:acm:\S+:certificate\/\S+$/,
            "must be the ARN of an ACM certificate",
          ),
        }),
      ),
    }),
  ),
  throttle: v.optional(closed({ burstLimit: integer(1, 5000), rateLimit: integer(1, 10_000) })),
  cors: v.optional(
    closed({
      allowOrigins: nonEmptyList(matching(/^(\*|https?:\/\/[^/\s]+)$/, "must be an origin or '*'")),
      allowHeaders: v.optional(
        input(v.array(matching(/^[!#$%&'*+.^`|~\w-]+$/, "must be the name of a header, or '*'"))),
      ),
    }),
  ),
  network: v.optional(
    v.lazy((value) =>
      typeof value === "object" && value !== null && (value as NetworkArgs).create !== undefined
        ? closed({
            create: v.literal(true, ({ input }) => `must be true, received ${showValue(input)}`),
          })
        : closed({
            vpcId: matching(/^vpc-[0-9a-f]+$/, "must be the id of a VPC"),
            subnetIds: nonEmptyList(matching(/^subnet-[0-9a-f]+$/, "must be the id of a subnet")),
          }),
    ),
  ),
  logGroupName: v.optional(
    matching(/^[\w./#-]{1,512}$/, "must be the name of a log group, such as /aws/vendedlogs/streams"),
  ),
  logRetentionDays: v.optional(
    number((value) => retentionDays.includes(value), `must be one of ${retentionDays.join(", ")}`),
  ),
  archiveRetentionDays: v.optional(integer(0, 36_500)),
  encryptionKeyArn: v.optional(matching(/^arn:aws[a-z-]*:kms:\S+:key\/\S+$/, "must be the ARN of a KMS key")),
  protect: v.optional(v.boolean()),
  tracing: v.optional(v.boolean()),
  tags: v.optional(input(tags)),
});

/** @returns the values that a member has in several elements of a list. */
function repeated(list: unknown, member: string): string[] {
  if (!Array.isArray(list)) return [];
  const values = list.map((entry: { [member: string]: unknown } | null) => entry?.[member]);
  const again = values.filter(
    (value, index): value is string => typeof value === "string" && values.indexOf(value) < index,
  );
  return [...new Set(again)];
}

/** @returns the inputs of all channels, as far as they are known. */
function inputsOf(channels: unknown): unknown[] {
  if (!Array.isArray(channels)) return [];
  return channels.flatMap((entry: { inputs?: unknown } | null) =>
    Array.isArray(entry?.inputs) ? entry.inputs : [],
  );
}

function allDraining(channels: unknown): boolean {
  if (!Array.isArray(channels) || channels.length === 0) return false;
  return channels.every((entry: { draining?: unknown } | null) => entry?.draining === true);
}

/** @returns every problem of the arguments of a `StreamOrchestration`, as far as they are known. */
export function findArgumentIssues(args: unknown): Issue[] {
  return [
    ...findIssues(schema, args),
    ...findFormerDistributionIssues(args),
    ...findViewerIssues(args),
    ...findReadinessIssues(args),
    ...findUpdateIssues(args),
    ...findOwnResourceIssues(args),
  ];
}

/** Which arguments an updated distribution needs, and which one that nothing updates does. */
function findUpdateIssues(args: unknown): Issue[] {
  const { playback, encoder } = (args ?? {}) as {
    playback?: { [argument: string]: unknown } | null;
    encoder?: { channels?: unknown } | null;
  };
  if (!playback) return [];
  const { update = "stream" } = playback;
  if (update !== "none") {
    return playback.distributionId === undefined
      ? [{ path: "playback.distributionId", problem: "is required." }]
      : [];
  }
  const unused = ["distributionId", "formerDistributionIds", "webAclArn"].filter(
    (argument) => playback[argument] !== undefined,
  );
  const channels: unknown[] = Array.isArray(encoder?.channels) ? encoder.channels : [];
  return [
    ...unused.map((argument) => ({
      path: `playback.${argument}`,
      problem: 'must be left out where playback.update is "none", since no distribution is updated.',
    })),
    ...channels.flatMap((channel, index) => {
      const isKnown = typeof channel === "object" && channel !== null && !isLater(channel);
      return isKnown && (channel as { originDomainName?: unknown }).originDomainName === undefined
        ? [
            {
              path: `encoder.channels[${index}].originDomainName`,
              problem: 'is required where playback.update is "none".',
            },
          ]
        : [];
    }),
  ];
}

/** What exists already keeps its own settings. */
function findOwnResourceIssues(args: unknown): Issue[] {
  const { api, logGroupName, tables, ...others } = (args ?? {}) as {
    [argument: string]: unknown;
    api?: { id?: unknown } | null;
    tables?: { attemptsName?: unknown; leasesName?: unknown } | null;
  };
  const { attemptsName, leasesName } = tables ?? {};
  const left = (path: string, given: string) =>
    others[path] === undefined
      ? []
      : [{ path, problem: `must be left out where ${given} is given, which keeps its own settings.` }];
  return [
    ...(api?.id === undefined ? [] : [...left("cors", "api.id"), ...left("throttle", "api.id")]),
    ...(logGroupName === undefined ? [] : left("logRetentionDays", "logGroupName")),
    ...(tables === undefined ? [] : left("protect", "tables")),
    ...(typeof attemptsName === "string" && attemptsName === leasesName
      ? [
          {
            path: "tables.leasesName",
            problem: `must be another table than the attempts', received ${quote(attemptsName)}.`,
          },
        ]
      : []),
  ];
}

/** A playback URL needs both a domain and a manifest. */
function findViewerIssues(args: unknown): Issue[] {
  const { playback } = (args ?? {}) as { playback?: { [argument: string]: unknown } | null };
  const { domainName, manifests } = playback ?? {};
  if ((domainName === undefined) === (manifests === undefined)) return [];
  const [missing, given] =
    domainName === undefined ? ["domainName", "manifests"] : ["manifests", "domainName"];
  return [{ path: `playback.${missing}`, problem: `is required with playback.${given}.` }];
}

/** The probe is a viewer without a signature, and needs something to look at. */
function findReadinessIssues(args: unknown): Issue[] {
  const { readiness, playback } = (args ?? {}) as {
    readiness?: { mode?: unknown } | null;
    playback?: { manifests?: unknown; trustedKeyGroupIds?: unknown } | null;
  };
  if (readiness?.mode !== "automatic") return [];
  const { manifests, trustedKeyGroupIds } = playback ?? {};
  const hasManifests = manifests !== undefined && !(Array.isArray(manifests) && manifests.length === 0);
  const isSigned = Array.isArray(trustedKeyGroupIds) ? trustedKeyGroupIds.length > 0 : trustedKeyGroupIds;
  const path = "readiness.mode";
  return [
    ...(hasManifests
      ? []
      : [
          {
            path,
            problem: "needs playback.manifests, which the probe reads, received automatic without any.",
          },
        ]),
    ...(isSigned
      ? [
          {
            path,
            problem:
              "must be manual with playback.trustedKeyGroupIds, since the probe has no viewer's signature, received automatic.",
          },
        ]
      : []),
  ];
}

/** The distribution that plays new streams cannot be one that gets no new entries. */
function findFormerDistributionIssues(args: unknown): Issue[] {
  const { playback } = (args ?? {}) as { playback?: { [argument: string]: unknown } | null };
  const { distributionId: current, formerDistributionIds: former } = playback ?? {};
  if (!Array.isArray(former)) return [];
  const path = "playback.formerDistributionIds";
  const repeated = new Set(
    former.filter((id, index) => typeof id === "string" && former.indexOf(id) < index),
  );
  return [
    ...[...repeated].map((id) => ({
      path,
      problem: `must have each distribution once, received ${quote(String(id))} more than once.`,
    })),
    ...(typeof current === "string" && former.includes(current)
      ? [
          {
            path,
            problem: `must not have playback.distributionId, which gets the new streams, received ${quote(current)}.`,
          },
        ]
      : []),
  ];
}

/**
 * The longest child's name is `<name>-StreamLifecycleOrchestrator`, to which Pulumi adds eight characters; a role's name
 * has at most 64.
 */
const maxNameLength = 28;

function findNameIssues(name: string): Issue[] {
  if (/^[A-Za-z0-9-]+$/.test(name) && name.length <= maxNameLength) return [];
  const problem = `must have 1 to ${maxNameLength} letters, digits and hyphens, since AWS names come of it, received ${quote(name)}.`;
  return [{ path: "name", problem }];
}

/**
 * Checks the name and the arguments of a `StreamOrchestration` as far as they are known.
 *
 * @throws {pulumi.InputPropertiesError} that names every wrong property, what is allowed and what came.
 */
export function checkArgs(name: string, args: StreamOrchestrationArgs): void {
  const issues = [...findNameIssues(name), ...findArgumentIssues(args)];
  if (issues.length === 0) return;
  const errors = issues.map(({ path, problem }) => ({ propertyPath: path, reason: problem }));
  throw new pulumi.InputPropertiesError({
    message: [
      `StreamOrchestration '${name}' has ${errors.length === 1 ? "a wrong argument" : `${errors.length} wrong arguments`}:`,
      ...errors.map(({ propertyPath, reason }) => `  - ${propertyPath || "the arguments"} ${reason}`),
    ].join("\n"),
    errors,
  });
}
