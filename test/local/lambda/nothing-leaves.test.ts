import dns from "node:dns";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { buildSync } from "esbuild";
import { StreamOrchestration } from "../../../components";
import { Exchange } from "../../../local/http/exchange";
import type { Json } from "../../../local/json";
import { Functions } from "../../../local/lambda/functions";
import { Activity } from "../../../local/time/activity";
import { createAwsServer } from "../../../local/wire/server";
import { startLocal } from "../../../testing";
import { root } from "../../support/root";
import { SteppedClock } from "../../support/stepped-clock";
import { leastArgs } from "../../support/stream-orchestration";
import { graphOfFunction } from "../support/graphs";

const listTables = 'const { DynamoDBClient, ListTablesCommand } = require("@aws-sdk/client-dynamodb");';
const signed = (region: string) =>
  JSON.stringify({
    "x-amz-target": "DynamoDB_20120810.ListTables",
    authorization: `AWS4-HMAC-SHA256 Credential=AKIADEVELOPER/20260506/${region}/dynamodb/aws4_request, Signature=0`,
  });
const bundledClient = () =>
  buildSync({
    stdin: { contents: 'export * from "@aws-sdk/client-dynamodb";', resolveDir: root },
    ...{ bundle: true, write: false, platform: "node", format: "cjs" },
  }).outputFiles[0]?.text ?? "";

/** Functions that list the tables, each in another way. */
const ways: { readonly [way: string]: () => string } = {
  "an SDK client of node_modules, created when the module is loaded": () =>
    `${listTables} const client = new DynamoDBClient();
     exports.handler = async () => (await client.send(new ListTablesCommand())).TableNames;`,
  "an SDK client of node_modules, created in the handler": () =>
    `exports.handler = async () => { ${listTables}
     return (await new DynamoDBClient().send(new ListTablesCommand())).TableNames; };`,
  "an SDK client that is imported": () =>
    `exports.handler = async () => { const { DynamoDBClient, ListTablesCommand } = await import("@aws-sdk/client-dynamodb");
     return (await new DynamoDBClient().send(new ListTablesCommand())).TableNames; };`,
  "an SDK client with an endpoint, a Region and credentials of AWS": () =>
    `${listTables} const credentials = { accessKeyId: "AKIADEVELOPER", secretAccessKey: "secret" };
     const client = new DynamoDBClient({ region: "eu-central-1", endpoint: "https://dynamodb.eu-central-1.amazonaws.com", credentials });
     exports.handler = async () => (await client.send(new ListTablesCommand())).TableNames;`,
  "an SDK client in the bundle": () =>
    `${bundledClient()}; const sdk = module.exports; const client = new sdk.DynamoDBClient();
     exports.handler = async () => (await client.send(new sdk.ListTablesCommand())).TableNames;
     module.exports = exports;`,
  "an SDK of version 2, created when the module is loaded": () =>
    'const sdk = require("./test/local/fixtures/sdk-v2.js"); exports.handler = () => sdk.listTables();',
  "an ES module": () =>
    `exports.handler = async () => { const { default: list, region, isModule } = await import("./test/local/fixtures/lists-tables.mjs");
     if (region !== "eu-west-1" || !isModule) throw new Error(region);
     return list(); };`,
  fetch: () =>
    `exports.handler = async () => (await (await fetch("https://dynamodb.eu-west-1.amazonaws.com/",
     { method: "POST", body: "{}", headers: ${signed("eu-west-1")} })).json()).TableNames;`,
  "the fetch of the global object, with a Request": () =>
    `exports.handler = async () => (await (await globalThis.fetch(new Request("https://123456789012.ddb.eu-west-1.amazonaws.com",
     { method: "POST", body: "{}", headers: ${signed("eu-west-1")} }))).json()).TableNames;`,
  "the endpoint of this process": () =>
    `exports.handler = async () => (await (await fetch(process.env.DEVELOPERS_ENDPOINT,
     { method: "POST", body: "{}", headers: ${signed("eu-west-1")} })).json()).TableNames;`,
};

/** Functions that call what the runtime does not serve, with the host that the message has to name. */
const refused: { readonly [way: string]: readonly [source: string, host: string] } = {
  "an unsigned fetch": ['fetch("https://bucket.s3.amazonaws.com/key")', "bucket.s3.amazonaws.com"],
  "a fetch that is signed for another service": [
    `fetch("https://s3.eu-west-1.amazonaws.com/", { headers: { authorization: "AWS4-HMAC-SHA256 Credential=A/20260506/eu-west-1/s3/aws4_request" } })`,
    "s3.eu-west-1.amazonaws.com",
  ],
  "the metadata service": [
    `new Promise((resolve, reject) => require("http").get("http://169.254.169.254/latest/meta-data/", resolve).on("error", reject))`,
    "169.254.169.254",
  ],
  "a socket": [
    `new Promise((resolve, reject) => require("net").connect(5432, "db.abc.eu-west-1.rds.amazonaws.com").on("error", reject))`,
    "db.abc.eu-west-1.rds.amazonaws.com:5432",
  ],
  "a TLS socket": [
    `new Promise((resolve, reject) => require("tls").connect(443, "sqs.eu-west-1.api.aws").on("error", reject))`,
    "sqs.eu-west-1.api.aws",
  ],
  "a datagram": [
    `new Promise((resolve, reject) => require("dgram").createSocket("udp4").send("x", 2000, "xray.eu-west-1.amazonaws.com", (error) => error ? reject(error) : resolve()))`,
    "xray.eu-west-1.amazonaws.com",
  ],
  "a datagram socket that is connected": [
    `new Promise((resolve, reject) => require("dgram").createSocket("udp4").on("error", reject).connect(2000, "xray.eu-west-1.amazonaws.com"))`,
    "xray.eu-west-1.amazonaws.com",
  ],
  "HTTP/2": [
    `new Promise((resolve, reject) => require("http2").connect("https://kinesis.eu-west-1.amazonaws.com").on("error", reject))`,
    "kinesis.eu-west-1.amazonaws.com",
  ],
  "a WebSocket": [
    `new WebSocket("wss://1a2b.appsync-realtime-api.eu-west-1.amazonaws.com/graphql")`,
    "1a2b.appsync-realtime-api.eu-west-1.amazonaws.com",
  ],
};

describe("what functions send to AWS", () => {
  /** Stands for AWS, and for whatever else this process's own variables and files name. */
  const trapped: string[] = [];
  let trap: Server;
  let home: string;
  const own = { env: { ...process.env }, lookup: dns.lookup };
  const hasWebSocket = "WebSocket" in globalThis;

  before(async () => {
    trap = createServer((request, response) => {
      trapped.push(`${request.method} ${request.url}`);
      response.end('{"TableNames":["of the real account"]}');
    });
    trap.listen(0, "127.0.0.1");
    await once(trap, "listening");
    const url = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
    home = mkdtempSync(join(tmpdir(), "home-"));
    mkdirSync(join(home, ".aws"));
    writeFileSync(join(home, ".aws", "config"), `[profile team]\nregion=us-west-2\nendpoint_url=${url}\n`);
    writeFileSync(
      join(home, ".aws", "credentials"),
      "[team]\naws_access_key_id=AKIADEVELOPER\naws_secret_access_key=secret\n",
    );
    Object.assign(process.env, {
      ...{ AWS_REGION: "us-west-2", AWS_PROFILE: "team", HOME: home },
      ...{ AWS_ACCESS_KEY_ID: "AKIADEVELOPER", AWS_SECRET_ACCESS_KEY: "secret", AWS_ENDPOINT_URL: url },
    });
    // Node.js has it from version 22 on.
    if (!hasWebSocket) Object.assign(globalThis, { WebSocket: class {} });
    // Names of AWS lead into the trap as well.
    dns.lookup = ((name: string, ...rest: unknown[]) => {
      if (/amazonaws|\.aws$/.test(name)) trapped.push(name);
      return (own.lookup as (...args: unknown[]) => void)(name, ...rest);
    }) as typeof dns.lookup;
  });
  afterEach(() => {
    trapped.length = 0;
  });
  after(() => {
    dns.lookup = own.lookup;
    if (!hasWebSocket) Reflect.deleteProperty(globalThis, "WebSocket");
    for (const name of Object.keys(process.env)) if (!(name in own.env)) delete process.env[name];
    Object.assign(process.env, own.env);
    trap.close();
    trap.closeAllConnections();
    rmSync(home, { recursive: true });
  });

  async function run(source: string) {
    const callers: (string | undefined)[] = [];
    const server = createAwsServer({
      services: (accessKeyId) => {
        callers.push(accessKeyId);
        return { DynamoDB: { call: async (action) => ({ TableNames: [`local ${action}`] }) } };
      },
    });
    const url = "http://127.0.0.1:1";
    const functions = new Functions(
      graphOfFunction(source, {
        timeout: 900,
        environment: { variables: { DEVELOPERS_ENDPOINT: process.env.AWS_ENDPOINT_URL ?? "" } },
      }),
      {
        clock: new SteppedClock(),
        endpoint: { url, exchange: new Exchange(server), signingNames: new Set(["dynamodb"]) },
        environmentOf: (name) => ({
          ...{ AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: `ASIA${name}`, AWS_SECRET_ACCESS_KEY: "local" },
        }),
        sendToDestination: () => Promise.resolve(),
        onLog: () => undefined,
      },
    );
    const result = await functions.invoke("greeter", {});
    return { result: result as { payload?: Json; error?: { errorMessage: string } }, callers };
  }

  for (const [way, source] of Object.entries(ways)) {
    it(`reaches the runtime under the function's own identity: ${way}`, async () => {
      const { result, callers } = await run(source());
      expect(result).to.deep.equal({ payload: ["local ListTables"] });
      expect(callers).to.deep.equal(["ASIAgreeter"]);
      expect(trapped).to.deep.equal([]);
    });
  }

  for (const [way, [call, host]] of Object.entries(refused)) {
    it(`is refused, and the message names function and host: ${way}`, async () => {
      const { result, callers } = await run(`exports.handler = async () => { await ${call}; };`);
      expect(result.error?.errorMessage).to.equal(
        `The function greeter called ${host}. The local runtime does not serve this, and lets no call of a function out to AWS.`,
      );
      expect(callers).to.deep.equal([]);
      expect(trapped).to.deep.equal([]);
    });
  }

  for (const [way, environment] of Object.entries({
    "the global object of Function": `Function("return this")().process.env`,
    "an indirect eval": `(0, eval)("process.env")`,
    vm: `require("vm").runInThisContext("process.env")`,
    "this in a sloppy function": "(function () { return this; })().process.env",
    "process.getBuiltinModule": `process.getBuiltinModule("node:process").env`,
    "a Module of Node.js": `new (require("module").Module)("x").require("process").env`,
  })) {
    it(`finds the function's variables by ${way}`, async () => {
      const { result } = await run(
        `exports.handler = () => { const env = ${environment}; return [env.AWS_PROFILE, env.AWS_ACCESS_KEY_ID]; };`,
      );
      expect(result).to.deep.equal({ payload: [null, "ASIAgreeter"] });
      expect(process.env.AWS_PROFILE).to.equal("team");
    });
  }

  it("knows this process's endpoint by each name of the machine, and the metadata service by its IPv6 address", async () => {
    const port = (trap.address() as AddressInfo).port;
    for (const host of [`localhost:${port}`, `[::1]:${port}`, "[::ffff:169.254.169.254]"]) {
      const { result } = await run(`exports.handler = () => fetch("http://${host}/");`);
      expect(result.error?.errorMessage).to.equal(
        `The function greeter called ${new URL(`http://${host}`).host}. The local runtime does not serve this, and lets no call of a function out to AWS.`,
      );
    }
    expect(trapped).to.deep.equal([]);
  });

  it("finds none of this process's own variables, on whatever way, and no shared files", async () => {
    const { result } = await run(
      `const { fileKey } = require("./test/local/fixtures/sdk-v2.js");
       const names = ["AWS_PROFILE", "HOME", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"];
       exports.handler = () => [process, globalThis.process, global.process, require("process")]
         .map(({ env }) => names.map((name) => env[name])).concat([[fileKey]]);`,
    );
    const local = [null, null, "eu-west-1", "ASIAgreeter", "http://127.0.0.1:1"];
    expect(result).to.deep.equal({ payload: [local, local, local, local, [null]] });
  });

  it("leaves the calls of this process's own code alone", async () => {
    const answer = await fetch(process.env.AWS_ENDPOINT_URL ?? "");
    expect(await answer.json()).to.deep.equal({ TableNames: ["of the real account"] });
    expect(trapped).to.deep.equal(["GET /"]);
  });

  it("leaves a function's calls of other hosts alone, and counts them", async () => {
    const activity = new Activity();
    const team = createServer((_request, response) => response.end(activity.list().join(", ")));
    team.listen(0, "127.0.0.1");
    await once(team, "listening");
    const url = `http://127.0.0.1:${(team.address() as AddressInfo).port}`;
    const functions = new Functions(
      graphOfFunction(`exports.handler = async () => (await fetch("${url}")).text();`),
      {
        ...{ clock: new SteppedClock(), activity, environmentOf: () => ({}), onLog: () => undefined },
        sendToDestination: () => Promise.resolve(),
      },
    );
    const result = await functions.invoke("greeter", {});
    team.close();
    expect(result).to.have.property("payload").that.contains("a fetch of a function");
  });

  it("goes through IAM, from a callback whose client comes from node_modules", async () => {
    const local = await startLocal(() => {
      const streams = new StreamOrchestration("streams", leastArgs);
      streams.onLifecycleProgressed("wall", async () => {
        const client = new DynamoDBClient({});
        await client
          .send(new PutItemCommand({ TableName: "prod-wall", Item: { id: { S: "1" } } }))
          .catch((error: Error) => console.log(`refused: ${error.message}`));
      });
      return {};
    });
    try {
      await local.streams.makeReady("on-the-wall");
      const { line } = await local.logs.waitFor("refused:", "wall");
      expect(line).to.match(/assumed-role\/.*wall.* is not authorized to perform: dynamodb:PutItem/);
      expect(trapped).to.deep.equal([]);
    } finally {
      await local.stop();
    }
  });
});
