import type { UndoState } from "../shared/cleanup-states";
import type { EventSettings, UndoSettings } from "../shared/settings";

/** A state of `StreamTeardown`. */
export type TeardownState =
  | UndoState
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
export interface TeardownSettings extends EventSettings, UndoSettings {
  readonly tableName: string;
  readonly onCallTopicArn: string;
  readonly scheduleGroupName: string;
}
