import { isJsonObject, type Json, type JsonObject } from "../local/json";
import { type Graph, resourcesOfType } from "../local/record/graph";

/** How the sweep of a component looks after what a previous run has left. */
export interface ComponentSweep {
  /** The ids of the channels that it looks at. */
  readonly pool: readonly string[];
  /** Whether workflows put playback entries into a distribution, unlike with `playback.update: "none"`. */
  readonly updatesPlayback: boolean;
  /** Whether `health.onChannelLost` is `"restart"`. */
  readonly restartsChannels: boolean;
  /** How long a stream may be up after it was ready; 0 for ever. */
  readonly maxLiveHours: number;
  /**
   * When the first sweep after a moment is, in milliseconds since the Unix epoch; undefined where its schedule is no rate of minutes.
   *
   * @param after the moment. @default - the start
   */
  readonly next: (after?: number) => number | undefined;
}

/**
 * Reads it from a recorded program.
 *
 * @param component the name that the program gives its StreamOrchestration.
 * @param tableName the physical name of its table of attempts.
 * @param startedAt when the runtime started, in milliseconds since the Unix epoch: the sweep's schedule counts from there.
 */
export function sweepOfComponent(
  graph: Graph,
  component: string,
  tableName: string,
  startedAt: number,
): ComponentSweep {
  const inputsOf = (type: string, suffix: string) =>
    resourcesOfType(graph, type).find(({ name }) => name === `${component}${suffix}`)?.inputs ?? {};
  const { definition } = inputsOf("aws:sfn/stateMachine:StateMachine", "-StreamSweep");
  const states = memberOf(typeof definition === "string" ? (JSON.parse(definition) as Json) : {}, "States");
  const variables = resourcesOfType(graph, "aws:lambda/function:Function")
    .map(({ inputs }) => memberOf(memberOf(inputs, "environment"), "variables"))
    .filter(({ TABLE_NAME }) => TABLE_NAME === tableName);
  const { scheduleExpression } = inputsOf("aws:scheduler/schedule:Schedule", "-StreamSweep-schedule");
  return {
    pool: poolOf(states),
    updatesPlayback: "DecidePlaybackCheck" in states,
    restartsChannels: variables.some(({ ON_CHANNEL_LOST }) => ON_CHANNEL_LOST === "restart"),
    maxLiveHours: Number(variables.find((each) => "MAX_LIVE_HOURS" in each)?.MAX_LIVE_HOURS ?? 0),
    next: sweepTimes(String(scheduleExpression), startedAt),
  };
}

function poolOf(states: JsonObject): string[] {
  const payload = memberOf(memberOf(memberOf(states, "SweepStreams"), "Arguments"), "Payload");
  return Array.isArray(payload.channels)
    ? payload.channels.map((channel) => String(isJsonObject(channel) ? channel.channelId : channel))
    : [];
}

/** The sweep runs one period after the start for the first time. */
function sweepTimes(scheduleExpression: string, startedAt: number): ComponentSweep["next"] {
  const minutes = Number(/^rate\((\d+) minutes?\)$/.exec(scheduleExpression)?.[1]);
  if (!(minutes > 0)) return () => undefined;
  const period = minutes * 60_000;
  return (after = startedAt) => startedAt + Math.max(Math.ceil((after - startedAt) / period), 1) * period;
}

function memberOf(value: Json | undefined, name: string): JsonObject {
  const member = isJsonObject(value) ? value[name] : undefined;
  return isJsonObject(member) ? member : {};
}
