import type { ContractStateName, SupportingStateName } from "../../contracts";
import type { State } from "./asl";
import type { PlaybackSettings } from "./playback-configuration";

/** A state of the deployed definition. */
export type OrchestratorState = ContractStateName | SupportingStateName;

/** Some of the states, by name. */
export type States = { readonly [name in OrchestratorState]?: State<OrchestratorState> };

/** One MediaLive channel of the pool. */
export interface ChannelSettings {
  readonly channelId: string;
  readonly originDomainName?: string;
  readonly originPath?: string;
}

/** What a definition is built for: the resources that its states name. */
export interface OrchestratorSettings {
  readonly validateFunctionArn: string;
  readonly handleFailureFunctionArn: string;
  readonly tableName: string;
  readonly eventBusName: string;
  readonly eventSource: string;
  readonly channels: readonly ChannelSettings[];
  readonly playback: PlaybackSettings;
  /** How long AwaitLifecycleConfirmation waits. */
  readonly confirmationTimeoutSeconds: number;
}
