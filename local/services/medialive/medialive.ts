import type { JsonObject } from "../../json";
import type { Clock } from "../../time/clock";
import { AwsError, type AwsService, unknownAction } from "../service";

/** The states a simulated channel can be in; AWS has more, for creating, updating and deleting. */
export type ChannelState = "IDLE" | "STARTING" | "RUNNING" | "RECOVERING" | "STOPPING" | "UPDATING";

/** A channel that {@link MediaLive} simulates. */
export interface Channel {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly state: ChannelState;
  /** How long the next start or stop takes, in milliseconds. */
  readonly transitionMilliseconds: number;
}

/** One run of a channel, from its start to its stop. */
export interface ChannelRun {
  /** When it began to run, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** How many runs were before it. */
  readonly earlierRuns: number;
}

/** What {@link MediaLive} needs. */
export interface MediaLiveOptions {
  clock: Clock;
  region: string;
  accountId: string;
  /** Called after each change of a channel's state. */
  onStateChange?: (channel: Channel) => void;
}

/** A real channel takes tens of seconds to start; a developer should not have to wait as long. */
const defaultTransitionMilliseconds = 2_000;

/** Simulated MediaLive: channels that start and stop on the clock and refuse what AWS refuses. */
export class MediaLive implements AwsService {
  readonly #channels = new Map<string, Channel>();
  /** Counts the changes of each channel: a transition that was overtaken by another change does not end it. */
  readonly #changes = new Map<string, number>();

  /** How often each channel ran, and since when it does. */
  readonly #runs = new Map<string, ChannelRun & { readonly isOver: boolean }>();

  constructor(private readonly options: MediaLiveOptions) {}

  /** Adds an idle channel; one with the same id is replaced. */
  addChannel(id: string, settings: { name?: string; transitionMilliseconds?: number } = {}): Channel {
    const { region, accountId } = this.options;
    const channel: Channel = {
      id,
      arn: `arn:aws:medialive:${region}:${accountId}:channel:${id}`,
      name: settings.name ?? `channel-${id}`,
      state: "IDLE",
      transitionMilliseconds: settings.transitionMilliseconds ?? defaultTransitionMilliseconds,
    };
    this.#store(channel);
    return channel;
  }

  /** @throws {AwsError} `NotFoundException`. */
  channel(id: string): Channel {
    const channel = this.#channels.get(id);
    if (channel === undefined) {
      throw new AwsError("NotFoundException", `Channel not found: ${id}`, 404);
    }
    return channel;
  }

  channels(): readonly Channel[] {
    return [...this.#channels.values()];
  }

  /** The run of a channel that is on air, which puts out content; undefined for any other. */
  runOf(id: string): ChannelRun | undefined {
    const run = this.#runs.get(id);
    return run && !run.isOver ? { startedAt: run.startedAt, earlierRuns: run.earlierRuns } : undefined;
  }

  /** Puts a channel into a state at once, as somebody else's action or a failure would. */
  setState(id: string, state: ChannelState): void {
    this.#store({ ...this.channel(id), state });
  }

  /** Sets how long the channel's next start or stop takes. */
  setTransitionMilliseconds(id: string, transitionMilliseconds: number): void {
    this.#channels.set(id, { ...this.channel(id), transitionMilliseconds });
  }

  async call(action: string, input: JsonObject): Promise<JsonObject> {
    switch (action) {
      case "StartChannel":
        return describe(this.#begin(channelId(input), "start", "IDLE", "STARTING", "RUNNING"));
      case "StopChannel":
        return describe(this.#begin(channelId(input), "stop", "RUNNING", "STOPPING", "IDLE"));
      case "DescribeChannel":
        return describe(this.channel(channelId(input)));
      case "ListChannels":
        return { Channels: this.channels().map(describe) };
      default:
        throw unknownAction("MediaLive", action);
    }
  }

  #begin(
    id: string,
    verb: string,
    required: ChannelState,
    meanwhile: ChannelState,
    final: ChannelState,
  ): Channel {
    const channel = this.channel(id);
    if (channel.state !== required) {
      throw new AwsError(
        "ConflictException",
        `Cannot ${verb} channel ${id}: it is in state ${channel.state}, and has to be ${required}.`,
        409,
      );
    }
    const started = this.#store({ ...channel, state: meanwhile });
    const change = this.#changes.get(id);
    const what = `the channel ${id}, which is ${meanwhile}`;
    void this.options.clock.wait(channel.transitionMilliseconds, undefined, what).then(() => {
      if (this.#changes.get(id) === change) this.setState(id, final);
    });
    return started;
  }

  #store(channel: Channel): Channel {
    this.#channels.set(channel.id, channel);
    this.#changes.set(channel.id, (this.#changes.get(channel.id) ?? 0) + 1);
    this.#noteRun(channel);
    this.options.onStateChange?.(channel);
    return channel;
  }

  #noteRun({ id, state }: Channel): void {
    const last = this.#runs.get(id);
    const isOnAir = state === "RUNNING" || state === "RECOVERING";
    if (!isOnAir) {
      if (last) this.#runs.set(id, { ...last, isOver: true });
    } else if (!last || last.isOver) {
      const earlierRuns = last ? last.earlierRuns + 1 : 0;
      this.#runs.set(id, { startedAt: this.options.clock.now(), earlierRuns, isOver: false });
    }
  }
}

function channelId(input: JsonObject): string {
  const id = input.ChannelId;
  if (typeof id === "string" && id !== "") return id;
  throw new AwsError("BadRequestException", "ChannelId is required.", 400);
}

function describe(channel: Channel): JsonObject {
  return {
    Arn: channel.arn,
    Id: channel.id,
    Name: channel.name,
    ChannelClass: "SINGLE_PIPELINE",
    State: channel.state,
    PipelinesRunningCount: channel.state === "RUNNING" || channel.state === "STOPPING" ? 1 : 0,
  };
}
