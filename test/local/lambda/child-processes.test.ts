import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Worker } from "node:worker_threads";
import { expect } from "chai";
import { Exchange } from "../../../local/http/exchange";
import { Functions } from "../../../local/lambda/functions";
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

const awaited = (host: string) =>
  `A child process of the function greeter called ${host}. The local runtime cannot answer while a function waits for a process: start it with spawn, exec or execFile.`;

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
    const log: string[] = [];
    const server = createAwsServer({
      services: (accessKeyId) => {
        callers.push(accessKeyId);
        return { DynamoDB: { call: async () => ({ TableNames: ["local"] }) } };
      },
    });
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
      onLog: (_name, line) => log.push(line),
    });
    const result = await functions.invoke("greeter", {});
    functions.stop();
    server.close();
    server.closeAllConnections();
    return { result, callers, log, host: url.replace("http://", "") };
  }

  const starts = {
    "spawn, with an environment of its own": `new Promise((resolve) => spawn(process.execPath, ["-e", code], { env: { AWS_REGION: "us-west-2" } }).stdout.on("data", resolve))`,
    execFile: `new Promise((resolve, reject) => execFile(process.execPath, ["-e", code], (error, stdout) => error ? reject(error) : resolve(stdout)))`,
    "execFile as a promise": `require("util").promisify(execFile)(process.execPath, ["-e", code]).then(({ stdout }) => stdout)`,
    spawnSync: "spawnSync(process.execPath, ['-e', code]).stdout",
    execFileSync: "execFileSync(process.execPath, ['-e', code])",
    execSync: "execSync(JSON.stringify(process.execPath) + ' -e ' + quote(code))",
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
    const { spawn, spawnSync, exec, execSync, execFile, execFileSync } = require("child_process");
    const quote = (text) => "'" + text.replaceAll("'", "'\\\\''") + "'"; const { Worker } = require("worker_threads");
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
    expect(result).to.deep.equal({ payload: refusal("localhost:9") });
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

  /** What curl and the AWS CLI do with the proxy that the variables name. */
  const askProxy = (method: string, path: string) => `
    const { hostname, port, username, password } = new URL(process.env[${JSON.stringify(method === "CONNECT" ? "HTTPS_PROXY" : "http_proxy")}]);
    const headers = { "proxy-authorization": "Basic " + Buffer.from(username + ":" + password).toString("base64"), host: "x" };
    const done = (...answer) => { process.stdout.write(JSON.stringify(answer)); process.exit(); };
    require("http").request({ hostname, port, headers, method: "${method}", path: "${path}" })
      .on("connect", ({ statusCode, statusMessage }) => done(statusCode, statusMessage))
      .on("response", async (response) => {
        let text = ""; for await (const part of response) text += part;
        done(response.statusCode, text);
      }).end(${method === "CONNECT" ? "" : '"body"'});`;

  for (const way of ["execFile", "spawnSync", "execFileSync", "execSync"] as const) {
    const start = starts[way];

    it(`goes by a proxy that refuses AWS, where it is another program, and the log says so: ${way}`, async () => {
      const { result, log } = await run(
        handlerOf(start, askProxy("CONNECT", "sts.us-east-1.amazonaws.com:443")),
      );
      expect(result).to.deep.equal({ payload: [403, refusal("sts.us-east-1.amazonaws.com")] });
      expect(log).to.deep.equal([refusal("sts.us-east-1.amazonaws.com")]);
    });

    it(`goes by a proxy without TLS, too, which refuses AWS and passes on all else: ${way}`, async () => {
      // In a thread of its own: this one is stopped.
      const served = new Worker(
        `const { parentPort } = require("worker_threads");
        const server = require("http").createServer(({ method, url, headers }, response) => {
          response.end(JSON.stringify([method, url, headers["proxy-authorization"] ?? null]));
        }).listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
        { eval: true },
      );
      const [port] = (await once(served, "message")) as [number];
      const passed = await run(handlerOf(start, askProxy("PUT", `http://127.0.0.1:${port}/a?b`)));
      const refused = await run(
        handlerOf(start, askProxy("PUT", "http://169.254.169.254/latest/meta-data/")),
      );
      await served.terminate();
      expect(passed.result).to.deep.equal({ payload: [200, '["PUT","/a?b",null]'] });
      expect(refused.result).to.deep.equal({ payload: [403, `${refusal("169.254.169.254")}\n`] });
    });
  }

  it("is refused by the proxy where it calls the endpoint of the developer's variables", async () => {
    process.env.AWS_ENDPOINT_URL_SQS = "http://emulator.internal:4566";
    const { result } = await run(
      handlerOf(starts.execFile, askProxy("PUT", "http://emulator.internal:4566/queue")),
    );
    expect(result).to.deep.equal({ payload: [403, `${refusal("emulator.internal:4566")}\n`] });
  });

  it("is told by the proxy what is no target of a proxy", async () => {
    const tunnel = await run(handlerOf(starts.execFile, askProxy("CONNECT", "[")));
    const request = await run(handlerOf(starts.execFile, askProxy("PUT", "/path")));
    expect(tunnel.result).to.deep.equal({ payload: [400, "The target is no host with a port."] });
    expect(request.result).to.deep.equal({ payload: [400, "This is a proxy: it takes whole URLs.\n"] });
  });

  it("is told at once that the runtime cannot answer while the function waits for it: Node.js", async () => {
    const code = `const { port } = new URL(process.env.AWS_ENDPOINT_URL);
      require("net").connect(port, "127.0.0.1").on("error", ({ message }) => process.stdout.write(JSON.stringify(message)))`;
    for (const way of ["spawnSync", "execFileSync", "execSync"] as const) {
      const { result, host } = await run(handlerOf(starts[way], code));
      expect(result, way).to.deep.equal({ payload: awaited(host) });
    }
  });

  it("is told at once that the runtime cannot answer while the function waits for it: another program", async () => {
    const code = `if (process.env.NO_PROXY || process.env.no_proxy) throw new Error("It would go past the proxy.");
      ${askProxy("PUT", "URL").replace('"URL"', "process.env.AWS_ENDPOINT_URL + '/'")}`;
    for (const way of ["spawnSync", "execFileSync", "execSync"] as const) {
      const { result, host } = await run(handlerOf(starts[way], code));
      expect(result, way).to.deep.equal({ payload: [403, `${awaited(host)}\n`] });
    }
  });
});
