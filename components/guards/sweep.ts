import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CommonArgs } from "../common";
import type { StreamFunction } from "../functions/stream-function";
import type { Media } from "../media/media";
import { serviceRole } from "../policy";
import { createStateMachine } from "../workflow/state-machine";
import { streamSweep } from "../workflow/sweep/stream-sweep";

export interface SweepArgs extends CommonArgs {
  sweepStreams: StreamFunction;
  attempts: aws.dynamodb.Table;
  leases: aws.dynamodb.Table;
  media: Media;
  /** Acts on a channel that is down while its stream is up. */
  health: aws.sfn.StateMachine;
  scheduleGroup: aws.scheduler.ScheduleGroup;
  deadLetters: aws.sqs.Queue;
  intervalMinutes: pulumi.Input<number>;
  stopUnowned: pulumi.Input<boolean>;
}

/** `StreamSweep`, and the schedule that starts it. */
export class Sweep extends pulumi.ComponentResource {
  readonly stateMachine: aws.sfn.StateMachine;

  constructor(name: string, args: SweepArgs, opts: pulumi.ComponentResourceOptions) {
    super("stream-orchestration:index:Sweep", name, {}, opts);
    const { sweepStreams, attempts, leases, media, scheduleGroup, deadLetters } = args;
    const child = { parent: this };
    const settings = pulumi.output({
      sweepFunctionArn: sweepStreams.arn,
      tableName: attempts.name,
      leaseTableName: leases.name,
      playback: media.playback,
      origins: media.origins,
      channels: media.channels,
      stopUnowned: args.stopUnowned,
      healthStateMachineArn: args.health.arn,
    });
    this.stateMachine = createStateMachine(
      name,
      {
        ...args,
        definition: settings.apply(streamSweep),
        statements: [
          // SweepStreams
          { actions: ["lambda:InvokeFunction"], resources: [sweepStreams.arn] },
          // StartHealthCheck
          { actions: ["states:StartExecution"], resources: [args.health.arn] },
          // ReadFreeChannel, ReadPlayingChannel; StopStartedChannel, StopUnownedChannel
          {
            actions: ["medialive:DescribeChannel", "medialive:StopChannel"],
            resources: media.channelArns,
          },
          // LeaseFreeChannel, ReturnFreeChannel, ForgetEncoderStart, ForgetLateEntry, and the lock of the distribution
          { actions: ["dynamodb:UpdateItem", "dynamodb:DeleteItem"], resources: [leases.arn] },
          // ClaimMissingEntry
          ...(media.update === "stream"
            ? [{ actions: ["dynamodb:UpdateItem"], resources: [attempts.arn] }]
            : []),
          // ReadPlaybackEntries, ReadMissingEntries, RestorePlaybackEntries; ReadLateEntry, RemoveLateEntry
          ...media.updateDistributions,
        ],
      },
      child,
    ).stateMachine;

    const { role, policy } = serviceRole(
      `${name}-schedule`,
      {
        ...args,
        service: "scheduler.amazonaws.com",
        statements: [
          { actions: ["states:StartExecution"], resources: [this.stateMachine.arn] },
          { actions: ["sqs:SendMessage"], resources: [deadLetters.arn] },
        ],
      },
      child,
    );
    new aws.scheduler.Schedule(
      `${name}-schedule`,
      {
        groupName: scheduleGroup.name,
        description: "Finds what died, what was not announced, and what runs for nobody.",
        scheduleExpression: pulumi.interpolate`rate(${args.intervalMinutes} minutes)`,
        flexibleTimeWindow: { mode: "OFF" },
        kmsKeyArn: args.encryptionKeyArn,
        target: {
          arn: this.stateMachine.arn,
          roleArn: role.arn,
          input: "{}",
          deadLetterConfig: { arn: deadLetters.arn },
          // The next sweep comes soon enough.
          retryPolicy: { maximumEventAgeInSeconds: 300, maximumRetryAttempts: 3 },
        },
      },
      // A schedule runs as soon as it exists.
      { ...child, dependsOn: [policy] },
    );
    this.registerOutputs({ stateMachineArn: this.stateMachine.arn });
  }
}
