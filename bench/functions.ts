// What a cold start of each function costs, beside an empty handler's, and a warm call of AWS beside the SDK's.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { deflateRawSync } from "node:zlib";
import * as sdk from "@aws-sdk/client-dynamodb";
import { build } from "esbuild";
import * as own from "../handlers/shared/aws/dynamodb";
import { median, type Row } from "./row";

const root = resolve(__dirname, "..");
const rounds = 25;
const functionNames = readdirSync(join(root, "dist", "lambda"));
const bundleOf = (name: string) => join(root, "dist", "lambda", name, "index.js");

/** Loads a handler in a process of its own, and invokes it; tells the microseconds of processor time. */
const child = `
const [file, event] = process.argv.slice(1);
const before = process.cpuUsage();
const { handler } = require(file);
const load = process.cpuUsage(before);
const done = event ? handler(JSON.parse(event), {}) : undefined;
Promise.resolve(done).then((answer) => {
  const all = process.cpuUsage();
  process.stderr.write(JSON.stringify({ load: load.user + load.system, all: all.user + all.system, status: answer && answer.statusCode }));
  process.exit(0);
});`;

interface Usage {
  readonly load: number;
  readonly all: number;
  readonly status?: number;
}

const request = {
  streamId: "spring-launch",
  title: "Spring launch",
  startTime: "2027-03-20T18:00:00Z",
  ingestEndpoints: [{ protocol: "rtmps", url: "rtmps://ingest.example.com/live" }],
};
const post = {
  version: "2.0",
  routeKey: "POST /streams",
  headers: { "content-type": "application/json" },
  requestContext: { http: { method: "POST", path: "/streams" } },
  body: JSON.stringify(request),
  isBase64Encoded: false,
};

/** A handler as the functions once were: with the SDK's clients, bundled and made at load. */
const handlerWithSdk = `
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SFNClient } from "@aws-sdk/client-sfn";
const clients = [new DynamoDBClient({}), new EventBridgeClient({}), new SFNClient({})];
export const handler = async () => ({ statusCode: 200, body: String(clients.length) });`;

/**
 * @param node the Node.js that runs the functions, and its name.
 * @param loadTarget how much a load may take beside the whole process of an empty handler.
 */
export async function measureColdStarts(node: string, name: string, loadTarget: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "cold-starts-"));
  const [empty, withSdk] = [join(folder, "empty.js"), join(folder, "with-sdk.js")];
  writeFileSync(empty, "exports.handler = async () => ({ statusCode: 200, body: '{}' });");
  await build({
    stdin: { contents: handlerWithSdk, resolveDir: root },
    outfile: withSdk,
    ...{ bundle: true, minify: true, format: "cjs", platform: "node", target: "node20" },
    mainFields: ["module", "main"],
  });
  const aws = await startStub();
  try {
    const run = (file: string, event?: object) => measure(node, file, aws.url, event);
    const loads = new Map(functionNames.map((each) => [each, [] as number[]]));
    const emptyLoads: number[] = [];
    const sdkLoads: number[] = [];
    const firstPosts: number[] = [];
    const firstEvents: number[] = [];
    // Side by side in each round, so that what else the machine does hits all alike.
    for (let round = 0; round < rounds; round += 1) {
      emptyLoads.push(run(empty).load);
      sdkLoads.push(run(withSdk).load);
      for (const each of functionNames) loads.get(each)?.push(run(bundleOf(each)).load);
      firstEvents.push(run(empty, post).all);
      const first = run(bundleOf("create-stream-workflow"), post);
      if (first.status !== 202) throw new Error(`POST /streams answered ${first.status}.`);
      firstPosts.push(first.all);
    }
    const milliseconds = (values: readonly number[]) => median(values) / 1000;
    const overEmpty = (values: readonly number[]) => milliseconds(values) - milliseconds(emptyLoads);
    const peer = { name: "process of an empty handler", figure: milliseconds(firstEvents) };
    return [
      {
        what: `${name}: load of the AWS SDK's clients over an empty handler's, ms of CPU`,
        figure: overEmpty(sdkLoads),
        peer,
      },
      ...[...loads].map(
        ([each, values]): Row => ({
          what: `${name}: load of \`${each}\` over an empty handler's, ms of CPU`,
          figure: overEmpty(values),
          peer,
          target: loadTarget,
        }),
      ),
      {
        what: `${name}: process with the first valid POST, ms of CPU`,
        figure: milliseconds(firstPosts),
        peer,
        target: 2,
      },
    ];
  } finally {
    aws.stop();
    rmSync(folder, { recursive: true });
  }
}

function measure(node: string, file: string, endpoint: string, event?: object): Usage {
  const env = {
    TABLE_NAME: "attempts",
    STATE_MACHINE_ARN: "arn:aws:states:eu-west-1:123456789012:stateMachine:streams",
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL: endpoint,
  };
  const args = ["-e", child, "--", file, ...(event ? [JSON.stringify(event)] : [])];
  const { stdout, stderr } = spawnSync(node, args, { env, encoding: "utf8" });
  const found = /\{"load".*\}$/.exec(stderr)?.[0];
  if (!found) throw new Error(`The function ended without a figure: ${stdout}${stderr}`);
  return JSON.parse(found) as Usage;
}

/** Answers each call of an API of AWS at once, from a process of its own, whose time does not count. */
async function startStub(): Promise<{ readonly url: string; stop(): void }> {
  const script = `
    const answer = JSON.stringify({
      Items: [], executionArn: "arn:aws:states:eu-west-1:123456789012:execution:streams:spring-launch_1",
      startDate: 1770000000, Item: { id: { S: "1" } },
    });
    const server = require("node:http").createServer((request, response) => {
      request.resume().on("end", () => response.end(answer));
    });
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;
  const stub = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = (await once(stub.stdout, "data")) as [Buffer];
  return { url: `http://127.0.0.1:${Number(port.toString())}`, stop: () => void stub.kill() };
}

/** The size of each function's archive, in KB: what Lambda unpacks before a cold start. */
export function measureArchives(): Row[] {
  return functionNames.map((each) => ({
    what: `archive of \`${each}\`, KB`,
    figure: deflateRawSync(readFileSync(bundleOf(each))).length / 1000,
    target: 40,
  }));
}

/** Warm calls of AWS by the handlers' client beside the SDK's, in one process with a stub on loopback. */
export async function measureWarmCalls(): Promise<Row[]> {
  const aws = await startStub();
  const settings = {
    endpoint: aws.url,
    region: "eu-west-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
  };
  const input = { TableName: "attempts", Key: { streamId: { S: "spring-launch" }, attempt: { N: "1" } } };
  const ours = new own.DynamoDBClient(settings);
  const theirs = new sdk.DynamoDBClient(settings);
  const calls = {
    ours: () => ours.send(new own.GetItemCommand(input)),
    theirs: () => theirs.send(new sdk.GetItemCommand(input)),
  };
  const usage: { readonly [way in keyof typeof calls]: number[] } = { ours: [], theirs: [] };
  for (let round = 0; round < 12; round += 1) {
    for (const way of ["ours", "theirs"] as const) {
      const before = process.cpuUsage();
      for (let call = 0; call < 200; call += 1) await calls[way]();
      const { user, system } = process.cpuUsage(before);
      // The first rounds are those in which V8 compiles.
      if (round >= 4) usage[way].push((user + system) / 200);
    }
  }
  theirs.destroy();
  aws.stop();
  return [
    {
      what: "warm call of AWS, µs of CPU",
      figure: median(usage.ours),
      peer: { name: "AWS SDK", figure: median(usage.theirs) },
      target: 0.4,
      digits: 0,
    },
  ];
}
