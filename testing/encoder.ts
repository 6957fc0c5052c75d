import type { CallGate } from "../local/calls/calls";
import type { Channel, ChannelDelays, ChannelState, MediaLive } from "../local/services";
import { failNext, type NextError } from "./next-error";
import type { WaitFor } from "./waiting";

/** The calls of MediaLive that the runtime serves. */
export type EncoderAction = "StartChannel" | "StopChannel" | "DescribeChannel" | "ListChannels";

/** The simulated MediaLive channels: those that the program's policies name. */
export class LocalEncoder {
  constructor(
    private readonly mediaLive: MediaLive,
    private readonly gate: CallGate,
    private readonly waitUntil: WaitFor,
  ) {}

  /** Every channel, as it stands. */
  all(): readonly Channel[] {
    return this.mediaLive.channels();
  }

  /** @throws {AwsError} `NotFoundException` for a channel that the program does not name. */
  get(channelId: string): Channel {
    return this.mediaLive.channel(channelId);
  }

  /** Puts a channel into a state at once, as somebody else's action or a failure would. */
  setState(channelId: string, state: ChannelState): void {
    this.mediaLive.setState(channelId, state);
  }

  /** Sets how long a channel's next starts and stops take, in milliseconds. It is 2000 at first. */
  setDelay(channelId: string, milliseconds: number): void {
    this.setDelays(channelId, { startMilliseconds: milliseconds, stopMilliseconds: milliseconds });
  }

  /** Sets how long a channel's next starts take, or its next stops, or both. One that is under way keeps its time. */
  setDelays(channelId: string, delays: Partial<ChannelDelays>): void {
    this.mediaLive.setDelays(channelId, delays);
  }

  /**
   * Answers the next calls of an action with an error; they take no effect.
   * @param times how many calls. @default 1
   */
  failNext(action: EncoderAction, error: NextError, times = 1): void {
    failNext(this.gate, "MediaLive", action, error, times);
  }

  /**
   * Resolves once a channel is in a state.
   * @throws {WaitError} when nothing more can happen before time passes: a channel starts and stops on the clock.
   */
  waitForState(channelId: string, state: ChannelState): Promise<Channel> {
    return this.waitUntil({
      what: `the channel '${channelId}' to be ${state}`,
      find: () => {
        const channel = this.get(channelId);
        return channel.state === state ? channel : undefined;
      },
      happened: () => [`the channel is ${this.get(channelId).state}`],
    });
  }
}
