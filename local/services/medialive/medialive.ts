import { createHash } from "node:crypto";
import type { JsonObject } from "../../json";
import type { Clock } from "../../time/clock";
import { AwsError, type AwsService, unknownAction } from "../service";
import type { Channel, ChannelState } from "./channel";
import {
  alertEvent,
  type ChannelAlert,
  type ChannelEvent,
  inputChangeEvent,
  stateEvent,
} from "./channel-events";
import { describeInput, type Input, type InputSettings, newInput, updatedInput } from "./input";

export type { Channel, ChannelState } from "./channel";
export type { Input, InputSettings } from "./input";

/** One run of a channel, from its start to its stop. */
export interface ChannelRun {
  /** When it began to run, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** How many runs were before it. */
  readonly earlierRuns: number;
}

/** How long a channel takes to start and to stop. */
export type ChannelDelays = Pick<Channel, "startMilliseconds" | "stopMilliseconds">;

/** What {@link MediaLive} needs. */
export interface MediaLiveOptions {
  clock: Clock;
  region: string;
  accountId: string;
  /** Called after each change of a channel's state. */
  onStateChange?: (channel: Channel) => void;
  /** Receives what MediaLive tells the account's default bus. @default - nobody does */
  onEvent?: (event: ChannelEvent) => void;
}

/** A real channel takes minutes to start; a developer should not have to wait as long. */
const defaultDelays: ChannelDelays = { startMilliseconds: 2_000, stopMilliseconds: 2_000 };

/** Simulated MediaLive: channels that start and stop on the clock and refuse what AWS refuses. */
export class MediaLive implements AwsService {
  readonly #channels = new Map<string, Channel>();
  /** Counts the changes of each channel: a transition that was overtaken by another change does not end it. */
  readonly #changes = new Map<string, number>();

  /** The alerts of each channel that are set, by their id and pipeline. */
  readonly #alerts = new Map<string, Map<string, ChannelAlert>>();

  /** How often each channel ran, and since when it does. */
  readonly #runs = new Map<string, ChannelRun & { readonly isOver: boolean }>();

  readonly #inputs = new Map<string, Input>();

  constructor(private readonly options: MediaLiveOptions) {}

  /** Adds an idle channel; one with the same id is replaced. */
  addChannel(
    id: string,
    settings: { name?: string; pipelines?: 1 | 2 } & Partial<ChannelDelays> = {},
  ): Channel {
    const { region, accountId } = this.options;
    const channel: Channel = {
      ...defaultDelays,
      ...settings,
      id,
      arn: `arn:aws:medialive:${region}:${accountId}:channel:${id}`,
      name: settings.name ?? `channel-${id}`,
      pipelines: settings.pipelines ?? 1,
      state: "IDLE",
    };
    this.#keep(channel);
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

  /** Adds an input; one with the same id is replaced. What it has to have and nobody says is made up. */
  addInput(id: string, type: string, settings: InputSettings = {}): Input {
    const { region, accountId } = this.options;
    const input = newInput(id, `arn:aws:medialive:${region}:${accountId}:input:${id}`, type, settings);
    this.#inputs.set(id, input);
    return input;
  }

  /** @throws {AwsError} `NotFoundException`. */
  input(id: string): Input {
    const input = this.#inputs.get(id);
    if (input === undefined) throw new AwsError("NotFoundException", `Input not found: ${id}`, 404);
    return input;
  }

  inputs(): readonly Input[] {
    return [...this.#inputs.values()];
  }

  /** Attaches an input to a channel, or detaches it. */
  attachInput(id: string, channelId: string | undefined): void {
    this.#inputs.set(id, { ...this.input(id), channelId });
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

  /**
   * Has a channel that runs lose its pipelines, and start them again by itself, as MediaLive does.
   * @param milliseconds how long that takes.
   * @throws {AwsError} `ConflictException` for a channel that does not run.
   */
  recover(id: string, milliseconds: number): void {
    this.#begin(this.#require(id, "RUNNING", "recover"), "RECOVERING", "RUNNING", milliseconds);
  }

  /** Sets how long the channel's next starts and stops take. One that is under way keeps its time. */
  setDelays(id: string, delays: Partial<ChannelDelays>): void {
    this.#channels.set(id, { ...this.channel(id), ...delays });
  }

  /** The alerts of a channel that are set. */
  alerts(id: string): readonly ChannelAlert[] {
    return [...(this.#alerts.get(id)?.values() ?? [])];
  }

  /** Sets an alert of a channel. One that is set already is not told of again. */
  setAlert(id: string, alert: Omit<ChannelAlert, "id">): ChannelAlert {
    const { arn } = this.channel(id);
    const set = { ...alert, id: createHash("sha1").update(`${id} ${alert.type}`).digest("hex") };
    const alerts = this.#alerts.get(id) ?? new Map<string, ChannelAlert>();
    const key = `${set.id} ${set.pipeline}`;
    if (!alerts.has(key)) this.options.onEvent?.(alertEvent(arn, "SET", set));
    this.#alerts.set(id, alerts.set(key, set));
    return set;
  }

  /** Clears the alerts of a channel that have a type, or all of them. */
  clearAlerts(id: string, type?: string): void {
    const { arn } = this.channel(id);
    for (const [key, alert] of this.#alerts.get(id) ?? []) {
      if (type !== undefined && alert.type !== type) continue;
      this.#alerts.get(id)?.delete(key);
      this.options.onEvent?.(alertEvent(arn, "CLEARED", alert));
    }
  }

  /** Switches a pipeline of a channel to another of its inputs. */
  switchInput(id: string, input: string, pipeline = "0"): void {
    this.options.onEvent?.(inputChangeEvent(this.channel(id).arn, pipeline, input));
  }

  async call(action: string, input: JsonObject): Promise<JsonObject> {
    switch (action) {
      case "StartChannel":
        return describe(this.#start(channelId(input)));
      case "StopChannel":
        return describe(this.#stop(channelId(input)));
      case "DescribeChannel":
        return describe(this.channel(channelId(input)));
      case "ListChannels":
        return { Channels: this.channels().map(describe) };
      case "DescribeInput":
        return describeInput(this.input(inputId(input)));
      case "ListInputs":
        return { Inputs: this.inputs().map(describeInput) };
      case "UpdateInput":
        return { Input: describeInput(this.#updateInput(inputId(input), input)) };
      default:
        throw unknownAction("MediaLive", action);
    }
  }

  #start(id: string): Channel {
    const channel = this.#require(id, "IDLE", "start");
    return this.#begin(channel, "STARTING", "RUNNING", channel.startMilliseconds);
  }

  #stop(id: string): Channel {
    const channel = this.#require(id, "RUNNING", "stop");
    return this.#begin(channel, "STOPPING", "IDLE", channel.stopMilliseconds);
  }

  /** An input of a channel is edited only while that is idle: https://docs.aws.amazon.com/medialive/latest/ug/edit-input.html */
  #updateInput(id: string, request: JsonObject): Input {
    const input = this.input(id);
    if (input.channelId !== undefined) this.#require(input.channelId, "IDLE", `update input ${id} of`);
    const updated = updatedInput(input, request);
    this.#inputs.set(id, updated);
    return updated;
  }

  #require(id: string, required: ChannelState, verb: string): Channel {
    const channel = this.channel(id);
    if (channel.state === required) return channel;
    throw new AwsError(
      "ConflictException",
      `Cannot ${verb} channel ${id}: it is in state ${channel.state}, and has to be ${required}.`,
      409,
    );
  }

  #begin(channel: Channel, meanwhile: ChannelState, final: ChannelState, milliseconds: number): Channel {
    const { id } = channel;
    const started = this.#store({ ...channel, state: meanwhile });
    const change = this.#changes.get(id);
    const what = `the channel ${id}, which is ${meanwhile}`;
    void this.options.clock.wait(milliseconds, undefined, what).then(() => {
      if (this.#changes.get(id) === change) this.setState(id, final);
    });
    return started;
  }

  #store(channel: Channel): Channel {
    this.#keep(channel);
    // A channel that encodes nothing has no alerts.
    if (!isOnAir(channel)) this.#alerts.delete(channel.id);
    const event = stateEvent(channel, runningPipelines(channel));
    if (event) this.options.onEvent?.(event);
    return channel;
  }

  #keep(channel: Channel): void {
    this.#channels.set(channel.id, channel);
    this.#changes.set(channel.id, (this.#changes.get(channel.id) ?? 0) + 1);
    this.#noteRun(channel);
    this.options.onStateChange?.(channel);
  }

  #noteRun(channel: Channel): void {
    const { id } = channel;
    const last = this.#runs.get(id);
    if (!isOnAir(channel)) {
      if (last) this.#runs.set(id, { ...last, isOver: true });
    } else if (!last || last.isOver) {
      const earlierRuns = last ? last.earlierRuns + 1 : 0;
      this.#runs.set(id, { startedAt: this.options.clock.now(), earlierRuns, isOver: false });
    }
  }
}

function isOnAir({ state }: Channel): boolean {
  return state === "RUNNING" || state === "RECOVERING";
}

/** A channel that stops counts its pipelines until it has. */
function runningPipelines({ state, pipelines }: Channel): number {
  return state === "RUNNING" || state === "STOPPING" ? pipelines : 0;
}

function channelId(input: JsonObject): string {
  const id = input.ChannelId;
  if (typeof id === "string" && id !== "") return id;
  throw new AwsError("BadRequestException", "ChannelId is required.", 400);
}

function inputId(input: JsonObject): string {
  const id = input.InputId;
  if (typeof id === "string" && id !== "") return id;
  throw new AwsError("BadRequestException", "InputId is required.", 400);
}

function describe(channel: Channel): JsonObject {
  return {
    Arn: channel.arn,
    Id: channel.id,
    Name: channel.name,
    ChannelClass: channel.pipelines === 2 ? "STANDARD" : "SINGLE_PIPELINE",
    State: channel.state,
    PipelinesRunningCount: runningPipelines(channel),
  };
}
