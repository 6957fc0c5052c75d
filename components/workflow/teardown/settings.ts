import type { Channel } from "../../../contracts/internal";
import type { CleanupState } from "../shared/cleanup-states";
import type { CleanupSettings, EventSettings } from "../shared/settings";

/** The states that read what started the execution. */
export type InputState = "CheckInput" | "InvalidInputIgnored";

/** The states that find out whether there is anything to tear down. */
export type FindState =
  | "FindAttempt"
  | "DecideTeardown"
  | "WaitForEnd"
  | "ReadOrchestration"
  | "DecideOrchestration"
  | "WaitForOrchestration"
  | "ReadLease"
  | "DecideLease";

/** The states that end a stream which was up for too long. */
export type OverdueState =
  | "EndOverdueStream"
  | "AnnounceOverdueEnd"
  | "RecordOverdueEnd"
  | "DecideOverdueNotice"
  | "NotifyOverdueEnd";

/** The states before and after the cleanup. */
export type EndState =
  | "BeginTeardown"
  | "DeleteLiveLimit"
  | "DecideTeardownEnd"
  | "ReturnLease"
  | "DecideTeardownResult"
  | "RecordTeardown"
  | "RecordIncompleteTeardown";

/** The states that keep a stream's playback entry and channel for a while after COMPLETE. */
export type GraceState = "DecideGrace" | "RecordGrace" | "WaitForGrace";

/** A state of `StreamTeardown`. */
export type TeardownState =
  | InputState
  | FindState
  | OverdueState
  | GraceState
  | CleanupState
  | EndState
  | "NothingToTearDown"
  | "TeardownSucceeded"
  | "TeardownFailed";

/** What the definition of `StreamTeardown` is built for. */
export interface TeardownSettings extends EventSettings, CleanupSettings {
  readonly tableName: string;
  readonly onCallTopicArn: string;
  readonly scheduleGroupName: string;
  /** The pool: the channels that this deployment may stop. */
  readonly channels: readonly Channel[];
  /** Minutes for which the playback entry and the channel stay after COMPLETE; 0 for none. */
  readonly graceMinutes: number;
  /** Hours that a stream may be up, the time after COMPLETE among them; 0 for any number. */
  readonly maxLiveHours: number;
}
