import type { ViewerSettings } from "../../../contracts";
import type { EventSettings } from "../shared/settings";

/** A state of `StreamReadiness`. */
export type ReadinessState =
  | "CheckReadinessInput"
  | "ReadAttempt"
  | "DecideAttempt"
  | "ReadStartedChannel"
  | "DecideStartedChannel"
  | "AwaitChannelRunning"
  | "RecordRunning"
  | "ProbeManifest"
  | "DecideEvidence"
  | "ConfirmReady"
  | "ReportNotReady"
  | "WaitForEvidence"
  | "AttemptDecided";

/** How the evidence for READY is found. */
export interface ProbeSettings {
  readonly probeFunctionArn: string;
  readonly viewer: ViewerSettings;
  /** Seconds for which an attempt may be without evidence. */
  readonly timeoutSeconds: number;
}

/** What the definition of `StreamReadiness` is built for. */
export interface ReadinessSettings extends EventSettings {
  readonly tableName: string;
  /** Null where READY is confirmed by hand, and only has to wait for the channel. */
  readonly probe: ProbeSettings | null;
}
