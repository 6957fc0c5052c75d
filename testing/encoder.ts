import type { CallGate } from "../local/calls/calls";
import type { Channel, ChannelDelays, ChannelState, Input, MediaLive } from "../local/services";
import { failNext, type NextError } from "./next-error";
import type { WaitFor } from "./waiting";

/** The calls of MediaLive that the runtime serves. */
export type EncoderAction =
  | "StartChannel"
  | "StopChannel"
  | "DescribeChannel"
  | "ListChannels"
  | "DescribeInput"
  | "ListInputs"
  | "UpdateInput";

/** The alert of a channel that gets no video. */
const inputLost = "Video Not Detected";

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

  /** The inputs of a channel as they stand, with the sources that they have now. */
  inputs(channelId: string): readonly Input[] {
    return this.mediaLive.inputs().filter((input) => input.channelId === channelId);
  }

  /** @throws {AwsError} `NotFoundException` for an input that the program does not name. */
  input(inputId: string): Input {
    return this.mediaLive.input(inputId);
  }

  /** Attaches an input to another channel than its own, or to none, as somebody else would. */
  attachInput(inputId: string, channelId: string | undefined): void {
    this.mediaLive.attachInput(inputId, channelId);
  }

  /**
   * Has a channel that runs lose its pipelines: it is RECOVERING, and RUNNING again after a time.
   * @param milliseconds how long that takes. @default 30000
   * @throws {AwsError} `ConflictException` for a channel that does not run.
   */
  recover(channelId: string, milliseconds = 30_000): void {
    this.mediaLive.recover(channelId, milliseconds);
  }

  /** Puts a channel into a state at once, as somebody else's action or a failure would. */
  setState(channelId: string, state: ChannelState): void {
    this.mediaLive.setState(channelId, state);
  }

  /** Has a channel die at once, as one that MediaLive could not recover: it is IDLE, and the account's default bus is told. */
  crash(channelId: string): void {
    this.mediaLive.setState(channelId, "IDLE");
  }

  /**
   * Takes a channel's input away: MediaLive sets the alert `Video Not Detected`, and the channel runs on.
   * @param pipeline `0` or `1`. @default - each pipeline that the channel has
   */
  loseInput(channelId: string, pipeline?: "0" | "1"): void {
    const { pipelines } = this.get(channelId);
    const lost = pipeline === undefined ? ["0", "1"].slice(0, pipelines) : [pipeline];
    for (const one of lost) {
      this.setAlert(channelId, inputLost, {
        pipeline: one,
        message: "Video not detected: Check input signal",
      });
    }
  }

  /** Gives a channel its input back: MediaLive clears the alert. */
  restoreInput(channelId: string): void {
    this.clearAlert(channelId, inputLost);
  }

  /**
   * Sets an alert of a channel.
   * @param type AWS's wording, such as `Audio Not Detected`.
   */
  setAlert(channelId: string, type: string, { pipeline = "0", message = type } = {}): void {
    this.mediaLive.setAlert(channelId, { type, pipeline, message });
  }

  /** Clears the alert of a type, in each pipeline. */
  clearAlert(channelId: string, type: string): void {
    this.mediaLive.clearAlerts(channelId, type);
  }

  /** Switches a pipeline of a channel to another of its inputs, as automatic input failover does. */
  switchInput(channelId: string, input: string, pipeline: "0" | "1" = "0"): void {
    this.mediaLive.switchInput(channelId, input, pipeline);
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
