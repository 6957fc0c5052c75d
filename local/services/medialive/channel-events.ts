import type { JsonObject } from "../../json";
import type { Channel, ChannelState } from "./channel";

/** An event of MediaLive on the account's default bus. */
export interface ChannelEvent {
  readonly detailType: string;
  readonly channelArn: string;
  readonly detail: JsonObject;
}

/** An alert of a channel that is set. */
export interface ChannelAlert {
  readonly id: string;
  /** AWS's wording, such as `Video Not Detected`. */
  readonly type: string;
  /** `0` or `1`. */
  readonly pipeline: string;
  readonly message: string;
}

/**
 * The event's state where it differs from the channel's: a channel that DescribeChannel says is IDLE is STOPPED in its event. Seen on AWS, and
 * reported publicly; the user guide lists IDLE.
 */
const eventStates: { readonly [state in ChannelState]?: string } = { IDLE: "STOPPED" };

/** The states that MediaLive tells of. */
const toldStates: readonly ChannelState[] = [
  ...(["IDLE", "STARTING", "RUNNING", "RECOVERING", "STOPPING", "DELETING", "DELETED"] as const),
];

/** @returns the event of a channel that has changed its state; undefined for a state that MediaLive tells nobody of. */
export function stateEvent({ arn, state }: Channel, pipelines: number): ChannelEvent | undefined {
  if (!toldStates.includes(state)) return undefined;
  const told = eventStates[state] ?? state;
  return {
    detailType: "MediaLive Channel State Change",
    channelArn: arn,
    detail: {
      channel_arn: arn,
      state: told,
      message: `The channel is ${told}.`,
      pipelines_running_count: pipelines,
    },
  };
}

/** Source: MediaLive user guide, "JSON for an alert event". */
export function alertEvent(
  channelArn: string,
  alarmState: "SET" | "CLEARED",
  { id, type, pipeline, message }: ChannelAlert,
): ChannelEvent {
  return {
    detailType: "MediaLive Channel Alert",
    channelArn,
    detail: {
      alarm_state: alarmState,
      alarm_id: id,
      alert_type: type,
      pipeline,
      channel_arn: channelArn,
      message,
    },
  };
}

/** A pipeline that has switched to another input. */
export function inputChangeEvent(channelArn: string, pipeline: string, input: string): ChannelEvent {
  return {
    detailType: "MediaLive Channel Input Change",
    channelArn,
    detail: {
      pipeline,
      channel_arn: channelArn,
      message: "Input switch event on pipeline",
      active_input_attachment_name: input,
      active_input_switch_action_name: "",
    },
  };
}
