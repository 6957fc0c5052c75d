import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { Exchange } from "../../../local/http/exchange";
import { Functions } from "../../../local/lambda/functions";
import { tunnelForChildren } from "../../../local/wire/child-proxy";
import { createAwsServer } from "../../../local/wire/server";
import { SteppedClock } from "../../support/stepped-clock";
import { graphOfFunction } from "../support/graphs";

const environment = `process.stdout.write(JSON.stringify(["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "OF_THIS_PROCESS"]
  .map((name) => process.env[name] ?? null)))`;
const listTables = `const { DynamoDBClient, ListTablesCommand } = require("@aws-sdk/client-dynamodb");
  new DynamoDBClient().send(new ListTablesCommand()).then(({ TableNames }) => process.stdout.write(JSON.stringify(TableNames)))`;
const toAws = `fetch("https://sts.us-east-1.amazonaws.com").catch(({ cause }) => process.stdout.write(JSON.stringify(cause.message)))`;
const refusal = (host: string) =>
  `A child process of the function greeter called ${host}. The local runtime lets no call of a function out to AWS.`;

describe("a process that a function starts", () => {
  const own = { ...process.env };
  before(() => {
    Object.assign(process.env, { AWS_REGION: "us-west-2", AWS_PROFILE: "team", OF_THIS_PROCESS: "secret" });
    process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:9";
  });
  after(() => {
    for (const name of Object.keys(process.env)) if (!(name in own)) delete process.env[name];
    Object.assign(process.env, own);
  });

  async function run(source: string) {
    const callers: (string | undefined)[] = [];
    const server = createAwsServer({
      services: (accessKeyId) => {
        callers.push(accessKeyId);
        return { DynamoDB: { call: async () => ({ TableNames: ["local"] }) } };
      },
    });
    tunnelForChildren(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const functions = new Functions(graphOfFunction(source, { timeout: 900 }), {
      clock: new SteppedClock(),
      endpoint: { url, exchange: new Exchange(server), signingNames: new Set(["dynamodb"]) },
      environmentOf: (name) => ({
        ...{ AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: `ASIA${name}`, AWS_SECRET_ACCESS_KEY: "local" },
      }),
      sendToDestination: () => Promise.resolve(),
      onLog: () => undefined,
    });
    const result = await functions.invoke("greeter", {});
    server.close();
    server.closeAllConnections();
    return { result, callers };
  }

  const starts = {
    "spawn, with an environment of its own": `new Promise((resolve) => spawn(process.execPath, ["-e", code], { env: { AWS_REGION: "us-west-2" } }).stdout.on("data", resolve))`,
    execFile: `new Promise((resolve, reject) => execFile(process.execPath, ["-e", code], (error, stdout) => error ? reject(error) : resolve(stdout)))`,
    "execFile as a promise": `require("util").promisify(execFile)(process.execPath, ["-e", code]).then(({ stdout }) => stdout)`,
    spawnSync: "spawnSync(process.execPath, ['-e', code]).stdout",
    "a worker thread within a worker thread": `new Promise((resolve) => new Worker(
      'const { Worker } = require("worker_threads"); new Worker(require("worker_threads").workerData, { eval: true });',
      { eval: true, stdout: true, workerData: code }).stdout.on("data", resolve))`,
    "a worker thread of a process": `new Promise((resolve, reject) => execFile(process.execPath, ["-e",
      "new (require('worker_threads').Worker)(" + JSON.stringify(code) + ", { eval: true })"],
      (error, stdout) => error ? reject(error) : resolve(stdout)))`,
    "a member of the cluster": `new Promise((resolve) => {
      cluster.setupPrimary({ exec: "/dev/null", execArgv: ["-e", code], silent: true });
      cluster.fork({ AWS_REGION: "us-west-2" }).process.stdout.on("data", resolve); })
      .finally(() => Object.values(cluster.workers).forEach((worker) => worker.kill()))`,
    "a worker thread": `new Promise((resolve) => new Worker(code, { eval: true, stdout: true }).stdout.on("data", resolve))`,
  };
  const handlerOf = (start: string, code: string) => `
    const { spawn, spawnSync, exec, execFile } = require("child_process"); const { Worker } = require("worker_threads");
    const cluster = require("cluster");
    const code = ${JSON.stringify(code)};
    exports.handler = async () => JSON.parse(String(await ${start}));`;

  for (const [way, start] of Object.entries(starts)) {
    it(`has the function's environment, and nothing of the developer's: ${way}`, async () => {
      const { result } = await run(handlerOf(start, environment));
      expect(result).to.deep.equal({ payload: ["eu-west-1", "ASIAgreeter", null, null] });
    });

    it(`is refused by name where it calls AWS past the runtime: ${way}`, async () => {
      const { result } = await run(handlerOf(start, toAws));
      expect(result).to.deep.equal({ payload: refusal("sts.us-east-1.amazonaws.com") });
    });
  }

  it("is refused by name where it calls the endpoint of the developer's variables", async () => {
    const code = `require("net").connect(9, "localhost").on("error", ({ message }) => process.stdout.write(JSON.stringify(message)))`;
    const { result } = await run(handlerOf(starts.execFile, code));
    expect(result).to.deep.equal({ payload: refusal("localhost") });
  });

  for (const [way, start] of Object.entries({
    "exec with null as options": `new Promise((resolve) => exec("echo 1", null, (_error, stdout) => resolve(stdout)))`,
    "execFile without arguments and options": `new Promise((resolve) => execFile("pwd", undefined, undefined, (_error, stdout) => resolve(stdout.length && 1)))`,
    "spawnSync with null as environment": `spawnSync("echo", ["1"], { env: null }).stdout`,
  })) {
    it(`starts as Node.js starts it: ${way}`, async () => {
      expect((await run(handlerOf(start, ""))).result).to.deep.equal({ payload: 1 });
    });
  }

  it("reaches the runtime with an SDK, under the function's identity", async () => {
    const { result, callers } = await run(handlerOf(starts.execFile, listTables));
    expect(result).to.deep.equal({ payload: ["local"] });
    expect(callers).to.deep.equal(["ASIAgreeter"]);
  });

  it("goes by a proxy without TLS, too, which refuses AWS and passes on all else", async () => {
    const served = createServer((request, response) => {
      response.end(
        JSON.stringify([request.method, request.url, request.headers["proxy-authorization"] ?? null]),
      );
    }).listen(0, "127.0.0.1");
    await once(served, "listening");
    const { port } = served.address() as AddressInfo;
    // What curl does with http_proxy.
    const ask = (url: string) => `new Promise((resolve, reject) => execFile(process.execPath, ["-e", \`
      const { hostname, port, username } = new URL(process.env.http_proxy);
      const headers = { "proxy-authorization": "Basic " + Buffer.from(username + ":").toString("base64"), host: "x" };
      require("http").request({ hostname, port, headers, method: "PUT", path: "${url}" }, async (response) => {
        let text = ""; for await (const part of response) text += part;
        process.stdout.write(JSON.stringify([response.statusCode, text]));
      }).end("body");
    \`], (error, stdout) => error ? reject(error) : resolve(stdout)))`;
    const passed = await run(handlerOf(ask(`http://127.0.0.1:${port}/a?b`), ""));
    const refused = await run(handlerOf(ask("http://169.254.169.254/latest/meta-data/"), ""));
    served.close();
    expect(passed.result).to.deep.equal({ payload: [200, '["PUT","/a?b",null]'] });
    expect(refused.result).to.deep.equal({ payload: [403, `${refusal("169.254.169.254")}\n`] });
  });

  it("goes by a proxy that refuses AWS, where it is another program", async () => {
    // What curl and the AWS CLI do with HTTPS_PROXY.
    const connect = `new Promise((resolve, reject) => execFile(process.execPath, ["-e", \`
      const { hostname, port, username } = new URL(process.env.HTTPS_PROXY);
      const headers = { "proxy-authorization": "Basic " + Buffer.from(username + ":").toString("base64") };
      require("http").request({ hostname, port, headers, method: "CONNECT", path: "sts.us-east-1.amazonaws.com:443" })
        .on("connect", ({ statusCode, statusMessage }) => { process.stdout.write(JSON.stringify([statusCode, statusMessage])); process.exit(); }).end();
    \`], (error, stdout) => error ? reject(error) : resolve(stdout)))`;
    const { result } = await run(handlerOf(connect, ""));
    expect(result).to.deep.equal({ payload: [403, refusal("sts.us-east-1.amazonaws.com")] });
  });
});
