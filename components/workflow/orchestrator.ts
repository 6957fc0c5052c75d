import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  streamLifecycleOrchestrator as contract,
  eventSource,
  streamLifecycleProgressed,
  streamProvisionRequested,
} from "../../contracts";
import type { CommonArgs } from "../common";
import type { StreamFunction } from "../functions/stream-function";
import type { LiveLimit } from "../guards/live-limit";
import type { Media } from "../media/media";
import { putEvents } from "../policy";
import { streamLifecycleOrchestrator } from "./orchestrator/stream-lifecycle-orchestrator";
import { createStateMachine } from "./state-machine";

export interface OrchestratorArgs extends CommonArgs {
  validate: StreamFunction;
  handleFailure: StreamFunction;
  attempts: aws.dynamodb.Table;
  leases: aws.dynamodb.Table;
  bus: aws.cloudwatch.EventBus;
  media: Media;
  liveLimit: LiveLimit;
  leadTimeMinutes: pulumi.Input<number> | undefined;
  includeIngestEndpoints: pulumi.Input<boolean>;
  /** Finds the evidence for READY, where READY needs any. */
  readiness: aws.sfn.StateMachine | undefined;
  requireRunning: boolean;
}

/** Makes the `StreamLifecycleOrchestrator`, with its role and its log group. */
export function createOrchestrator(name: string, args: OrchestratorArgs, opts: pulumi.CustomResourceOptions) {
  const { media, liveLimit } = args;
  const definition = pulumi
    .output({
      validateFunctionArn: args.validate.arn,
      handleFailureFunctionArn: args.handleFailure.arn,
      tableName: args.attempts.name,
      leaseTableName: args.leases.name,
      eventBusName: args.bus.name,
      playback: media.playback,
      leadTimeMinutes: args.leadTimeMinutes ?? null,
      inputs: media.channels.apply((channels) =>
        channels.flatMap(({ channelId, inputs = [] }) => inputs.map((input) => ({ ...input, channelId }))),
      ),
      includeIngestEndpoints: args.includeIngestEndpoints,
      liveLimit: liveLimit.settings,
      readinessStateMachineArn: args.readiness?.arn ?? null,
      requireRunning: args.requireRunning,
    })
    .apply((settings) => streamLifecycleOrchestrator({ ...settings, eventSource }));
  return createStateMachine(
    `${name}-${contract.name}`,
    {
      ...args,
      definition,
      statements: [
        // ValidateProvisionRequest, LeaseHeldChannel, HandleProvisionFailure
        { actions: ["lambda:InvokeFunction"], resources: [args.validate.arn, args.handleFailure.arn] },
        // PersistProvisionRequest; HoldUntilLeadTime, ClaimEncoderChannel, AwaitLifecycleConfirmation, CloseConfirmation,
        // RecordCompletion; ReadLifecycleStatus
        {
          actions: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:GetItem"],
          resources: [args.attempts.arn],
        },
        // ConfirmEncoderLease, ConfirmLease; the record of a start; the lock on the distribution, the place in it, and what is wanted of it;
        // ReadPlaybackPlaces, ReadPlaybackUpdates, ReadRemovalUpdates; ReadPlaybackRequest, ReadPlaybackRemoval
        {
          actions: [
            "dynamodb:UpdateItem",
            "dynamodb:DeleteItem",
            ...(media.update === "stream" ? ["dynamodb:Scan", "dynamodb:GetItem"] : []),
          ],
          resources: [args.leases.arn],
        },
        // EmitProvisionRequestedEvent, PublishHeldChannel, PublishInputs, PublishReadyNotification
        putEvents(args.bus, [streamProvisionRequested.detailType, streamLifecycleProgressed.detailType]),
        // ProvisionEncoderInfrastructure; StopEncoderChannel; the reads of a channel's state. A draining channel may be started too: by a
        // stream that leased it a moment before the deployment.
        {
          actions: ["medialive:StartChannel", "medialive:StopChannel", "medialive:DescribeChannel"],
          resources: media.channelArns,
        },
        // ReadInput; SetInputSources
        ...media.useInputs,
        // ConfigurePlaybackEndpoints, RemovePlaybackEntry, and the reads before them
        ...media.updateDistributions,
        // StartReadiness
        ...(args.readiness ? [{ actions: ["states:StartExecution"], resources: [args.readiness.arn] }] : []),
        // ScheduleLiveLimit
        ...liveLimit.createSchedules,
      ],
    },
    // A schedule that it makes uses the role at once.
    pulumi.mergeOptions(opts, { dependsOn: [liveLimit.policy] }),
  );
}
