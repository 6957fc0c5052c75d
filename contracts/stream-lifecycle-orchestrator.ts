import { createStreamWorkflowRequestSchema } from "./create-stream-workflow";
import { type JsonSchema, toJsonSchema } from "./json-schema";

/** One state of the workflow, as the specification lists it. */
export interface StateContract {
  readonly name: string;
  readonly type: "Task" | "Succeed" | "Fail";
  readonly description: string;
  /** The integration that gives the state its meaning. */
  readonly integration?: string;
  /** The integration that the deployed definition uses, where AWS has none by the name of `integration`. */
  readonly realizedBy?: string;
  /** The next state by outcome. */
  readonly transitions?: { readonly [outcome: string]: string };
  /** The events that the state emits, by name. */
  readonly emitsEvents?: readonly string[];
  readonly timeoutSeconds?: number;
}

/** A state of the deployed definition that AWS makes necessary and that serves a state of the contract. */
export interface SupportingState {
  readonly name: string;
  readonly type: "Task" | "Choice" | "Wait";
  /** The contract state of which it is a part. */
  readonly serves: string;
  readonly integration?: string;
  /** Why AWS makes it necessary. */
  readonly reason: string;
}

/** A state machine, as the specification describes it. */
export interface StateMachineContract {
  readonly name: string;
  readonly description: string;
  /** The JSON Schema of an execution's input. */
  readonly inputSchema: JsonSchema;
  /** The events that its states emit, by name. */
  readonly emitsEvents: readonly string[];
  readonly states: readonly StateContract[];
  readonly supportingStates: readonly SupportingState[];
}

const states = [
  {
    name: "ValidateProvisionRequest",
    type: "Task",
    description: "Validates required fields and normalizes metadata before the workflow progresses.",
    integration: "arn:aws:states:::lambda:invoke",
    transitions: { success: "PersistProvisionRequest", failure: "HandleProvisionFailure" },
  },
  {
    name: "PersistProvisionRequest",
    type: "Task",
    description: "Stores the request for auditability and to unblock operator dashboards.",
    integration: "arn:aws:states:::dynamodb:putItem",
    transitions: { success: "EmitProvisionRequestedEvent", failure: "HandleProvisionFailure" },
  },
  {
    name: "EmitProvisionRequestedEvent",
    type: "Task",
    description:
      "Publishes `StreamProvisionRequested` so ticketing and analytics systems can react immediately.",
    integration: "arn:aws:states:::events:putEvents",
    transitions: { success: "ProvisionEncoderInfrastructure", failure: "HandleProvisionFailure" },
    emitsEvents: ["StreamProvisionRequested"],
  },
  {
    name: "ProvisionEncoderInfrastructure",
    type: "Task",
    description: "Allocates encoder inputs and transport flows handled by the media control plane.",
    integration: "arn:aws:states:::aws-sdk:medialive:startChannel",
    transitions: { success: "ConfigurePlaybackEndpoints", failure: "HandleProvisionFailure" },
  },
  {
    name: "ConfigurePlaybackEndpoints",
    type: "Task",
    description: "Configures playback origins, entitlements, and CDN distribution updates.",
    integration: "arn:aws:states:::aws-sdk:cloudfront:updateDistribution",
    transitions: { success: "AwaitLifecycleConfirmation", failure: "HandleProvisionFailure" },
  },
  {
    name: "AwaitLifecycleConfirmation",
    type: "Task",
    description:
      "Waits up to 15 minutes for a `StreamLifecycleProgressed` event reporting READY or FAILED status.",
    integration: "arn:aws:states:::events:waitForEvent",
    realizedBy: "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken",
    transitions: {
      ready: "PublishReadyNotification",
      failed: "HandleProvisionFailure",
      timeout: "HandleProvisionFailure",
    },
    timeoutSeconds: 900,
  },
  {
    name: "PublishReadyNotification",
    type: "Task",
    description: "Emits `StreamLifecycleProgressed` (READY) to fan out to the portal and monitoring tools.",
    integration: "arn:aws:states:::events:putEvents",
    transitions: { success: "RecordCompletion", failure: "HandleProvisionFailure" },
    emitsEvents: ["StreamLifecycleProgressed"],
  },
  {
    name: "RecordCompletion",
    type: "Task",
    description: "Persists the READY timestamp and reconciles outstanding provisioning metadata.",
    integration: "arn:aws:states:::dynamodb:updateItem",
    transitions: { success: "WorkflowSucceeded", failure: "HandleProvisionFailure" },
  },
  {
    name: "HandleProvisionFailure",
    type: "Task",
    description: "Captures failure context, emits a FAILED lifecycle event, and notifies on-call operators.",
    integration: "arn:aws:states:::lambda:invoke",
    transitions: { success: "WorkflowFailed", failure: "WorkflowFailed" },
    emitsEvents: ["StreamLifecycleProgressed"],
  },
  {
    name: "WorkflowSucceeded",
    type: "Succeed",
    description: "Terminal success node once playback configuration is confirmed.",
  },
  {
    name: "WorkflowFailed",
    type: "Fail",
    description: "Terminal failure path reached for validation, provisioning, or confirmation issues.",
  },
] as const satisfies readonly StateContract[];

const supportingStates = [
  {
    name: "DecideStart",
    type: "Choice",
    serves: "ProvisionEncoderInfrastructure",
    reason: "A stream that is scheduled may be started only shortly before its time.",
  },
  {
    name: "HoldUntilLeadTime",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken",
    reason:
      "A Wait cannot be ended; a callback task ends at its timeout, which is the start, or when the stream is cancelled.",
  },
  {
    name: "LeaseHeldChannel",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::lambda:invoke",
    reason: "A stream that was held leases its channel when it starts: meanwhile others may use it.",
  },
  {
    name: "ReadPlaybackCapacity",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::aws-sdk:cloudfront:getDistributionConfig",
    reason:
      "CloudFront limits a distribution's behaviours, and would refuse the update after the channel has started.",
  },
  {
    name: "DecidePlaybackCapacity",
    type: "Choice",
    serves: "ProvisionEncoderInfrastructure",
    reason: "A stream for which the distribution has no place is refused before anything of it costs money.",
  },
  {
    name: "ReadChannelState",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::aws-sdk:medialive:describeChannel",
    reason:
      "Only a look before the start tells whether this attempt started the channel, and so may stop it.",
  },
  {
    name: "ClaimEncoderChannel",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason:
      "An execution that dies takes its variables with it: the item says whether there is a channel to stop.",
  },
  {
    name: "ReadConflictingChannel",
    type: "Task",
    serves: "ProvisionEncoderInfrastructure",
    integration: "arn:aws:states:::aws-sdk:medialive:describeChannel",
    reason:
      "startChannel answers with a conflict for every channel that is not idle; only its state tells which.",
  },
  {
    name: "DecideChannelState",
    type: "Choice",
    serves: "ProvisionEncoderInfrastructure",
    reason:
      "A leased channel that is starting or running is this attempt's; one that is stopping can be started soon.",
  },
  {
    name: "WaitForChannel",
    type: "Wait",
    serves: "ProvisionEncoderInfrastructure",
    reason: "A channel takes a minute or two to stop, and cannot be started meanwhile.",
  },
  {
    name: "AcquirePlaybackTurn",
    type: "Task",
    serves: "ConfigurePlaybackEndpoints",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason:
      "Writers who update a distribution at once fail all but one; in turns, each reads and updates once.",
  },
  {
    name: "DecidePlaybackTurn",
    type: "Choice",
    serves: "ConfigurePlaybackEndpoints",
    reason: "A turn that is not to be had after ten minutes is done without: the ETag keeps updates apart.",
  },
  {
    name: "ReadPlaybackConfiguration",
    type: "Task",
    serves: "ConfigurePlaybackEndpoints",
    integration: "arn:aws:states:::aws-sdk:cloudfront:getDistributionConfig",
    reason: "updateDistribution takes the whole configuration and its current ETag.",
  },
  {
    name: "DecidePlaybackOwner",
    type: "Choice",
    serves: "ConfigurePlaybackEndpoints",
    reason:
      "The distribution may hold a later attempt at the stream; the ETag makes the look and the update one.",
  },
  {
    name: "DecidePlaybackRetry",
    type: "Choice",
    serves: "ConfigurePlaybackEndpoints",
    reason: "A stale ETag goes back to the read, a bounded number of times.",
  },
  {
    name: "WaitForPlaybackTurn",
    type: "Wait",
    serves: "ConfigurePlaybackEndpoints",
    reason: "Writers that met on one distribution would meet again without a jittered wait.",
  },
  {
    name: "ReleasePlaybackTurn",
    type: "Task",
    serves: "ConfigurePlaybackEndpoints",
    integration: "arn:aws:states:::dynamodb:deleteItem",
    reason: "The next writer need not wait until the turn ends by itself.",
  },
  {
    name: "CloseConfirmation",
    type: "Task",
    serves: "AwaitLifecycleConfirmation",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason:
      "When the time is up, one conditional write decides between the timeout and a confirmation of the same moment.",
  },
  {
    name: "ReadLifecycleStatus",
    type: "Task",
    serves: "AwaitLifecycleConfirmation",
    integration: "arn:aws:states:::dynamodb:getItem",
    reason: "A failed condition tells that a confirmation is on the item, not which.",
  },
  {
    name: "DecideLifecycle",
    type: "Choice",
    serves: "AwaitLifecycleConfirmation",
    reason: "The status that was read says whether the stream is ready.",
  },
  {
    name: "ScheduleLiveLimit",
    type: "Task",
    serves: "RecordCompletion",
    integration: "arn:aws:states:::aws-sdk:scheduler:createSchedule",
    reason:
      "A stream that nobody ends is ended by a one-shot schedule, since a channel costs money by the hour.",
  },
  {
    name: "AcquireRemovalTurn",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason: "Who takes an entry out writes to the same distribution, in turn with those who put one in.",
  },
  {
    name: "DecideRemovalTurn",
    type: "Choice",
    serves: "HandleProvisionFailure",
    reason: "A turn that is not to be had after ten minutes is done without: the ETag keeps updates apart.",
  },
  {
    name: "ReadPlaybackEntry",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::aws-sdk:cloudfront:getDistributionConfig",
    reason:
      "Functions in a private network reach no CloudFront, so the workflow undoes what it did there itself.",
  },
  {
    name: "DecidePlaybackEntry",
    type: "Choice",
    serves: "HandleProvisionFailure",
    reason: "An update that never took effect needs no undoing.",
  },
  {
    name: "RemovePlaybackEntry",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::aws-sdk:cloudfront:updateDistribution",
    reason: "The attempt's origin and behaviour leave the distribution.",
  },
  {
    name: "WaitForRemovalTurn",
    type: "Wait",
    serves: "HandleProvisionFailure",
    reason: "Writers that met on one distribution would meet again without a jittered wait.",
  },
  {
    name: "ReleaseRemovalTurn",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::dynamodb:deleteItem",
    reason: "The next writer need not wait until the turn ends by itself.",
  },
  {
    name: "DecideChannelStop",
    type: "Choice",
    serves: "HandleProvisionFailure",
    reason: "A channel that was running before this attempt is not stopped by it.",
  },
  {
    name: "ConfirmLease",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::dynamodb:updateItem",
    reason:
      "An execution may be stopped, undone by others, and redriven: it stops no channel that it does not lease any more.",
  },
  {
    name: "StopEncoderChannel",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::aws-sdk:medialive:stopChannel",
    reason:
      "Functions in a private network reach no MediaLive, so the workflow stops what it started itself.",
  },
  {
    name: "ReadStoppingChannel",
    type: "Task",
    serves: "HandleProvisionFailure",
    integration: "arn:aws:states:::aws-sdk:medialive:describeChannel",
    reason:
      "stopChannel answers with a conflict for a channel that is idle, and for one that is still starting.",
  },
  {
    name: "DecideStopRetry",
    type: "Choice",
    serves: "HandleProvisionFailure",
    reason: "A channel that is still starting can be stopped once it runs.",
  },
  {
    name: "WaitForChannelStop",
    type: "Wait",
    serves: "HandleProvisionFailure",
    reason: "A channel takes a minute or two to start.",
  },
] as const satisfies readonly SupportingState[];

/** The workflow that takes a stream from requested to ready. */
export const streamLifecycleOrchestrator = {
  name: "StreamLifecycleOrchestrator",
  description: "Consumes the CreateStreamWorkflow payload and coordinates provisioning activities.",
  inputSchema: /* @__PURE__ */ toJsonSchema(createStreamWorkflowRequestSchema),
  emitsEvents: ["StreamProvisionRequested", "StreamLifecycleProgressed"],
  states,
  supportingStates,
} as const satisfies StateMachineContract;

/** The name of a state of the contract. */
export type ContractStateName = (typeof states)[number]["name"];
/** The name of a supporting state. */
export type SupportingStateName = (typeof supportingStates)[number]["name"];

/** Every state machine. */
export const stateMachines = [streamLifecycleOrchestrator] as const;
