import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { eventSource, streamLifecycleProgressed } from "../../contracts";
import type { CommonArgs } from "../common";
import type { EventBus } from "../events/event-bus";
import { cleanText, sendToStateMachine } from "../events/event-rule";
import type { Media } from "../media/media";
import { policyDocument, putEvents, serviceRole } from "../policy";
import { createStateMachine } from "../workflow/state-machine";
import { streamTeardown } from "../workflow/teardown/stream-teardown";

export interface TeardownArgs extends CommonArgs {
  attempts: aws.dynamodb.Table;
  leases: aws.dynamodb.Table;
  events: EventBus;
  onCall: aws.sns.Topic;
  media: Media;
  graceMinutes: pulumi.Input<number>;
  maxLiveHours: pulumi.Input<number>;
  scheduleGroup: aws.scheduler.ScheduleGroup;
  /** The ARN pattern of every schedule of a group. */
  schedulesArn: (groupName: pulumi.Output<string>) => pulumi.Output<string>;
}

/** `StreamTeardown`, and the rule that starts it for every stream that has ended. */
export class Teardown extends pulumi.ComponentResource {
  readonly stateMachine: aws.sfn.StateMachine;
  readonly role: aws.iam.Role;

  constructor(
    private readonly name: string,
    args: TeardownArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("stream-orchestration:index:Teardown", name, {}, opts);
    const { attempts, leases, events, onCall, media, scheduleGroup } = args;
    const child = { parent: this };
    const definition = pulumi
      .output({
        tableName: attempts.name,
        leaseTableName: leases.name,
        eventBusName: events.bus.name,
        onCallTopicArn: onCall.arn,
        scheduleGroupName: scheduleGroup.name,
        playback: media.playback,
        channels: media.channels,
        graceMinutes: args.graceMinutes,
        maxLiveHours: args.maxLiveHours,
      })
      .apply((settings) => streamTeardown({ ...settings, eventSource }));
    const created = createStateMachine(
      name,
      {
        ...args,
        definition,
        statements: [
          // FindAttempt; EndOverdueStream and the records
          { actions: ["dynamodb:Query", "dynamodb:UpdateItem"], resources: [attempts.arn] },
          // MarkLease, ConfirmLease, ReturnLease; the lock on the distribution, and what is wanted of it; ReadRemovalUpdates. An execution
          // of the release before reads its lease.
          {
            actions: [
              "dynamodb:GetItem",
              "dynamodb:UpdateItem",
              "dynamodb:DeleteItem",
              ...(media.update === "stream" ? ["dynamodb:Scan"] : []),
            ],
            resources: [leases.arn],
          },
          // StopEncoderChannel, ReadStoppingChannel
          {
            actions: ["medialive:StopChannel", "medialive:DescribeChannel"],
            resources: media.channelArns,
          },
          ...media.updateDistributions,
          // AnnounceOverdueEnd
          putEvents(events.bus, streamLifecycleProgressed.detailType),
          // NotifyOverdueEnd
          { actions: ["sns:Publish"], resources: [onCall.arn] },
          // DeleteLiveLimit
          { actions: ["scheduler:DeleteSchedule"], resources: [args.schedulesArn(scheduleGroup.name)] },
        ],
      },
      child,
    );
    this.stateMachine = created.stateMachine;
    this.role = created.role;
    this.startWhenStreamsEnd(args);
    this.registerOutputs({ stateMachineArn: this.stateMachine.arn });
  }

  /** Lets ReadOrchestration see whether an attempt's own workflow still runs. It is made after this one, which it names. */
  allowDescribe(executionsArn: pulumi.Output<string>): void {
    new aws.iam.RolePolicy(
      `${this.name}-orchestrator`,
      {
        role: this.role.id,
        policy: policyDocument([{ actions: ["states:DescribeExecution"], resources: [executionsArn] }]),
      },
      { parent: this },
    );
  }

  private startWhenStreamsEnd(args: TeardownArgs): void {
    const child = { parent: this };
    const { role, policy } = serviceRole(
      `${this.name}-rule`,
      {
        ...args,
        service: "events.amazonaws.com",
        statements: [{ actions: ["states:StartExecution"], resources: [this.stateMachine.arn] }],
      },
      child,
    );
    sendToStateMachine(
      `${this.name}-rule`,
      {
        eventBusName: args.events.bus.name,
        description: "A stream has ended: leaves nothing of it running.",
        pattern: {
          source: [eventSource],
          "detail-type": [streamLifecycleProgressed.detailType],
          detail: { streamId: cleanText, status: ["FAILED", "COMPLETE"] },
        },
        target: this.stateMachine,
        role,
        policy,
        deadLettersArn: args.events.deadLetters.arn,
        tags: args.tags,
      },
      child,
    );
  }
}
