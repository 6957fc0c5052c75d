// What an execution costs in processor time, beside another implementation of Step Functions: MiniStack, a Python package. It is optional, and no part of
// the product. Both are servers that are called over HTTP, and run the same definitions with the same inputs. The processor time comes from Linux's /proc.
//
//   python3 -m venv FOLDER && FOLDER/bin/pip install ministack==1.5.33
//   npx tsx bench/other-implementation.ts --ministack FOLDER/bin/ministack
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import type { JsonObject } from "../local/json";
import { comparedDefinitions, tableName } from "./compared-definitions";
import { named, type RecordedProvisioning, recordProvisioning, streamIdOf } from "./recorded-provisioning";
import { median, type Row, table, writeSection } from "./row";

const rounds = 5;
const executionsPerRound = 40;
const warmUps = 60;
/** How many behaviours of other people the distribution of the recorded stream has. */
const behaviors = 10;
/** The recorded answers of the other implementation are for one name each. */
const recordedNames = 1 + warmUps + rounds * executionsPerRound;

interface Comparison {
  readonly what: string;
  readonly machine: string;
  /** The names of its states, without those of branches and items. */
  readonly states: readonly string[];
  /** @returns name and input of the execution with a number. */
  readonly execution: (index: number) => { readonly name: string; readonly input: string };
}

/** A server, and how its executions are started. */
interface Implementation {
  readonly name: string;
  readonly process: ChildProcess;
  readonly clientOf: (machine: string) => SFNClient;
  readonly machineArn: (machine: string, executionName: string) => string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { ministack: { type: "string", default: "ministack" } } });
  const recorded = withPassAtTheEnd(await recordProvisioning(behaviors, true));
  const folder = mkdtempSync(join(tmpdir(), "other-implementation-"));
  const started: Implementation[] = [];
  try {
    started.push(await startOurs(recorded, folder));
    started.push(await startMiniStack(values.ministack, recorded, folder));
    const [ours, other] = started as [Implementation, Implementation];
    const rows: Row[] = [];
    for (const comparison of comparisonsOf(recorded)) {
      rows.push(await compare(comparison, ours, other));
    }
    console.log(table(rows));
    writeSection("other", rows);
  } finally {
    for (const { process: child } of started) child.kill();
    rmSync(folder, { recursive: true });
  }
}

/** MiniStack 1.5 leaves out the Output of a Succeed state: a Pass that ends the execution has the same one on both sides. */
function withPassAtTheEnd(recorded: RecordedProvisioning): RecordedProvisioning {
  const definition = JSON.parse(recorded.definition) as { States: { [name: string]: JsonObject } };
  const { WorkflowSucceeded: last } = definition.States;
  if (last?.Type !== "Succeed") throw new Error("The orchestrator does not end in WorkflowSucceeded.");
  Object.assign(last, { Type: "Pass", End: true });
  return { ...recorded, definition: JSON.stringify(definition) };
}

function comparisonsOf(recorded: RecordedProvisioning): Comparison[] {
  return [
    {
      what: "the orchestrator until READY, with recorded answers",
      machine: recorded.machineName,
      states: recorded.path,
      execution: (index) => ({
        name: `${streamIdOf(index)}_1`,
        input: named(recorded.input, streamIdOf(index)),
      }),
    },
    ...comparedDefinitions.map(({ name, what, definition, input }) => ({
      what,
      machine: name,
      states: Object.keys(definition.States as JsonObject),
      execution: (index: number) => ({ name: `${name}-${index}`, input: JSON.stringify(input) }),
    })),
  ];
}

async function compare(comparison: Comparison, ours: Implementation, other: Implementation): Promise<Row> {
  const both = [ours, other] as const;
  let index = 0;
  const seen = await observe(ours, comparison, index);
  const seenByOther = await observe(other, comparison, index);
  const at = seen.findIndex((line, place) => line !== seenByOther[place]);
  if (at >= 0 || seen.length !== seenByOther.length) {
    throw new Error(`They differ in ${comparison.machine}:\n${seen.at(at)}\n${seenByOther.at(at)}`);
  }
  // A look at an execution that still runs costs time as well: there is none before it usually has ended.
  const pauses = new Map<Implementation, number>();
  for (const one of both) {
    const times: number[] = [];
    for (let count = 1; count <= warmUps; count += 1)
      times.push(await run(one, comparison, index + count, 5));
    pauses.set(one, 1.5 * median(times.slice(warmUps / 2)) + 5);
  }
  index += warmUps + 1;
  const measured = new Map<Implementation, number[]>(both.map((one) => [one, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const one of both) {
      const before = processorMs(one.process);
      for (let count = 0; count < executionsPerRound; count += 1) {
        await run(one, comparison, index + count, pauses.get(one) ?? 0);
      }
      measured.get(one)?.push((processorMs(one.process) - before) / executionsPerRound);
    }
    index += executionsPerRound;
  }
  const [figure = 0, peer = 0] = both.map((one) => median(measured.get(one) ?? []));
  return {
    what: `${comparison.what}: ms of CPU for an execution`,
    figure,
    peer: { name: other.name, figure: peer },
    // Ten times less.
    target: 0.1,
  };
}

/** Runs one execution. @returns the milliseconds until a look has found its end. */
async function run(one: Implementation, { machine, execution }: Comparison, index: number, pause: number) {
  const { name, input } = execution(index);
  const client = one.clientOf(machine);
  const began = performance.now();
  const { executionArn } = await client.send(
    new StartExecutionCommand({ stateMachineArn: one.machineArn(machine, name), name, input }),
  );
  for (;;) {
    await sleep(pause);
    const { status, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (status === "SUCCEEDED") return performance.now() - began;
    if (status !== "RUNNING") throw new Error(`${one.name}: ${name} is ${status}: ${error}: ${cause}`);
  }
}

/** Runs one execution. @returns what each of its states was given, and what it came to. */
async function observe(one: Implementation, comparison: Comparison, index: number): Promise<string[]> {
  await run(one, comparison, index, 20);
  const client = one.clientOf(comparison.machine);
  const { name } = comparison.execution(index);
  const executionArn = `${machineArn(comparison.machine).replace(":stateMachine:", ":execution:")}:${name}`;
  const seen: string[] = [];
  for await (const { events = [] } of paginateGetExecutionHistory({ client }, { executionArn })) {
    for (const { stateEnteredEventDetails: entered } of events) {
      // MiniStack 1.5 keeps no history of branches and items.
      if (entered?.name === undefined || !comparison.states.includes(entered.name)) continue;
      seen.push(`${entered.name} ${canonical(entered.input ?? "null")}`);
    }
  }
  const { output = "" } = await client.send(new DescribeExecutionCommand({ executionArn }));
  return [...seen, canonical(output)];
}

/** @returns JSON with the members of its objects in order, without times. */
function canonical(text: string): string {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : value !== null && typeof value === "object"
        ? Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, member]) => [key, sorted(member)]),
          )
        : value;
  return JSON.stringify(sorted(JSON.parse(text))).replace(
    /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g,
    "(time)",
  );
}

async function startOurs(recorded: RecordedProvisioning, folder: string): Promise<Implementation> {
  const file = join(folder, "recorded.json");
  writeFileSync(file, JSON.stringify({ ...recorded, answers: Object.fromEntries(recorded.answers) }));
  const child = spawn(process.execPath, ["-r", "tsx/cjs", join(__dirname, "compared-runtime.ts"), file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const { recordedUrl, awsUrl } = JSON.parse(line.toString()) as { recordedUrl: string; awsUrl: string };
  const [forRecorded, forOthers] = [recordedUrl, awsUrl].map((url) => clientAt(url));
  return {
    name: "the local runtime",
    process: child,
    clientOf: (machine) => (machine === recorded.machineName ? forRecorded : forOthers) as SFNClient,
    machineArn: (machine) => machineArn(machine),
  };
}

async function startMiniStack(
  command: string,
  recorded: RecordedProvisioning,
  folder: string,
): Promise<Implementation> {
  const file = join(folder, "answers.json");
  writeFileSync(file, JSON.stringify(miniStackAnswers(recorded)));
  const port = await freePort();
  const child = spawn(command, [], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      ...{ GATEWAY_PORT: String(port), BIND_HOST: "127.0.0.1", LOG_LEVEL: "ERROR" },
      ...{ SFN_MOCK_CONFIG: file, SFN_WAIT_SCALE: "0" },
    },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const version = await versionAt(endpoint, child);
  const client = clientAt(endpoint);
  const machines = [
    ...comparedDefinitions.map(({ name, definition }) => ({ name, definition: JSON.stringify(definition) })),
    { name: recorded.machineName, definition: recorded.definition },
  ];
  for (const machine of machines) await client.send(new CreateStateMachineCommand({ ...machine, roleArn }));
  const dynamoDb = new DynamoDBClient({ endpoint, ...identity });
  await dynamoDb.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    }),
  );
  return {
    name: `MiniStack ${version}`,
    process: child,
    clientOf: () => client,
    machineArn: (machine, name) =>
      machine === recorded.machineName ? `${machineArn(machine)}#${name}` : machineArn(machine),
  };
}

/** The recorded answers in the form of Step Functions Local's mocks, which MiniStack takes: a test case for each stream. */
function miniStackAnswers({ machineName, answers }: RecordedProvisioning): unknown {
  const streamIds = Array.from({ length: recordedNames }, (_, index) => streamIdOf(index));
  const responseOf = (state: string, streamId: string) => `${state}-${streamId}`;
  const states = [...answers.keys()];
  return {
    StateMachines: {
      [machineName]: {
        TestCases: Object.fromEntries(
          streamIds.map((streamId) => [
            `${streamId}_1`,
            Object.fromEntries(states.map((state) => [state, responseOf(state, streamId)])),
          ]),
        ),
      },
    },
    MockedResponses: Object.fromEntries(
      streamIds.flatMap((streamId) =>
        // Of a call with a token, the last answer is what the token got.
        [...answers].map(([state, texts]) => [
          responseOf(state, streamId),
          { 0: { Return: JSON.parse(named(texts.at(-1) ?? "null", streamId)) as unknown } },
        ]),
      ),
    ),
  };
}

const identity = {
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
};
const roleArn = "arn:aws:iam::000000000000:role/compared";

const clientAt = (endpoint: string) => new SFNClient({ endpoint, ...identity });

const machineArn = (machine: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:${machine}`;

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** @returns MiniStack's version, once it answers. */
async function versionAt(endpoint: string, child: ChildProcess): Promise<string> {
  let failure: Error | undefined;
  child.once("error", (error) => {
    failure = error;
  });
  for (;;) {
    // TypeScript does not see that the listener assigns it.
    if (failure) throw failure;
    if (child.exitCode !== null) throw new Error(`MiniStack ended with ${child.exitCode}.`);
    const response = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined);
    if (response?.ok) return ((await response.json()) as { version: string }).version;
    await sleep(200);
  }
}

/** @returns the milliseconds of processor time that a process has taken, in all its threads. Linux counts hundredths of a second. */
function processorMs({ pid }: ChildProcess): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
