import { readFileSync } from "node:fs";
import { escapeControls, escapeControlsInLines } from "../../contracts";
import { isJsonObject, type Json, type JsonObject } from "../../local/json";
import { resourcesOfType } from "../../local/record/graph";
import { type Runtime, startRuntime } from "../../local/runtime";
import { type Command, readOptions, UsageError } from "../cli";
import { packagedFile } from "../package-root";
import { programOptions, programUsage, readProgram } from "../program";
import { StateList } from "../state-list";
import { WorkflowWatch } from "../workflow-watch";

const usage = `Usage: stream-orchestration demo [FILE] [options]
In a clone: npm run demo -- [FILE] [options]

Provisions one stream in a local runtime of its own, and shows each state as the workflow enters and leaves it.

  FILE                 the body of a POST /streams (default: the package's examples/spring-launch.json)
  --confirm END        how the stream is confirmed: ready, failed or none (default ready)
  --timeout-seconds N  sets the configuration key confirmationTimeoutSeconds, from which the program reads how long the
                       workflow waits for a confirmation
${programUsage(20)}`;

const confirmations = ["ready", "failed", "none"] as const;
type Confirmation = (typeof confirmations)[number];

export const demo: Command = async (args) => {
  const { file, confirmation, timeoutSeconds, ...options } = readDemoOptions(args);
  const body = readBody(file);
  const { program, stack, config, surroundings } = readProgram(options);

  const events: JsonObject[] = [];
  const list = new StateList(process.stdout);
  const workflow = new WorkflowWatch(list);
  const runtime = await startRuntime({
    ...{ program, stack },
    ...surroundings,
    port: 0,
    awsPort: 0,
    // It calls its own runtime, and shows the workflow.
    auth: "off",
    config: {
      ...config,
      ...(timeoutSeconds !== undefined && { confirmationTimeoutSeconds: timeoutSeconds }),
    },
    listener: {
      onHistoryEvent: (arn, event) => {
        // Sweeps and tear-downs have executions too.
        if (/:execution:[^:]*StreamLifecycleOrchestrator[^:]*:/.test(arn)) workflow.take(event);
      },
      onBusEvent: (bus, event) => {
        if (bus !== "default") events.push(event);
      },
    },
  });
  try {
    print(`POST ${runtime.apiUrl}/streams`);
    const accepted = await send(runtime, "POST", body);
    if (accepted.status !== 202) return refuse(accepted);
    const { streamId } = accepted.body as { streamId: string };
    print(`  202 ${JSON.stringify(accepted.body)}\n`);

    if (confirmation !== "none") {
      await Promise.race([workflow.waiting, workflow.ended]);
      if (!workflow.end) await confirm(runtime, streamId, confirmation);
    }
    const end = await workflow.ended;
    list.stop();
    // What subscribers see arrives after the workflow's last state.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const item = await readItem(runtime, streamId);
    printResult(runtime, item, events);
    const status = confirmation === "ready" ? "READY" : "FAILED";
    const execution = confirmation === "ready" ? "SUCCEEDED" : "FAILED";
    const asAsked = end === execution && item.status === status;
    print(
      asAsked
        ? `\nThe workflow ${end} and the stream is ${status}, as asked.`
        : `\nThe workflow ${end} and the stream is ${String(item.status)}; ${execution} and ${status} were asked for.`,
    );
    return asAsked ? 0 : 1;
  } finally {
    list.stop();
    await runtime.stop();
  }
};

function readDemoOptions(args: string[]) {
  const { values, positionals } = readOptions(
    args,
    {
      ...programOptions,
      confirm: { type: "string", default: "ready" },
      "timeout-seconds": { type: "string" },
    },
    usage,
  );
  const confirmation = confirmations.find((known) => known === values.confirm);
  if (!confirmation) {
    throw new UsageError(
      `--confirm must be one of ${confirmations.join(", ")}, received '${values.confirm}'.\n\n${usage}`,
    );
  }
  if (positionals.length > 1)
    throw new UsageError(`One FILE at a time, received ${positionals.length}.\n\n${usage}`);
  const timeoutSeconds = values["timeout-seconds"];
  if (timeoutSeconds !== undefined && !/^[1-9]\d*$/.test(timeoutSeconds)) {
    throw new UsageError(
      `--timeout-seconds must be a whole number of seconds, 1 or more, received '${timeoutSeconds}'.\n\n${usage}`,
    );
  }
  return {
    file: positionals[0] ?? packagedFile("examples", "spring-launch.json"),
    confirmation,
    timeoutSeconds,
    program: values.program,
    stack: values.stack,
  };
}

function readBody(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`The request ${file} cannot be read: ${(error as Error).message}`);
  }
}

interface Answer {
  readonly status: number;
  readonly body: Json;
}

async function send({ apiUrl }: Runtime, method: string, body: string): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${apiUrl}/streams`, { method, headers, body });
  return { status: response.status, body: (await response.json()) as Json };
}

/** A request that the API refuses: its issues, one a line. */
function refuse({ status, body }: Answer): number {
  const { message, issues } = (isJsonObject(body) ? body : {}) as { message?: string; issues?: string[] };
  process.stderr.write(`  ${status} ${escapeControls(message ?? "")}\n`);
  for (const issue of issues ?? []) process.stderr.write(`${escapeControls(issue)}\n`);
  return 1;
}

async function confirm(runtime: Runtime, streamId: string, confirmation: Confirmation): Promise<void> {
  const status = confirmation.toUpperCase();
  const reason = status === "FAILED" ? { reason: "The picture is black." } : {};
  const answer = await send(runtime, "PUT", JSON.stringify({ streamId, status, ...reason }));
  if (answer.status !== 200)
    throw new Error(`PUT /streams answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}

async function readItem({ graph, services }: Runtime, streamId: string): Promise<JsonObject> {
  const tables = resourcesOfType(graph, "aws:dynamodb/table:Table");
  const table = tables.find(({ inputs }) => inputs.rangeKey === "attempt");
  const { Items } = await services.DynamoDB.call("Query", {
    TableName: String(table?.outputs.name),
    KeyConditionExpression: "streamId = :id",
    ExpressionAttributeValues: { ":id": { S: streamId } },
    ScanIndexForward: false,
    Limit: 1,
    ConsistentRead: true,
  });
  const [item] = Array.isArray(Items) ? Items : [];
  return isJsonObject(item) ? (fromAttributes({ M: item }) as JsonObject) : {};
}

/** Reads a DynamoDB attribute value. */
function fromAttributes(value: JsonObject): Json {
  if (isJsonObject(value.M)) {
    return Object.fromEntries(
      Object.entries(value.M).map(([name, member]) => [name, fromAttributes(member as JsonObject)]),
    );
  }
  if (Array.isArray(value.L)) return value.L.map((member) => fromAttributes(member as JsonObject));
  if (value.N !== undefined) return Number(value.N);
  return value.S ?? value.BOOL ?? null;
}

function printResult({ services }: Runtime, item: JsonObject, events: readonly JsonObject[]): void {
  print("\nThe stream's item:");
  print(indent(JSON.stringify(item, null, 2)));
  print("\nWhat subscribers saw:");
  for (const event of events) print(`  ${String(event["detail-type"])}  ${JSON.stringify(event.detail)}`);
  const channels = services.MediaLive.channels().map(({ id, state }) => `${id} ${state}`);
  print(`\nEncoder channels: ${channels.join(", ")}`);
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}

function print(lines: string): void {
  process.stdout.write(`${escapeControlsInLines(lines)}\n`);
}
