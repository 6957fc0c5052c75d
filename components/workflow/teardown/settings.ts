import type { CleanupState } from "../shared/cleanup-states";
import type { CleanupSettings, EventSettings } from "../shared/settings";

/** A state of `StreamTeardown`. */
export type TeardownState =
  | CleanupState
  | "FindAttempt"
  | "DecideTeardown"
  | "WaitForEnd"
  | "EndOverdueStream"
  | "AnnounceOverdueEnd"
  | "RecordOverdueEnd"
  | "NotifyOverdueEnd"
  | "ReadOrchestration"
  | "DecideOrchestration"
  | "WaitForOrchestration"
  | "ReadLease"
  | "DecideLease"
  | "BeginTeardown"
  | "DeleteLiveLimit"
  | "DecideTeardownEnd"
  | "ReturnLease"
  | "RecordTeardown"
  | "RecordIncompleteTeardown"
  | "NothingToTearDown"
  | "TeardownSucceeded"
  | "TeardownFailed";

/** What the definition of `StreamTeardown` is built for. */
export interface TeardownSettings extends EventSettings, CleanupSettings {
  readonly tableName: string;
  readonly onCallTopicArn: string;
  readonly scheduleGroupName: string;
}
