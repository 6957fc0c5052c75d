import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { eventSource, streamLifecycleProgressed } from "../../contracts";
import type { CommonArgs } from "../common";
import type { StreamFunction } from "../functions/stream-function";
import type { Media } from "../media/media";
import { putEvents } from "../policy";
import type { ProbeSettings } from "../workflow/readiness/settings";
import { streamReadiness } from "../workflow/readiness/stream-readiness";
import { createStateMachine } from "../workflow/state-machine";

export interface ReadinessGuardArgs extends CommonArgs {
  attempts: aws.dynamodb.Table;
  bus: aws.cloudwatch.EventBus;
  media: Media;
  /** The probe; undefined where READY is confirmed by hand. */
  probe: StreamFunction | undefined;
  timeoutSeconds: number;
}

/** `StreamReadiness`: finds the evidence that a stream is ready, or waits until its channel runs. */
export class Readiness extends pulumi.ComponentResource {
  readonly stateMachine: aws.sfn.StateMachine;
  readonly role: aws.iam.Role;

  constructor(name: string, args: ReadinessGuardArgs, opts: pulumi.ComponentResourceOptions) {
    super("stream-orchestration:index:Readiness", name, {}, opts);
    const { attempts, bus, media, probe } = args;
    const child = { parent: this };
    const definition = pulumi
      .output({
        tableName: attempts.name,
        eventBusName: bus.name,
        probe: probe ? probeSettings(probe, args) : null,
      })
      .apply((settings) => streamReadiness({ ...settings, eventSource }));
    const { stateMachine, role } = createStateMachine(
      name,
      {
        ...args,
        definition,
        statements: [
          // ReadAttempt; AwaitChannelRunning, RecordRunning
          { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], resources: [attempts.arn] },
          // ReadStartedChannel
          { actions: ["medialive:DescribeChannel"], resources: media.channelArns },
          ...(probe
            ? [
                // ProbeManifest
                { actions: ["lambda:InvokeFunction"], resources: [probe.arn] },
                // ConfirmReady, ReportNotReady
                putEvents(bus, streamLifecycleProgressed.detailType),
              ]
            : []),
        ],
      },
      child,
    );
    this.stateMachine = stateMachine;
    this.role = role;
    this.registerOutputs({ stateMachineArn: stateMachine.arn });
  }
}

/** The probe looks where viewers look. */
function probeSettings(
  probe: StreamFunction,
  { media, timeoutSeconds }: ReadinessGuardArgs,
): pulumi.Output<ProbeSettings> {
  return pulumi.output({
    probeFunctionArn: probe.arn,
    timeoutSeconds,
    viewer: media.viewer.apply((viewer) => {
      if (viewer) return viewer;
      throw new Error("readiness.mode automatic needs playback.domainName and playback.manifests.");
    }),
  });
}
