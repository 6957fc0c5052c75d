import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { streamLifecycleOrchestrator as contract, eventContracts, eventSource } from "../contracts";
import { serviceRole, type Tags } from "./policy";
import type { StreamFunction } from "./stream-function";
import type { PlaybackSettings } from "./workflow/playback-configuration";
import type { ChannelSettings } from "./workflow/settings";
import { streamLifecycleOrchestrator } from "./workflow/stream-lifecycle-orchestrator";

export interface StateMachineArgs {
  validate: StreamFunction;
  handleFailure: StreamFunction;
  attempts: aws.dynamodb.Table;
  bus: aws.cloudwatch.EventBus;
  channels: pulumi.Output<ChannelSettings[]>;
  channelArns: pulumi.Output<string[]>;
  playback: pulumi.Output<PlaybackSettings>;
  distributionArn: pulumi.Output<string>;
  confirmationTimeoutSeconds: pulumi.Input<number>;
  logRetentionDays: pulumi.Input<number>;
  tags: Tags;
}

/** Makes the `StreamLifecycleOrchestrator`, with its role and its log group. */
export function createStateMachine(
  name: string,
  args: StateMachineArgs,
  opts: pulumi.CustomResourceOptions,
): aws.sfn.StateMachine {
  const machineName = `${name}-${contract.name}`;
  const logGroup = new aws.cloudwatch.LogGroup(
    machineName,
    {
      // Under this prefix CloudWatch Logs does not spend the size of its resource policy on each log group.
      namePrefix: `/aws/vendedlogs/states/${machineName}-`,
      retentionInDays: args.logRetentionDays,
      tags: args.tags,
    },
    opts,
  );
  const { role, policy } = serviceRole(
    machineName,
    {
      service: "states.amazonaws.com",
      statements: [
        // ValidateProvisionRequest, HandleProvisionFailure
        { actions: ["lambda:InvokeFunction"], resources: [args.validate.arn, args.handleFailure.arn] },
        // PersistProvisionRequest; AwaitLifecycleConfirmation, CloseConfirmation, RecordCompletion; ReadLifecycleStatus
        {
          actions: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:GetItem"],
          resources: [args.attempts.arn],
        },
        // EmitProvisionRequestedEvent, PublishReadyNotification
        {
          actions: ["events:PutEvents"],
          resources: [args.bus.arn],
          conditions: {
            StringEquals: {
              "events:source": eventSource,
              "events:detail-type": eventContracts.map(({ detailType }) => detailType),
            },
          },
        },
        // ProvisionEncoderInfrastructure; StopEncoderChannel; the reads of a channel's state
        {
          actions: ["medialive:StartChannel", "medialive:StopChannel", "medialive:DescribeChannel"],
          resources: args.channelArns,
        },
        // ConfigurePlaybackEndpoints, RemovePlaybackEntry, and the reads before them
        {
          actions: ["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"],
          resources: [args.distributionArn],
        },
        {
          actions: [
            "logs:CreateLogDelivery",
            "logs:GetLogDelivery",
            "logs:UpdateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:DescribeResourcePolicies",
            "logs:DescribeLogGroups",
          ],
          // Log delivery belongs to the account: none of these actions knows a resource.
          resources: ["*"],
        },
      ],
      tags: args.tags,
    },
    opts,
  );
  const definition = pulumi
    .output({
      validateFunctionArn: args.validate.arn,
      handleFailureFunctionArn: args.handleFailure.arn,
      tableName: args.attempts.name,
      eventBusName: args.bus.name,
      channels: args.channels,
      playback: args.playback,
      confirmationTimeoutSeconds: args.confirmationTimeoutSeconds,
    })
    .apply((settings) => JSON.stringify(streamLifecycleOrchestrator({ ...settings, eventSource })));

  return new aws.sfn.StateMachine(
    machineName,
    {
      type: "STANDARD",
      definition,
      roleArn: role.arn,
      loggingConfiguration: {
        // What happened, not with which data: ingest URLs may carry stream keys.
        level: "ALL",
        includeExecutionData: false,
        logDestination: pulumi.interpolate`${logGroup.arn}:*`,
      },
      tags: args.tags,
    },
    // CreateStateMachine checks that the role may write the log.
    { ...opts, dependsOn: [policy] },
  );
}
