import type * as pulumi from "@pulumi/pulumi";
import type { NotificationSeverity } from "../contracts";

/** One MediaLive input that is attached to a channel. */
export interface ChannelInputArgs {
  /** The input's id, such as `7654321`. */
  inputId: pulumi.Input<string>;
  /**
   * MediaLive's type of the input. `RTMP_PULL` and `SRT_CALLER`: the workflow sets the input's sources from the request before it starts the channel.
   * `RTMP_PUSH` and `SRT_LISTENER`: the stream tells the addresses to push to.
   */
  type: pulumi.Input<"RTMP_PUSH" | "RTMP_PULL" | "SRT_LISTENER" | "SRT_CALLER">;
}

/** One MediaLive channel that streams may use, one stream at a time. */
export interface EncoderChannelArgs {
  /** The channel's id, such as `1234567`. */
  channelId: pulumi.Input<string>;
  /**
   * The domain from which the CDN fetches what the channel produces, such as a MediaPackage endpoint's.
   *
   * @default - a copy of the distribution's default origin
   */
  originDomainName?: pulumi.Input<string>;
  /**
   * What goes before each path at that origin: begins with `/` and does not end with one. For MediaPackage v2 it is the endpoint's path,
   * `/out/v1/<channel group>/<channel>/<endpoint>`: all channels of a group share a domain, and without it a viewer of one could ask
   * for another.
   *
   * @default - nothing, or what the default origin has
   */
  originPath?: pulumi.Input<string>;
  /**
   * The origin access control with which CloudFront signs its requests to the origin.
   *
   * @default - `playback.originAccessControlId`
   */
  originAccessControlId?: pulumi.Input<string>;
  /**
   * Headers that CloudFront adds to its requests to this origin, by name: at most 10. Values are kept as Pulumi secrets.
   *
   * @default - `playback.originHeaders`
   * @secret
   */
  originHeaders?: pulumi.Input<{ [name: string]: pulumi.Input<string> }>;
  /**
   * Gives the channel to no new stream. A stream that has it stays up, and its channel is stopped when it ends. Drain a channel before
   * you take it out of the pool (`docs/operate.md`). One channel at least must not be draining.
   *
   * @default false
   */
  draining?: pulumi.Input<boolean>;
  /**
   * The channel's inputs that streams use, 1 to 20; with the channels of the pool 100 in all. A stream gets the channel only if each of its ingest endpoints has an input of its protocol here, and each
   * input that pulls has an endpoint. MediaLive itself switches between inputs only by a channel's schedule or its input failover.
   *
   * @default - not known: the channel takes any request, its sources are set by hand, and no addresses are told
   */
  inputs?: pulumi.Input<pulumi.Input<ChannelInputArgs>[]>;
}

export interface EncoderArgs {
  /**
   * The pool of channels: 1 to 100, each id once. As many streams can be up at a time. Before you take a channel out, set its
   * `draining` and let its stream end: a deployment may stop only the channels of its pool.
   */
  channels: pulumi.Input<pulumi.Input<EncoderChannelArgs>[]>;
  /**
   * Minutes before its `startTime` at which a stream's channel is leased and started: 0 to 10080. Until then the stream is
   * PROVISIONING, costs nothing, and can be cancelled by COMPLETE or FAILED. Its `startTime` may then be 360 days ahead.
   *
   * @default - a channel is started at once
   */
  leadTimeMinutes?: pulumi.Input<number>;
  /**
   * Stops a channel of the pool that others started and that runs while no stream has it, and does not only report it: for
   * pools that no other program uses. A channel that this component started is stopped in any case.
   *
   * @default false
   */
  stopUnowned?: pulumi.Input<boolean>;
}

/** One manifest that every channel of the pool has. */
export interface ManifestArgs {
  /** Names the manifest, each once: 1 to 64 letters, digits, `-` and `_`. */
  name: pulumi.Input<string>;
  /** HTTP Live Streaming, or MPEG-DASH. */
  format: pulumi.Input<"HLS" | "DASH">;
  /** Its path behind `originPath` and the stream's own path, such as `index.m3u8`. */
  path: pulumi.Input<string>;
}

export interface PlaybackArgs {
  /**
   * Who adds streams to the distribution. `"stream"`: the workflows add an origin and a behaviour `/<streamId>/*` for each stream. `"none"`: nothing
   * is updated while streams are up. `playbackOrigins` and `playbackBehaviors` have an origin and a behaviour `/<channelId>/*` for each channel, for
   * a distribution of your own program. Each channel then needs an `originDomainName`. End all streams before you change this.
   *
   * @default "stream"
   */
  update?: "stream" | "none";
  /**
   * The CloudFront distribution that plays the streams. Each gets an origin and a behaviour `/<streamId>/*` in it. Required, unless `update`
   * is `"none"`, which does without.
   */
  distributionId?: pulumi.Input<string>;
  /**
   * Distributions that earlier deployments named, up to 10. No new stream gets an entry in them. Entries that streams still have there
   * are removed when the streams end. List a distribution here when you replace `distributionId` (`docs/operate.md`). If such a
   * distribution has a web ACL, it must be `webAclArn`.
   *
   * @default - none
   */
  formerDistributionIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The cache policy of each stream's behaviour, in place of this component's own. Its key has to include the header `x-stream-id`, which the
   * viewer-request function sets: without it two streams can get each other's playlists. It should include the query strings that
   * your packager reads, such as `aws.manifestfilter`, `start`, `end`, `_HLS_msn` and `_HLS_part`, and no cookies.
   *
   * @default - a cache policy is created: `x-stream-id`, the query strings of MediaPackage v1 and v2, gzip and brotli, and 5 seconds
   * for what the origin gives no time
   */
  cachePolicyId?: pulumi.Input<string>;
  /**
   * The origin request policy of each stream's behaviour: what CloudFront sends to the origin beside the cache key.
   *
   * @default - none
   */
  originRequestPolicyId?: pulumi.Input<string>;
  /**
   * The response headers policy of each stream's behaviour, for CORS for example.
   *
   * @default - none
   */
  responseHeadersPolicyId?: pulumi.Input<string>;
  /**
   * The origin access control of every stream's origin, unless its channel has one of its own. It replaces that of a copied default origin.
   *
   * @default - one of type `mediapackagev2` is created and used for origins at MediaPackage v2; others have none, or that of the default
   * origin. `endpointPolicyJson` is the policy that the endpoints then need.
   */
  originAccessControlId?: pulumi.Input<string>;
  /**
   * Headers that CloudFront adds to its requests to every stream's origin, by name: at most 10. They replace those of a copied default origin.
   * Values are kept as Pulumi secrets; callers who may read the leases table, the sweep's definition or the distribution's configuration see them.
   *
   * @default - none, or those of the default origin
   * @secret
   */
  originHeaders?: pulumi.Input<{ [name: string]: pulumi.Input<string> }>;
  /**
   * The ARN of the distribution's web ACL (WAF). CloudFront lets only a caller who may read it update the distribution, so that the workflows
   * get `wafv2:GetWebACL` on it.
   *
   * @default - the distribution has none
   */
  webAclArn?: pulumi.Input<string>;
  /**
   * The domain under which viewers reach the distribution: its own, such as `d111111abcdef8.cloudfront.net`, or an alternate domain name. Goes
   * with `manifests`.
   *
   * @default - streams have no playback URLs
   */
  domainName?: pulumi.Input<string>;
  /**
   * The manifests that every channel has, 1 to 10. `GET /streams/{streamId}` and the announcement of READY then tell the URL of each,
   * `https://<domainName>/<streamId>/<path>`. Goes with `domainName`.
   *
   * @default - streams have no playback URLs
   */
  manifests?: pulumi.Input<pulumi.Input<ManifestArgs>[]>;
  /**
   * The key groups whose signatures entitle a viewer.
   *
   * @default - viewers need no signature
   */
  trustedKeyGroupIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * How many behaviours the distribution may have besides its default one: CloudFront's quota. Requests beyond it are
   * refused before anything starts.
   *
   * @default 75
   */
  cacheBehaviorQuota?: pulumi.Input<number>;
  /**
   * Minutes for which a stream's playback entry and channel stay after COMPLETE, for viewers who watch behind live: 0 to 1440. The
   * channel costs money meanwhile and stays leased, so that no other stream can use it; `maxLiveHours` ends the time, and so
   * does a new request for the same stream. A stream that is FAILED is cleaned up at once. For more than a day, record the stream.
   *
   * @default 0
   */
  graceMinutes?: pulumi.Input<number>;
  /**
   * How many origins the distribution may have: CloudFront's quota. Requests beyond it are refused before anything starts. 1 to 1000.
   *
   * @default 100
   */
  originQuota?: pulumi.Input<number>;
}

export interface JwtArgs {
  /** The issuer (`iss`), an https URL under which `/.well-known/openid-configuration` is found. */
  issuer: pulumi.Input<string>;
  /** The audiences (`aud`), one of which a token has to carry. */
  audiences: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The scope that a token needs for `GET /ingest/{streamId}`, which tells ingest URLs in full: visible ASCII characters without spaces.
   *
   * @default "streams/ingest"
   */
  ingestScope?: pulumi.Input<string>;
}

export interface AuthArgs {
  /**
   * Lets callers of `/streams` in by JSON Web Token.
   *
   * @default - by IAM (Signature Version 4)
   */
  jwt?: JwtArgs;
}

export interface OnCallArgs {
  /**
   * The ARN of an SNS topic of your own that is told of every failed attempt: a standard topic of the stack's account and Region. Where it is
   * encrypted by a key of yours, give that key as `encryptionKeyArn`, or let the component's roles use it. Alarms have a topic of their own.
   *
   * @default - a topic is created: `onCallTopicArn`
   */
  topicArn?: pulumi.Input<string>;
  /**
   * Addresses that are told of every failed attempt, and of every alarm. AWS asks each to confirm first.
   *
   * @default - no address; subscribe to `onCallTopicArn` and `alarmTopicArn`
   */
  emails?: pulumi.Input<string>[];
}

export interface EventsArgs {
  /**
   * The name of an event bus of your own, in the stack's account and Region: not the account's default bus. The component puts its events, rules
   * and an archive on it, and leaves its policy and its encryption to you. Put the statement of `eventBusPolicyJson` into its policy: without it, whoever may put events on the
   * bus can confirm and end streams.
   *
   * @default - a bus is created: `eventBusName`
   */
  busName?: pulumi.Input<string>;
  /**
   * Whether StreamProvisionRequested lists the ingest endpoints, as its contract has it. Their URLs may hold stream keys,
   * which everybody with a rule on the bus then sees, and the archive keeps.
   *
   * @default true
   */
  includeIngestEndpoints?: pulumi.Input<boolean>;
  /**
   * ARNs of the IAM users and roles, besides our own roles, whose events of our source the bus takes: encoders or tools that
   * confirm streams by an event. `*` stands for any characters.
   *
   * @default - no principal: streams are confirmed by `PUT /streams`
   */
  confirmationPrincipals?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Creates an EventBridge schema registry with the schema of each event, from which consoles and IDEs generate code.
   *
   * @default false
   */
  schemaRegistry?: boolean;
}

/** A domain name of your own for the API. */
export interface ApiDomainArgs {
  /** The domain name, such as `streams.example.com`. */
  name: pulumi.Input<string>;
  /** The ARN of its ACM certificate, in the stack's Region. */
  certificateArn: pulumi.Input<string>;
}

/** Two DynamoDB tables of your own, in the stack's account and Region. Only one component may use them. */
export interface TablesArgs {
  /** The name of the table of attempts. It needs the keys and indexes of `tableSchemas.attempts`. */
  attemptsName: pulumi.Input<string>;
  /** The name of the table of channel leases. It needs the key of `tableSchemas.leases`. */
  leasesName: pulumi.Input<string>;
}

export interface ApiArgs {
  /**
   * The id of an HTTP API of your own, in the stack's account and Region, to which the routes are added. It needs the stage `$default`, which deploys by itself
   * (`autoDeploy`), and keeps its own settings: `cors` and `throttle` do not go with it. It may have none of the routes already.
   *
   * @default - an API is created
   */
  id?: pulumi.Input<string>;
  /**
   * A domain name under which the API answers as well. Point a DNS record at the target in `apiDomain`.
   *
   * @default - the API answers under `apiUrl` alone
   */
  domain?: ApiDomainArgs;
}

export interface ThrottleArgs {
  /** Requests at once. */
  burstLimit: pulumi.Input<number>;
  /** Requests a second, in the long run. */
  rateLimit: pulumi.Input<number>;
}

export interface CorsArgs {
  /** The origins whose pages may call the API, such as `https://portal.example.com`. */
  allowOrigins: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Further headers that those pages may send.
   *
   * @default - those alone that AWS's signers and SDKs, and tracing libraries send
   */
  allowHeaders?: pulumi.Input<pulumi.Input<string>[]>;
}

/** Where the functions run: a new VPC (`create`), or private subnets that exist (`vpcId` and `subnetIds`). */
export interface NetworkArgs {
  /**
   * `true` creates a VPC with private subnets and endpoints. It needs the package `@pulumi/awsx`, and does not go with `vpcId` and `subnetIds`.
   *
   * @default - `vpcId` and `subnetIds` name a network that exists
   */
  create?: boolean;
  /** The VPC of `subnetIds`. */
  vpcId?: pulumi.Input<string>;
  /** Private subnets with endpoints for DynamoDB, EventBridge (`events`), SNS (`sns`) and Step Functions (`states`). */
  subnetIds?: pulumi.Input<pulumi.Input<string>[]>;
}

export interface ReadinessArgs {
  /**
   * Who confirms READY: `manual` leaves it to `PUT /streams` and to events. `automatic` also looks itself: once the channel runs, a probe reads
   * `playback.manifests` through the CDN, and confirms READY when each lists a segment of now. A DASH manifest needs a SegmentTimeline. It
   * cannot look at manifests that need a viewer's signature (`playback.trustedKeyGroupIds`).
   *
   * @default "manual"
   */
  mode?: "manual" | "automatic";
  /**
   * With `automatic`, seconds that an attempt has, once it is in the distribution, until the probe reports it FAILED for want of evidence:
   * 30 to 86400. `confirmationTimeoutSeconds` ends the wait in any case.
   *
   * @default 840
   */
  timeoutSeconds?: number;
  /**
   * Refuses every confirmation of READY before MediaLive says that the stream's channel runs.
   *
   * @default false
   */
  requireRunning?: boolean;
}

export interface HealthArgs {
  /**
   * What becomes of a stream that is READY or LIVE when its channel stops: `fail` ends it as FAILED; `restart` starts the channel again, and ends the
   * stream as FAILED if the channel stops once more. On-call is told at once either way.
   *
   * @default "fail"
   */
  onChannelLost?: "fail" | "restart";
  /**
   * Minutes for which a channel has an alert, or no input, before on-call is told: 0 to 1440, 0 for never. The bus is told at once.
   *
   * @default 5
   */
  alertMinutes?: pulumi.Input<number>;
  /**
   * Minutes without input after which a stream is ended as COMPLETE: 0 to 1440, 0 for never.
   *
   * @default 0
   */
  noInputMinutes?: pulumi.Input<number>;
}

export interface ObservabilityArgs {
  /**
   * Makes a CloudWatch dashboard with the name of the orchestrator's state machine. An account has three dashboards free of charge; each further one costs $3 a month.
   *
   * @default true
   */
  dashboard?: boolean;
  /**
   * Which alarms there are. `guards`: dead letters, and guards that did not succeed. `all`: also attempts that keep failing, the API, the functions, the pool and channels that
   * stop. AWS bills each metric that an alarm watches (`docs/runbook.md` has the sum).
   *
   * @default "all"
   */
  alarms?: "all" | "guards";
}

/** What every target of notifications has. */
interface NotificationTargetCommonArgs {
  /** Names the target, each once: 1 to 20 lower-case letters, digits and hyphens, beginning with a letter. Its resources have it in their names. */
  name: string;
  /**
   * Which incidents the target is told of. Their ends have the same severity.
   *
   * @default ["warning", "critical"]
   */
  severities?: NotificationSeverity[];
}

/** An HTTPS endpoint of yours. `docs/notifications.md` has the body of its requests. */
export interface WebhookArgs extends NotificationTargetCommonArgs {
  type: "webhook";
  /**
   * Which statuses of streams the target is told of, too: `READY`, `LIVE`, `COMPLETE`. A stream that is FAILED is an incident.
   *
   * @default - none
   */
  statuses?: ("READY" | "LIVE" | "COMPLETE")[];
  /** Where each notification is posted: an https URL. */
  url: pulumi.Input<string>;
  /** How requests authenticate themselves. Secrets are kept as Pulumi secrets, and in Secrets Manager by EventBridge. */
  auth:
    | {
        /** A header with a secret. */
        apiKey: {
          /** The header's name. */
          header: pulumi.Input<string>;
          /**
           * The header's value.
           *
           * @secret
           */
          value: pulumi.Input<string>;
        };
      }
    | {
        /** OAuth 2.0, client credentials. */
        oauth: {
          /** Where tokens are given: an https URL. */
          tokenUrl: pulumi.Input<string>;
          /** The client's id. */
          clientId: pulumi.Input<string>;
          /**
           * The client's secret.
           *
           * @secret
           */
          clientSecret: pulumi.Input<string>;
          /**
           * The scope of the tokens.
           *
           * @default - none
           */
          scope?: pulumi.Input<string>;
        };
      }
    | {
        /**
         * A signature of each request (HMAC-SHA256, as "Standard Webhooks" has it): `whsec_` and 24 to 64 bytes in base64. It is kept in Secrets Manager, which bills each secret.
         */
        hmac: {
          /**
           * The secret with which requests are signed.
           *
           * @secret
           */
          secret: pulumi.Input<string>;
        };
      };
  /**
   * Requests a second at most: 1 to 300. Not with `auth.hmac`.
   *
   * @default 300
   */
  maxPerSecond?: pulumi.Input<number>;
}

/** A service of PagerDuty. An incident is resolved when its end is told. */
export interface PagerDutyArgs extends NotificationTargetCommonArgs {
  type: "pagerduty";
  /**
   * The integration key of the service (Events API v2). It is kept as a Pulumi secret, and in Secrets Manager by EventBridge.
   *
   * @secret
   */
  routingKey: pulumi.Input<string>;
}

/** A channel of Slack, by Amazon Q Developer in chat applications (AWS Chatbot), whose workspace was authorized in its console. */
export interface SlackArgs extends NotificationTargetCommonArgs {
  type: "slack";
  /**
   * Which statuses of streams the channel is told of, too.
   *
   * @default - none
   */
  statuses?: ("READY" | "LIVE" | "COMPLETE")[];
  /** The workspace's id, such as `T01234567`. */
  workspaceId: pulumi.Input<string>;
  /** The channel's id, such as `C01234567`. */
  channelId: pulumi.Input<string>;
}

/** A channel of Microsoft Teams, by Amazon Q Developer in chat applications (AWS Chatbot), whose team was authorized in its console. */
export interface TeamsArgs extends NotificationTargetCommonArgs {
  type: "teams";
  /**
   * Which statuses of streams the channel is told of, too.
   *
   * @default - none
   */
  statuses?: ("READY" | "LIVE" | "COMPLETE")[];
  /** The team's id. */
  teamId: pulumi.Input<string>;
  /** The id of the team's tenant in Microsoft Entra ID. */
  tenantId: pulumi.Input<string>;
  /** The channel's id. */
  channelId: pulumi.Input<string>;
}

/** A target of notifications. */
export type NotificationTargetArgs = WebhookArgs | PagerDutyArgs | SlackArgs | TeamsArgs;

/** What a `StreamOrchestration` is configured with. Every default is safe for production. */
export interface StreamOrchestrationArgs {
  /** The channels that encode the streams. */
  encoder: EncoderArgs;
  /** The distribution that plays the streams. */
  playback: PlaybackArgs;
  /**
   * Seconds that a stream has, once it is provisioned, to be confirmed READY or FAILED: 1 to 86400.
   *
   * @default 900
   */
  confirmationTimeoutSeconds?: pulumi.Input<number>;
  /**
   * What READY needs.
   *
   * @default - a confirmation by `PUT /streams` or an event
   */
  readiness?: ReadinessArgs;
  /**
   * What is done about the channel of a stream that is up.
   *
   * @default - a stream whose channel stops is FAILED; on-call is told of alerts after 5 minutes
   */
  health?: HealthArgs;
  /**
   * What operators see.
   *
   * @default - a dashboard, and all alarms
   */
  observability?: ObservabilityArgs;
  /**
   * Targets that are told of incidents and their ends, up to 10: webhooks, PagerDuty, Slack, Teams (`docs/notifications.md`).
   *
   * @default - none; subscribe to `onCallTopicArn` and `alarmTopicArn`
   */
  notify?: NotificationTargetArgs[];
  /**
   * Hours that a stream may be READY or LIVE before it is ended and its channel stopped: up to 8760, 0 for any number.
   *
   * @default 12
   */
  maxLiveHours?: pulumi.Input<number>;
  /**
   * Minutes from one sweep to the next, which looks for what every other guard missed: 10 to 1440.
   *
   * @default 10
   */
  sweepIntervalMinutes?: pulumi.Input<number>;
  /**
   * What the bus carries, and from whom it takes events.
   *
   * @default - the contract's events, from this component's roles
   */
  events?: EventsArgs;
  /**
   * Who may call `/streams`. `/health` is open.
   *
   * @default - IAM
   */
  auth?: AuthArgs;
  /**
   * Who is told of failures.
   *
   * @default - the subscribers of `onCallTopicArn` and `alarmTopicArn`
   */
  onCall?: OnCallArgs;
  /**
   * Tables of your own (`docs/own-resources.md`). A deployment fails where one has other keys or indexes than it needs. They keep their own settings: `protect` does
   * not go with them.
   *
   * @default - two tables are created
   */
  tables?: TablesArgs;
  /**
   * The API's domain name, or an API of your own.
   *
   * @default - an API is created
   */
  api?: ApiArgs;
  /**
   * How many requests the API takes before it answers 429.
   *
   * @default - 50 at once, 25 a second
   */
  throttle?: ThrottleArgs;
  /**
   * Lets browsers call the API from other origins.
   *
   * @default - it does not
   */
  cors?: CorsArgs;
  /**
   * Runs the functions in private subnets, with no way out but the endpoints. They call no service without one: MediaLive
   * and CloudFront are the workflow's.
   *
   * @default - Lambda's own network
   */
  network?: NetworkArgs;
  /**
   * The name of a log group of your own, in the stack's account and Region, that takes the logs of functions, workflows and the API. It keeps its own
   * settings: `logRetentionDays` does not go with it. A name that begins with `/aws/vendedlogs/` does not use up the size of CloudWatch Logs' resource policy.
   *
   * @default - each function, each workflow and the API gets a log group
   */
  logGroupName?: pulumi.Input<string>;
  /**
   * Days until a log line is deleted; one of the periods that CloudWatch Logs offers, 0 for never.
   *
   * @default 30
   */
  logRetentionDays?: pulumi.Input<number>;
  /**
   * Days for which the bus's archive keeps events for a replay, 0 for ever.
   *
   * @default 30
   */
  archiveRetentionDays?: pulumi.Input<number>;
  /**
   * The ARN of a KMS key under which tables, topics, queue, bus, logs, functions and workflows keep what they store. Its
   * policy has to let CloudWatch Logs, EventBridge, CloudWatch and SNS use it (`docs/security.md`).
   *
   * @default - AWS's own keys
   */
  encryptionKeyArn?: pulumi.Input<string>;
  /**
   * Protects the tables. DynamoDB refuses to delete them, for operators and other tools, too. Pulumi refuses in the preview whatever would
   * delete or replace them, such as `pulumi destroy` or a new name of the component, before anything is deleted. To delete them, deploy `false` first.
   *
   * @default true
   */
  protect?: boolean;
  /**
   * Has the functions and workflows send traces to AWS X-Ray, which bills them. HTTP APIs have no tracing.
   *
   * @default false
   */
  tracing?: boolean;
  /**
   * Tags of every resource that takes them, for cost allocation or access control: up to 50, with keys of up to 128 and values of up to 256
   * characters.
   *
   * @default - none
   */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}
