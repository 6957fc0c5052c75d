import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CommonArgs } from "../common";
import type { EventBus } from "../events/event-bus";
import { sendToFunction } from "../events/event-rule";
import type { CreateFunction } from "../functions/create-function";
import { functions } from "../functions/functions";
import type { StreamFunction } from "../functions/stream-function";
import type { Media } from "../media/media";
import { streamHealth } from "../workflow/health/stream-health";
import { createStateMachine } from "../workflow/state-machine";

export interface HealthGuardArgs extends CommonArgs {
  attempts: aws.dynamodb.Table;
  leases: aws.dynamodb.Table;
  events: EventBus;
  onCall: aws.sns.Topic;
  media: Media;
  createFunction: CreateFunction;
  /** What waits until a channel runs, where READY needs that. */
  readiness: aws.sfn.StateMachine | undefined;
  onChannelLost: "fail" | "restart";
  alertMinutes: pulumi.Input<number>;
  noInputMinutes: pulumi.Input<number>;
}

/**
 * MediaLive's events that are looked at. A channel that is created or starts says nothing of a stream's health.
 * The rule takes the events of all channels of the account: the ARNs of a large pool would not fit into a pattern, which has 2,048 characters.
 */
const healthPattern = {
  source: ["aws.medialive"],
  "detail-type": [
    "MediaLive Channel State Change",
    "MediaLive Channel Alert",
    "MediaLive Channel Input Change",
  ],
  detail: {
    $or: [
      { state: [{ exists: false }] },
      { state: [{ "anything-but": ["CREATING", "CREATED", "STARTING"] }] },
    ],
  },
};

/** `StreamHealth`, the functions around it, and the rule that tells them what MediaLive says. */
export class Health extends pulumi.ComponentResource {
  readonly stateMachine: aws.sfn.StateMachine;
  readonly track: StreamFunction;
  readonly act: StreamFunction;
  /** On the account's default bus. */
  readonly rule: aws.cloudwatch.EventRule;

  constructor(name: string, args: HealthGuardArgs, opts: pulumi.ComponentResourceOptions) {
    super("stream-orchestration:index:Health", name, {}, opts);
    const { attempts, leases, events, media, createFunction } = args;
    const child = { parent: this };
    this.act = createFunction("act-on-health", functions["act-on-health"](args));
    const definition = pulumi
      .output({
        tableName: attempts.name,
        leaseTableName: leases.name,
        actFunctionArn: this.act.arn,
        restarts: args.onChannelLost === "restart",
      })
      .apply(streamHealth);
    this.stateMachine = createStateMachine(
      name,
      {
        ...args,
        definition,
        statements: [
          // ActOnTrouble, HandleLostChannel, RecordRestart, HandleFailedRestart
          { actions: ["lambda:InvokeFunction"], resources: [this.act.arn] },
          // ReadDoubtfulChannel, ReadRestartedChannel
          { actions: ["medialive:DescribeChannel"], resources: media.channelArns },
          ...(args.onChannelLost === "restart"
            ? [
                // RestartChannel
                { actions: ["medialive:StartChannel"], resources: media.channelArns },
                // ClaimLostChannel; ConfirmLostLease
                { actions: ["dynamodb:UpdateItem"], resources: [attempts.arn, leases.arn] },
              ]
            : []),
        ],
      },
      child,
    ).stateMachine;
    this.track = createFunction(
      "track-health",
      functions["track-health"]({ ...args, health: this.stateMachine }),
    );
    this.rule = sendToFunction(
      `${name}-rule`,
      {
        description: "MediaLive tells of a channel: keeps the health of the stream that has it.",
        pattern: healthPattern,
        target: this.track.function,
        deadLettersArn: events.deadLetters.arn,
        tags: args.tags,
      },
      child,
    );
    events.keepFailures(name, this.track.function, child);
    this.registerOutputs({ stateMachineArn: this.stateMachine.arn });
  }
}
