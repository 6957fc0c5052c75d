import type { ContractStateName } from "../../../contracts";
import type { Channel, ChannelInput, Provision, SupportingStateName } from "../../../contracts/internal";
import type { State } from "./asl";
import type { PlaybackSettings } from "./playback-settings";

/** A state of the deployed definition. */
export type OrchestratorState = ContractStateName | SupportingStateName;

/** Some of the states, by name. */
export type States = { readonly [name in OrchestratorState]?: State<OrchestratorState> };

/** The bus, and our source on it. */
export interface EventSettings {
  readonly eventBusName: string;
  readonly eventSource: string;
}

/** The part of `$provision` that the cleanup of an attempt reads. */
export interface CleanupProvision {
  readonly request: Pick<Provision["request"], "streamId">;
  readonly attempt: Provision["attempt"];
  readonly channel: { readonly channelId: string | null };
}

/** What the states name that clean up after an attempt. */
export interface CleanupSettings {
  readonly leaseTableName: string;
  readonly playback: PlaybackSettings;
}

/** What ends a stream that was up for too long: a one-shot schedule that starts the teardown. */
export interface LiveLimitSettings {
  /** Hours that a stream may be READY or LIVE; 0 for any number. */
  readonly maxLiveHours: number;
  readonly teardownStateMachineArn: string;
  readonly scheduleGroupName: string;
  /** The role with which EventBridge Scheduler starts the teardown. */
  readonly scheduleRoleArn: string;
  /** The queue that gets what the schedule could not start. */
  readonly deadLetterArn: string;
  /** The customer's key for the schedules; null for AWS's own. */
  readonly encryptionKeyArn: string | null;
}

/** What the definition of the `StreamLifecycleOrchestrator` is built for: the resources that its states name. */
export interface OrchestratorSettings extends EventSettings, CleanupSettings {
  readonly validateFunctionArn: string;
  readonly handleFailureFunctionArn: string;
  readonly tableName: string;
  /** Minutes before `startTime` at which a stream's channel starts; null for at once. */
  readonly leadTimeMinutes: number | null;
  /** The inputs of the pool's channels, as far as they are known. No more than a comment: an attempt learns its inputs with its channel. */
  readonly inputs: readonly (ChannelInput & Pick<Channel, "channelId">)[];
  /** Whether StreamProvisionRequested lists the ingest endpoints, whose URLs may hold stream keys. */
  readonly includeIngestEndpoints: boolean;
  readonly liveLimit: LiveLimitSettings;
  /** Finds the evidence for READY, or waits for the channel; null where READY needs neither. */
  readonly readinessStateMachineArn: string | null;
  /** Whether READY has to wait until the channel runs. */
  readonly requireRunning: boolean;
}
