import { isJsonObject, type Json, type JsonObject } from "../../local/json";
import { type Graph, resourcesOfType } from "../../local/record/graph";
import type { Local } from "../../testing";

/** What costs money, stands in somebody's way, or waits for somebody: each by a name of its own. */
export interface Snapshot {
  readonly [kind: string]: ReadonlySet<string>;
}

/** Takes note of everything that a stream may leave behind. */
export async function takeSnapshot(local: Local): Promise<Snapshot> {
  const { graph, services, alarms } = local.runtime;
  const channels = services.MediaLive.channels();
  const inState = (...states: string[]) =>
    new Set(channels.flatMap(({ id, state }) => (states.includes(state) ? [id] : [])));
  const playback = await local.playback.get(distributionId(graph));
  const queues = resourcesOfType(graph, "aws:sqs/queue:Queue");
  const letters = await Promise.all(queues.map(({ outputs }) => messages(local, String(outputs.url))));
  const leases = await itemsOf(local, "channelId");
  const attempts = await itemsOf(local, "streamId");
  const running = local.executions.all().filter(({ status }) => status === "RUNNING");
  const runningOf = (machine: string) =>
    new Set(running.flatMap(({ arn }) => (arn.includes(`-${machine}-`) ? [arn] : [])));
  return {
    "channel running": inState("RUNNING", "RECOVERING"),
    "channel in transition": inState("STARTING", "STOPPING", "UPDATING"),
    "playback entry": new Set(playback.patterns),
    origin: new Set(playback.origins),
    lease: namesOf(leases.filter((item) => isJsonObject(item.streamId))),
    "sweep lease": namesOf(leases.filter((item) => isJsonObject(item.purpose))),
    turn: namesOf(leases.filter((item) => isJsonObject(item.expiresAt))),
    schedule: await schedules(local),
    "execution running": runningOf("StreamLifecycleOrchestrator"),
    "teardown running": runningOf("StreamTeardown"),
    "sweep running": runningOf("StreamSweep"),
    "status not announced": namesOf(attempts.filter((item) => isJsonObject(item.unpublishedSince))),
    "dead letter": new Set(letters.flat()),
    "alarm on": new Set(
      Object.entries(alarms.states()).flatMap(([name, state]) => (state === "ALARM" ? [name] : [])),
    ),
  };
}

/** @returns in words what is there that was not there before, and what is gone that was. */
export function difference(before: Snapshot, after: Snapshot): string {
  const parts = Object.entries(after).flatMap(([kind, now]) => {
    const then = before[kind] ?? new Set<string>();
    const added = [...now].filter((name) => !then.has(name)).length;
    const gone = [...then].filter((name) => !now.has(name)).length;
    return [...(added > 0 ? [plural(added, kind)] : []), ...(gone > 0 ? [`${plural(gone, kind)} gone`] : [])];
  });
  return parts.join(", ") || "nothing";
}

/** Those that the plural of the first word does not make. */
const plurals: { readonly [kind: string]: string } = {
  "playback entry": "playback entries",
  "sweep lease": "sweep leases",
  "status not announced": "statuses not announced",
  "dead letter": "dead letters",
};

function plural(count: number, kind: string): string {
  if (count === 1) return kind;
  const [noun = "", ...rest] = kind.split(" ");
  return `${count} ${plurals[kind] ?? [`${noun}s`, ...rest].join(" ")}`;
}

/** The distribution that the program's policies name: the game day's program has one. */
export function distributionId(graph: Graph): string {
  const definitions = resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine").map(({ inputs }) =>
    String(inputs.definition),
  );
  const [, id = ""] = /"Id":\s*"(E[0-9A-Z]+)"/.exec(definitions.join("\n")) ?? [];
  return id;
}

/** Every item of the table with this partition key, each value with its type. */
async function itemsOf({ runtime: { graph, services } }: Local, hashKey: string): Promise<JsonObject[]> {
  const tables = resourcesOfType(graph, "aws:dynamodb/table:Table");
  const table = tables.find(({ inputs }) => inputs.hashKey === hashKey);
  const { Items } = await services.DynamoDB.call("Scan", { TableName: String(table?.outputs.name) });
  return list(Items).filter(isJsonObject);
}

/** The one-shot schedules. Those that the program declares have a period, and were there before. */
async function schedules({ runtime: { services } }: Local): Promise<ReadonlySet<string>> {
  const { Schedules } = await services.Scheduler.call("ListSchedules", {});
  return new Set(list(Schedules).map((schedule) => (isJsonObject(schedule) ? String(schedule.Arn) : "")));
}

function namesOf(items: readonly JsonObject[]): ReadonlySet<string> {
  return new Set(items.map((item) => JSON.stringify(item)));
}

/** The bodies in a queue, which stay in it. */
async function messages({ runtime: { services } }: Local, queueUrl: string): Promise<string[]> {
  const input = { QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
  const { Messages } = await services.SQS.call("ReceiveMessage", input);
  return list(Messages).map((message) => (isJsonObject(message) ? String(message.Body) : ""));
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
