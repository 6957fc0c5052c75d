/** The states of a channel. A simulated one gets into those of creating, updating and deleting by `setState` alone. */
export type ChannelState =
  | "CREATING"
  | "CREATE_FAILED"
  | "IDLE"
  | "STARTING"
  | "RUNNING"
  | "RECOVERING"
  | "STOPPING"
  | "UPDATING"
  | "UPDATE_FAILED"
  | "DELETING"
  | "DELETED";

/** A channel that {@link MediaLive} simulates. */
export interface Channel {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly state: ChannelState;
  /** How many pipelines it has: 2 for a channel of the class STANDARD. */
  readonly pipelines: 1 | 2;
  /** How long the next start takes. */
  readonly startMilliseconds: number;
  /** How long the next stop takes. */
  readonly stopMilliseconds: number;
}
