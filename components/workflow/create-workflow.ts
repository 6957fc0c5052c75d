import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { CommonArgs } from "../common";
import type { CreateFunction } from "../functions/create-function";
import { functions, type WorkflowFunctionName, type WorkflowResources } from "../functions/functions";
import type { StreamFunction } from "../functions/stream-function";
import { createLiveLimit } from "../guards/live-limit";
import type { Media } from "../media/media";
import { createOrchestrator } from "./orchestrator";

export interface WorkflowArgs extends CommonArgs, WorkflowResources {
  createFunction: CreateFunction;
  media: Media;
  scheduleGroup: aws.scheduler.ScheduleGroup;
  /** The ARN pattern of every schedule of a group. */
  schedulesArn: (groupName: pulumi.Output<string>) => pulumi.Output<string>;
  maxLiveHours: pulumi.Input<number>;
  leadTimeMinutes: pulumi.Input<number> | undefined;
  includeIngestEndpoints: pulumi.Input<boolean>;
  readiness: aws.sfn.StateMachine | undefined;
  requireRunning: boolean;
}

export interface Workflow {
  readonly orchestrator: aws.sfn.StateMachine;
  readonly role: aws.iam.Role;
  /** The function of HandleProvisionFailure. */
  readonly handleFailure: StreamFunction;
}

/** Makes the `StreamLifecycleOrchestrator`, the functions that it invokes, and the schedules that it makes. */
export function createWorkflow(
  name: string,
  args: WorkflowArgs,
  opts: pulumi.ComponentResourceOptions,
): Workflow {
  const { bus, deadLetters } = args.events;
  const createFunction = (handler: WorkflowFunctionName) =>
    args.createFunction(handler, functions[handler](args));
  const handleFailure = createFunction("handle-provision-failure");
  const validate = createFunction("validate-provision-request");
  const liveLimit = createLiveLimit(name, { ...args, deadLetters }, opts);
  const { stateMachine, role } = createOrchestrator(
    name,
    { ...args, validate, handleFailure, bus, liveLimit },
    opts,
  );
  return { orchestrator: stateMachine, role, handleFailure };
}
