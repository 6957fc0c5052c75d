import type * as pulumi from "@pulumi/pulumi";

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
   * What goes before each path at that origin: begins with `/` and does not end with one.
   *
   * @default - nothing, or what the default origin has
   */
  originPath?: pulumi.Input<string>;
}

export interface EncoderArgs {
  /** The pool of channels: at least one, each id once. As many streams can be up at a time. */
  channels: pulumi.Input<pulumi.Input<EncoderChannelArgs>[]>;
}

export interface PlaybackArgs {
  /** The CloudFront distribution that plays the streams. Each gets an origin and a behaviour `/<streamId>/*` in it. */
  distributionId: pulumi.Input<string>;
  /**
   * The cache policy of each stream's behaviour.
   *
   * @default - AWS's managed policy `Elemental-MediaPackage`
   */
  cachePolicyId?: pulumi.Input<string>;
  /**
   * The key groups whose signatures entitle a viewer.
   *
   * @default - viewers need no signature
   */
  trustedKeyGroupIds?: pulumi.Input<pulumi.Input<string>[]>;
}

export interface JwtArgs {
  /** The issuer (`iss`), an https URL under which `/.well-known/openid-configuration` is found. */
  issuer: pulumi.Input<string>;
  /** The audiences (`aud`), one of which a token has to carry. */
  audiences: pulumi.Input<pulumi.Input<string>[]>;
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
   * Addresses that are told of every failed attempt. AWS asks each to confirm first.
   *
   * @default - nobody; subscribe to `onCallTopicArn`
   */
  emails?: pulumi.Input<string>[];
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
}

/** A new VPC with private subnets and endpoints (needs `@pulumi/awsx`), or private subnets that exist. */
export type NetworkArgs =
  | { create: true }
  | {
      vpcId: pulumi.Input<string>;
      /** Private subnets with endpoints for DynamoDB, EventBridge (`events`), SNS (`sns`) and Step Functions (`states`). */
      subnetIds: pulumi.Input<pulumi.Input<string>[]>;
    };

/** What a `StreamOrchestration` is configured with. Every default is safe for production. */
export interface StreamOrchestrationArgs {
  encoder: EncoderArgs;
  playback: PlaybackArgs;
  /**
   * Seconds that a stream has, once it is provisioned, to be confirmed READY or FAILED: 1 to 86400.
   *
   * @default 900
   */
  confirmationTimeoutSeconds?: pulumi.Input<number>;
  /**
   * Who may call `/streams`. `/health` is open.
   *
   * @default - IAM
   */
  auth?: AuthArgs;
  onCall?: OnCallArgs;
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
   * Has DynamoDB refuse to delete the tables, whoever asks: Pulumi, an operator, another tool.
   *
   * @default true
   */
  protect?: boolean;
  /**
   * Tags of every resource that takes them.
   *
   * @default - none
   */
  tags?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}
