import { isJsonObject, type Json } from "../json";
import { type Graph, resourcesOfType } from "../program/graph";
import type { Local } from "../testing";

/** What costs money, stands in somebody's way, or waits for somebody: each by a name of its own. */
export interface Snapshot {
  readonly [kind: string]: ReadonlySet<string>;
}

/** Takes note of everything that a stream may leave behind. */
export async function takeSnapshot(local: Local): Promise<Snapshot> {
  const { graph, services } = local.runtime;
  const channels = services.MediaLive.channels();
  const inState = (...states: string[]) =>
    new Set(channels.flatMap(({ id, state }) => (states.includes(state) ? [id] : [])));
  const playback = await local.playback.get(distributionId(graph));
  const queues = resourcesOfType(graph, "aws:sqs/queue:Queue");
  const letters = await Promise.all(queues.map(({ outputs }) => messages(local, String(outputs.url))));
  return {
    "channel running": inState("RUNNING", "RECOVERING"),
    "channel in transition": inState("STARTING", "STOPPING", "UPDATING"),
    "playback entry": new Set(playback.patterns),
    origin: new Set(playback.origins),
    lease: new Set(await leases(local)),
    "execution running": new Set(
      local.executions.all().flatMap(({ arn, status }) => (status === "RUNNING" ? [arn] : [])),
    ),
    "dead letter": new Set(letters.flat()),
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

function plural(count: number, kind: string): string {
  if (count === 1) return kind;
  const [noun = "", ...rest] = kind.split(" ");
  if (kind === "playback entry") return `${count} playback entries`;
  if (kind === "dead letter") return `${count} dead letters`;
  return [`${count} ${noun}s`, ...rest].join(" ");
}

/** The distribution that the program's policies name: the game day's program has one. */
export function distributionId(graph: Graph): string {
  const machine = resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine")[0];
  const definition = String(machine?.inputs.definition);
  const [, id = ""] = /"Id":\s*"(E[0-9A-Z]+)"/.exec(definition) ?? [];
  return id;
}

async function leases({ runtime: { graph, services } }: Local): Promise<string[]> {
  const tables = resourcesOfType(graph, "aws:dynamodb/table:Table");
  const table = tables.find(({ inputs }) => inputs.hashKey === "channelId");
  const { Items } = await services.DynamoDB.call("Scan", { TableName: String(table?.outputs.name) });
  return list(Items).map((item) => JSON.stringify(item));
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
