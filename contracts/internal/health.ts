import type { StreamHealth } from "../stream-health";

/** What MediaLive last said of one alert of one pipeline. A cleared one is kept: an event may be overtaken by an older one. */
export interface AlertRecord {
  type: string;
  pipeline: string;
  state: "SET" | "CLEARED";
  /** RFC 3339, in UTC: the event's. */
  at: string;
}

/** The one restart of a channel that stopped while its stream was up. */
export interface ChannelRestart {
  /** The ARN of the execution of StreamHealth that restarts it. */
  by: string;
  /** RFC 3339, in UTC. */
  at: string;
  /** RFC 3339, in UTC. When the channel ran again. */
  endedAt?: string;
}

/** How an attempt's channel is, as its item holds it. */
export interface Health {
  status: StreamHealth;
  /** RFC 3339, in UTC. Since when the status is not OK; absent when it is. */
  troubleSince?: string;
  /** RFC 3339, in UTC. Since when no pipeline gets any video. */
  noInputSince?: string;
  /** The channel's state in MediaLive's latest event, such as RUNNING or STOPPED; absent before the first one. */
  channelState?: string;
  /** RFC 3339, in UTC: that event's. */
  channelStateAt?: string;
  /** How many pipelines the channel has, as far as it was seen. */
  pipelines?: number;
  /** By the alert's id and its pipeline. */
  alerts: { readonly [key: string]: AlertRecord };
  /** The input attachment that each pipeline reads, where MediaLive told of a switch. */
  activeInputs?: { readonly [pipeline: string]: string };
  restart?: ChannelRestart;
}

/** What starts StreamHealth: a channel that may be down, or a trouble that may last. */
export type HealthInput =
  | { readonly kind: "loss"; readonly streamId: string; readonly attempt: number; readonly channelId: string }
  | {
      readonly kind: "alert" | "noInput";
      readonly streamId: string;
      readonly attempt: number;
      readonly channelId: string;
      /** The trouble's beginning, which stands on the item as long as it lasts. */
      readonly since: string;
      readonly minutes: number;
    };
