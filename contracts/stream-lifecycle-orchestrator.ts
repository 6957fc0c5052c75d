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

/** A state machine, as the specification describes it. */
export interface StateMachineContract {
  readonly name: string;
  readonly description: string;
  /** The JSON Schema of an execution's input. */
  readonly inputSchema: JsonSchema;
  /** The events that its states emit, by name. */
  readonly emitsEvents: readonly string[];
  readonly states: readonly StateContract[];
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

/** The workflow that takes a stream from requested to ready. */
export const streamLifecycleOrchestrator = {
  name: "StreamLifecycleOrchestrator",
  description: "Consumes the CreateStreamWorkflow payload and coordinates provisioning activities.",
  inputSchema: /* @__PURE__ */ toJsonSchema(createStreamWorkflowRequestSchema),
  emitsEvents: ["StreamProvisionRequested", "StreamLifecycleProgressed"],
  states,
} as const satisfies StateMachineContract;

/** The name of a state of the contract. */
export type ContractStateName = (typeof states)[number]["name"];

/**
 * The state machines of the specification. A deployment has two more, StreamTeardown and StreamSweep: guards of this
 * implementation, on which no client may rely.
 */
export const stateMachines = [streamLifecycleOrchestrator] as const;
