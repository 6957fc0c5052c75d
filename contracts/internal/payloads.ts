import type { StreamInput } from "../channel-inputs";
import type { CreateStreamWorkflowRequest } from "../create-stream-workflow";
import type { StreamStatus } from "../lifecycle";
import type { Requester } from "./attempts-table";
import type { AttemptSettings, Channel, ChannelInput } from "./deployment-settings";
import type { HealthInput } from "./health";

/**
 * The version of what state machines send to functions. An execution may run for a year, so that a definition of an earlier
 * deployment may invoke today's functions: these take this version and the one before. Members may be added, and none may change its
 * meaning within a version.
 *
 * Version 1 is that of definitions which state none. Its `channels` is the pool of the deployment with which the execution began.
 */
export const payloadVersion = 2;

/** The input of an execution of the StreamLifecycleOrchestrator that `POST /streams` starts. */
export interface OrchestratorInput extends CreateStreamWorkflowRequest {
  /** Who requested the stream, for its history. No part of the request: the same request of another caller is the same. */
  requestedBy?: Requester;
}

/** What every payload of a state machine has. */
export interface Payload {
  /** Missing in version 1. */
  readonly version?: 1 | typeof payloadVersion;
}

/** An execution, as `$states.context.Execution` names it. */
export interface Execution {
  /** The execution's ARN. */
  id: string;
  name: string;
  /** RFC 3339, in UTC. */
  startTime: string;
}

/** In which state the workflow failed, and why. */
export interface Failure {
  state: string;
  error: string;
  cause: string;
}

/** What ValidateProvisionRequest and LeaseHeldChannel send to `validate-provision-request`. */
export interface ValidateProvisionRequestEvent extends Payload {
  /** The execution's input: anything, where an operator started it by hand. */
  request: unknown;
  execution: Execution;
  /** In version 1 alone. */
  channels?: readonly Channel[];
  /** How long before its start time a stream gets a channel; null for at once. */
  leadTimeMinutes: number | null;
  /** Whether the workflow has waited for the scheduled start: the second invocation, which gives the channel. */
  held: boolean;
  /** Whether the definition sets the sources of pull inputs. Missing in definitions of earlier releases. */
  setsInputs?: true;
}

/** An input of the attempt's channel, and what it is to ingest. */
export interface PlannedInput extends Omit<StreamInput, "destinations" | "type"> {
  type: ChannelInput["type"];
  /**
   * What a pull input gets, as UpdateInput names it: the endpoint's `url`, and its `backupUrl` if it has one. Empty for a push input. They may
   * hold stream keys.
   */
  sources: readonly (
    | { readonly Url: string }
    | { readonly SrtListenerAddress: string; readonly SrtListenerPort: string; readonly StreamId?: string }
  )[];
}

/** What `validate-provision-request` returns, and the workflow goes on with as `$provision`. */
export interface Provision {
  request: CreateStreamWorkflowRequest;
  /** `request` as JSON: by this text a retry of `POST /streams` is recognized. */
  requestText: string;
  attempt: number;
  /** Null until a scheduled start. */
  channel: {
    channelId: string;
    /** Null where the channel plays through the distribution's default origin. */
    originDomainName: string | null;
    originPath: string;
    /** Present where the channel may be up by a late start of an earlier attempt, so that this attempt is to stop it. */
    startedHere?: true;
  } | null;
  /** The inputs of the channel, in the order of the request's endpoints. Missing where the channel's inputs are not known. */
  inputs?: readonly PlannedInput[];
  /** RFC 3339, in UTC: when a scheduled stream gets a channel; null where it has one. */
  heldUntil: string | null;
  /** Null until a scheduled start, and for a definition that sends version 1, which has settings of its own. */
  settings: AttemptSettings | null;
}

/** What HandleProvisionFailure sends to `handle-provision-failure`. */
export interface HandleProvisionFailureEvent extends Payload {
  /** The execution's input: anything. */
  request: unknown;
  execution: Execution;
  failure: Failure;
  /** What ValidateProvisionRequest returned, as far as it matters here; null where it failed itself. */
  provision: {
    request: Pick<Provision["request"], "streamId">;
    attempt: number;
    channel: Provision["channel"];
  } | null;
  /** What the workflow's cleanup could not do, in sentences. */
  leftovers: string[];
  /** What no later cleanup will do either, in sentences; the leases go back all the same. Missing in older definitions. */
  abandoned?: string[];
}

/** What `handle-provision-failure` returns: how a failure was handled. */
export interface FailureSummary {
  /** Null where the request names no valid stream. */
  streamId: string | null;
  attempt: number | null;
  /** The attempt's status now; `NONE` where it has no item of its own. */
  status: StreamStatus | "NONE";
  /** Whether StreamLifecycleProgressed FAILED was emitted. */
  announced: boolean;
  done: string[];
}

/** The output with which `resume-orchestration` ends the wait for the confirmation. */
export interface Confirmation {
  /** COMPLETE for a stream that was READY, and was ended before its workflow took note of that. */
  status: "READY" | "COMPLETE";
}

/** What StreamHealth sends to `act-on-health`. */
export interface ActOnHealthEvent extends Payload {
  /** The execution of StreamHealth. */
  execution: Execution;
  input: HealthInput;
  /** `lost`: the channel is down. `restarted`: it runs again. `restart failed`: it does not. `lasts`: the time of a trouble is over. */
  news: "lost" | "restarted" | "restart failed" | "lasts";
  /** The channel's state, or why its restart failed. */
  detail: string;
}

/** What `act-on-health` returns: what StreamHealth does next. */
export interface HealthAction {
  /** `WAIT`: the stream is not up yet, so that it is looked at again. */
  next: "NOTHING" | "RESTART" | "WAIT";
}

/** What ProbeManifest sends to `probe-manifest`. */
export interface ProbeManifestEvent extends Payload {
  /** The manifests of a stream: each has to list a segment. */
  manifests: readonly { readonly name: string; readonly format: "HLS" | "DASH"; readonly url: string }[];
  /** What the probe before saw, by the manifest's name; null for the first probe. */
  marks: { readonly [name: string]: string } | null;
}

/** What `probe-manifest` returns. */
export interface ProbeResult {
  /** Whether each manifest lists a segment, and is not an old one. */
  ready: boolean;
  /** What was seen, in a sentence for each manifest. */
  evidence: string;
  /** For the next probe. */
  marks: { readonly [name: string]: string };
}

/** What SendWebhook sends to `send-webhook`. */
export interface SendWebhookEvent extends Payload {
  /** A `StreamNotification`; anything, where an operator started StreamWebhooks by hand. */
  readonly notification: unknown;
}

/** The part of a `Step Functions Execution Status Change` event that `recover-execution` reads. */
export interface ExecutionStatusChange {
  executionArn: string;
  name: string;
  status: string;
  /** Milliseconds since the Unix epoch. */
  startDate: number;
  /** Null where it is too large for an event. */
  input?: string | null;
  error?: string | null;
  cause?: string | null;
}

/**
 * What starts StreamTeardown: the sweep, the recovery or the live limit. The rule of the bus starts it with
 * `{ event: { streamId, attempt } }`, where `attempt` is text, empty for an event without one.
 */
export interface TeardownInput {
  streamId: string;
  /** The latest one where it is missing. */
  attempt?: number;
  /** The channel, where the attempt's item does not name it yet. */
  channelId?: string;
  /** Ends a stream that is READY or LIVE first. */
  overdue?: boolean;
  /** The stream ends at its `endTime`, which is nothing to tell on-call. */
  planned?: boolean;
  reason?: string;
}

/** What SweepStreams sends to `sweep-streams`. */
export interface SweepStreamsEvent extends Payload {
  /** The execution of StreamSweep. */
  execution: Execution;
  /** The pool. */
  channels: readonly Channel[];
}

/** What a recovery did, counted. */
export interface Recovery {
  /** Attempts marked FAILED. */
  recovered: number;
  /** Events that went out. */
  republished: number;
  /** Teardowns started. */
  tornDown: number;
  /** Leases given back. */
  returned: number;
}

/** An attempt that viewers play, with what its playback entry is made of: as far as they go, the members of `Provision`. */
export interface PlayingAttempt {
  request: Pick<Provision["request"], "streamId">;
  attempt: number;
  /** Null where the pool has lost the attempt's channel, and with it the domain of the origin. */
  channel: Provision["channel"];
  /** The id of its origin; null where the lease does not say, as in earlier releases. */
  originId: string | null;
  /** The distribution that has the entry, which an earlier deployment may have named; null where the lease does not say. */
  distributionId: string | null;
}

/** A channel that no attempt has leased, for the workflow to look at. */
export interface FreeChannel {
  channelId: string;
  /** RFC 3339, in UTC. When an attempt that was cleaned up meanwhile was about to start the channel; null where none was. */
  startedAt: string | null;
  /** Whether that start would have taken effect by now. */
  startIsSettled: boolean;
}

/** An attempt that was cleaned up, and whose playback entry may have come into the distribution since, for the workflow to remove it. */
export interface LateEntry {
  distributionId: string;
  originId: string;
  /** RFC 3339, in UTC. When the cleanup found no entry. */
  cleanedAt: string;
  /** Whether an update of that attempt would have taken effect by now. */
  isSettled: boolean;
}

/** What `sweep-streams` returns. */
export interface SweepSummary extends Recovery {
  /** The channels that no attempt has leased. An attempt may have leased one by the time that the workflow looks at it. */
  freeChannels: FreeChannel[];
  /** Always empty. An earlier definition of StreamSweep stops these channels without a lease of its own. */
  unowned: [];
  /** The attempts whose streams are READY or LIVE, and which have to be in the distribution. */
  playing: PlayingAttempt[];
  /** The playback entries that may have come into a distribution after their attempts were cleaned up. Nearly always none. */
  lateEntries: LateEntry[];
  /** What could not be done, and why, in one line; null where all was. */
  problem: string | null;
}

/** The errors by which a function ends a state, and which Retry, Catch or another function tells apart. */
export type WorkflowErrorName =
  /** The payload has a version that the function does not take. */
  | "PayloadVersionUnknown"
  /** The request breaks a rule of the contract. */
  | "ProvisionRequestInvalid"
  /** Another attempt at the stream has not ended. */
  | "StreamAlreadyActive"
  /** A scheduled start is not wanted any more. */
  | "StreamCancelled"
  /** An input is not the channel's, or of another type than the deployment says. */
  | "InputMismatch"
  /** Every channel is leased to a stream. */
  | "NoChannelAvailable"
  /** Every channel is leased, and one of them will be given back soon. */
  | "ChannelReleasePending"
  /** The confirmation said FAILED. */
  | "ConfirmationFailed"
  /** A webhook refused a notification, and would refuse it again. */
  | "WebhookRefused";

/** @returns the name, checked. */
export function workflowError<Name extends WorkflowErrorName>(name: Name): Name {
  return name;
}
