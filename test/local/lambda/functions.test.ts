import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Json, JsonObject } from "../../../local/json";
import { Functions } from "../../../local/lambda/functions";
import type { Graph } from "../../../local/record/graph";
import type { Clock } from "../../../local/time/clock";
import { SteppedClock, settled } from "../../support/stepped-clock";
import { graphOfFunction, invokeConfig } from "../support/graphs";

interface Sent {
  arn: string;
  record: Json;
}

function functionsOf(graph: Graph, clock: Clock & SteppedClock = new SteppedClock()) {
  const log: string[] = [];
  const sent: Sent[] = [];
  const functions = new Functions(graph, {
    clock,
    environmentOf: (name) => ({
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      AWS_ACCESS_KEY_ID: `key of ${name}`,
    }),
    sendToDestination: async (arn, record) => {
      sent.push({ arn, record });
    },
    onLog: (_name, line) => log.push(line),
  });
  return { clock, log, sent, functions };
}

/** Invokes the function of a text, and expects a result. */
async function run(source: string, inputs: JsonObject = {}, event: Json = {}): Promise<unknown> {
  const { functions } = functionsOf(graphOfFunction(source, inputs));
  const result = await functions.invoke("greeter", event);
  expect(result).to.have.property("payload");
  return (result as { payload: Json }).payload;
}

async function runToError(source: string) {
  const { functions, log } = functionsOf(graphOfFunction(source));
  const result = await functions.invoke("greeter", {});
  expect(result).to.have.property("error");
  return {
    ...(result as { error: { errorType: string; errorMessage: string; trace: string[] } }).error,
    log,
  };
}

describe("a function of the program", () => {
  it("gets the event, and its result is the payload", async () => {
    const source = "exports.handler = async (event) => ({ greeting: `Hello ${event.name}` });";
    expect(await run(source, {}, { name: "stream" })).to.deep.equal({ greeting: "Hello stream" });
  });

  it("answers null where it returns nothing, as what crosses the wire is JSON", async () => {
    expect(await run("exports.handler = async () => undefined;")).to.equal(null);
    expect(await run("exports.handler = () => ({ at: new Date(0), gone: undefined });")).to.deep.equal({
      at: "1970-01-01T00:00:00.000Z",
    });
  });

  it("gets a copy of the event: what it does to it stays with it", async () => {
    const event = { list: [1] };
    await run("exports.handler = async (event) => { event.list.push(2); };", {}, event);
    expect(event).to.deep.equal({ list: [1] });
  });

  it("is loaded once, and keeps what it holds between invocations", async () => {
    const { functions } = functionsOf(graphOfFunction("let n = 0; exports.handler = async () => ++n;"));
    await functions.invoke("greeter", {});
    expect(await functions.invoke("greeter", {})).to.deep.equal({ payload: 2 });
  });

  it("is found by its name, its ARN, and its ARN with a qualifier", () => {
    const { functions } = functionsOf(graphOfFunction("exports.handler = () => 1;"));
    const arn = "arn:aws:lambda:eu-west-1:000000000000:function:greeter";
    for (const name of ["greeter", arn, `${arn}:$LATEST`]) {
      expect(functions.find(name)?.settings.arn, name).to.equal(arn);
    }
    expect(functions.find("another")).to.equal(undefined);
    expect(functions.find("arn:aws:sqs:eu-west-1:000000000000:greeter")).to.equal(undefined);
  });

  it("sees Lambda's variables and its own, none of this process's, and leaves none behind", async () => {
    process.env.OF_THIS_PROCESS = "secret";
    try {
      const source = "exports.handler = () => { process.env.LEFT_BEHIND = '1'; return process.env; };";
      const env = await run(source, {
        environment: { variables: { TABLE_NAME: "streams" } },
        memorySize: 512,
      });
      expect(env).to.include({
        TABLE_NAME: "streams",
        AWS_ENDPOINT_URL: "http://127.0.0.1:1",
        AWS_ACCESS_KEY_ID: "key of greeter",
        AWS_REGION: "eu-west-1",
        AWS_LAMBDA_FUNCTION_NAME: "greeter",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
        AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/greeter",
      });
      expect(env).not.to.have.property("OF_THIS_PROCESS");
      expect(process.env).not.to.have.property("LEFT_BEHIND");
    } finally {
      delete process.env.OF_THIS_PROCESS;
    }
  });

  it("sees the same environment where it requires process as a module", async () => {
    process.env.OF_THIS_PROCESS = "secret";
    try {
      const source =
        "exports.handler = () => [require('node:process'), require('process')].map(({ env }) => [env.TABLE_NAME, env.OF_THIS_PROCESS]);";
      const seen = await run(source, { environment: { variables: { TABLE_NAME: "streams" } } });
      expect(seen).to.deep.equal(Array(2).fill(["streams", null]));
    } finally {
      delete process.env.OF_THIS_PROCESS;
    }
  });

  it("gets a context that names it, and how long it has", async () => {
    const source =
      "exports.handler = async (event, context) => ({ ...context, remaining: context.getRemainingTimeInMillis() });";
    const context = (await run(source, { timeout: 7 })) as JsonObject;
    expect(context).to.include({
      functionName: "greeter",
      functionVersion: "$LATEST",
      invokedFunctionArn: "arn:aws:lambda:eu-west-1:000000000000:function:greeter",
      memoryLimitInMB: "128",
      logGroupName: "/aws/lambda/greeter",
      remaining: 7000,
    });
    expect(context.awsRequestId).to.match(/^[0-9a-f-]{36}$/);
  });

  it("writes its own log, by console and by stdout, a line each", async () => {
    const { functions, log } = functionsOf(
      graphOfFunction(
        "exports.handler = () => { console.log('one %d', 1); console.error({ two: 2 }); process.stdout.write('three\\nfour\\n'); };",
      ),
    );
    await functions.invoke("greeter", {});
    await settled();
    expect(log).to.deep.equal(["one 1", "{ two: 2 }", "three", "four"]);
  });

  it("fails with the error's name, message and trace, which Lambda logs as well", async () => {
    const { errorType, errorMessage, trace, log } = await runToError(
      "exports.handler = async () => { throw new TypeError('No such stream.'); };",
    );
    expect({ errorType, errorMessage }).to.deep.equal({
      errorType: "TypeError",
      errorMessage: "No such stream.",
    });
    expect(trace[0]).to.equal("TypeError: No such stream.");
    expect(JSON.parse(log.at(-1) ?? "")).to.include({ level: "ERROR", errorType: "TypeError" });
  });

  it("fails as well with what is no error, and with what it throws before it returns a promise", async () => {
    expect(await runToError("exports.handler = async () => { throw 'a text'; };")).to.include({
      errorType: "string",
      errorMessage: "a text",
    });
    expect(await runToError("exports.handler = () => { throw new RangeError('at once'); };")).to.include({
      errorType: "RangeError",
      errorMessage: "at once",
    });
    expect(await runToError("exports.handler = () => Promise.reject(undefined);")).to.include({
      errorType: "undefined",
    });
  });

  it("fails by Lambda's own names when the handler is missing or the file cannot be loaded", async () => {
    expect(await runToError("exports.other = () => 1;")).to.include({
      errorType: "Runtime.HandlerNotFound",
      errorMessage: "index.handler is undefined or not exported",
    });
    expect(await runToError("throw new Error('while it is loaded');")).to.include({
      errorType: "Error",
      errorMessage: "while it is loaded",
    });
    expect(await runToError("exports.handler = ;")).to.have.property("errorType", "SyntaxError");
  });

  it("fails when its time is up, and not before", async () => {
    const { functions, clock } = functionsOf(
      graphOfFunction("exports.handler = () => new Promise(() => {});", { timeout: 30 }),
    );
    let result: unknown;
    const invoked = functions.invoke("greeter", {})?.then((outcome) => {
      result = outcome;
    });
    await clock.advance({ seconds: 29 });
    expect(result).to.equal(undefined);
    await clock.advance({ seconds: 1 });
    await invoked;
    expect(result)
      .to.have.property("error")
      .that.includes({ errorType: "Sandbox.Timedout" })
      .and.has.property("errorMessage")
      .that.matches(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 30\.00 seconds$/);
    expect(clock.pending().length).to.equal(0);
  });

  it("has its real time on a faster clock, and tells that clock's time", async () => {
    const working = new SteppedClock();
    const clock = Object.assign(new SteppedClock(), { working });
    const { functions } = functionsOf(
      graphOfFunction(
        `exports.handler = async (event, context) => {
          const started = Date.now();
          await new Promise((resolve) => setTimeout(resolve, 2000));
          return { passed: Date.now() - started, remaining: context.getRemainingTimeInMillis() };
        };`,
        { timeout: 30 },
      ),
      clock,
    );
    let result: unknown;
    const invoked = functions.invoke("greeter", {})?.then((outcome) => {
      result = outcome;
    });
    await clock.advance({ hours: 1 });
    expect(result).to.equal(undefined);
    await working.advance({ seconds: 2 });
    await invoked;
    expect(result).to.deep.equal({ payload: { passed: 3_600_000, remaining: 28_000 } });
  });

  it("leaves nothing waiting once it has answered", async () => {
    const { functions, clock } = functionsOf(graphOfFunction("exports.handler = () => 1;"));
    await functions.invoke("greeter", {});
    expect(clock.pending().length).to.equal(0);
  });

  it("may be an ES module", async () => {
    const folder = mkdtempSync(join(tmpdir(), "function-"));
    writeFileSync(join(folder, "greeting.mjs"), "export const greeting = 'Hello';");
    const source = `import { greeting } from "./greeting.mjs"; export const handler = async ({ name }) => \`\${greeting} \${name}\`;`;
    writeFileSync(join(folder, "index.mjs"), source);
    expect(await run("", { code: { fileArchive: folder } }, { name: "stream" })).to.equal("Hello stream");
    rmSync(folder, { recursive: true });
  });

  it("may stand in an archive, in every way of Pulumi's", async () => {
    const folder = mkdtempSync(join(tmpdir(), "function-"));
    writeFileSync(join(folder, "greeting.js"), "exports.greeting = 'Hello';");
    writeFileSync(join(folder, "index.js"), "exports.handler = async () => require('./greeting').greeting;");
    const text = { stringAsset: "export const handler = async () => 'Hello';" };
    const archives: { [what: string]: JsonObject } = {
      "a folder": { ".": { fileArchive: folder } },
      "a folder within": { "./index.txt": { stringAsset: "" }, "src/": { fileArchive: folder } },
      "an archive within": { src: { assetArchive: { "index.js": { fileAsset: join(folder, "index.js") } } } },
      "a file": { "index.js": { fileAsset: join(folder, "index.js") } },
      "a text, as an ES module": { "index.mjs": text },
    };
    for (const [what, assetArchive] of Object.entries(archives)) {
      const handler = what.endsWith("within") ? "src/index.handler" : "index.handler";
      expect(await run("", { handler, code: { assetArchive } }, {}), what).to.equal("Hello");
    }
    rmSync(folder, { recursive: true });
  });

  it("is refused where its code is neither a folder nor an archive", () => {
    const graph = graphOfFunction("", { code: { fileAsset: "bundle.zip" } });
    expect(() => functionsOf(graph)).to.throw(
      "The local runtime runs functions from a folder, or from an archive with the handler's file; the code of 'greeter' is neither.",
    );
  });
});

describe("the code of functions, read ahead", () => {
  it("is told with the function's name where its file is missing", () => {
    const { functions } = functionsOf(graphOfFunction("", { code: { fileArchive: "/no/such/folder" } }));
    expect(() => functions.readCode()).to.throw(
      "The code of the function greeter cannot be read: ENOENT: no such file or directory, open '/no/such/folder/index.js'",
    );
  });
});

describe("a function that is invoked for an event", () => {
  const failing = "let n = 0; exports.handler = async () => { throw new Error(`try ${++n}`); };";
  const queue = "arn:aws:sqs:eu-west-1:000000000000:dead-letters";
  const destinationConfig = { onFailure: { destination: queue } };

  function start(source: string, inputs: JsonObject) {
    const runtime = functionsOf(graphOfFunction(source, {}, [invokeConfig(inputs)]));
    const target = runtime.functions.find("greeter");
    if (!target) throw new Error("There is no greeter.");
    runtime.functions.invokeForEvent(target, { streamId: "spring-launch" });
    const tries = () => runtime.log.filter((line) => line.includes("Invoke Error")).length;
    return { ...runtime, tries };
  }

  it("is tried again after one minute and after two, and then told to its destination", async () => {
    const { clock, tries, sent } = start(failing, { maximumRetryAttempts: 2, destinationConfig });
    await clock.advance({ seconds: 59 });
    expect(tries()).to.equal(1);
    await clock.advance({ seconds: 1 });
    expect(tries()).to.equal(2);
    await clock.advance({ seconds: 119 });
    expect(tries()).to.equal(2);
    expect(sent).to.deep.equal([]);
    await clock.advance({ seconds: 1 });
    expect(tries()).to.equal(3);

    const [{ arn, record } = { arn: "", record: null }, ...more] = sent;
    expect(more).to.deep.equal([]);
    expect(arn).to.equal(queue);
    expect(record).to.deep.include({
      version: "1.0",
      timestamp: new Date(clock.now()).toISOString(),
      requestPayload: { streamId: "spring-launch" },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    });
    const { requestContext, responsePayload } = record as {
      requestContext: JsonObject;
      responsePayload: JsonObject;
    };
    expect(requestContext).to.include({
      functionArn: "arn:aws:lambda:eu-west-1:000000000000:function:greeter:$LATEST",
      condition: "RetriesExhausted",
      approximateInvokeCount: 3,
    });
    expect(requestContext.requestId).to.match(/^[0-9a-f-]{36}$/);
    expect(responsePayload).to.include({ errorType: "Error", errorMessage: "try 3" });
    await clock.advance({ seconds: 3600 });
    expect(tries()).to.equal(3);
  });

  it("is not tried again where the program says so", async () => {
    const { clock, tries, sent } = start(failing, { maximumRetryAttempts: 0, destinationConfig });
    await clock.advance({ seconds: 3600 });
    expect(tries()).to.equal(1);
    expect(sent).to.have.lengthOf(1);
  });

  it("is done once a later try succeeds", async () => {
    const source = "let n = 0; exports.handler = async () => { if (++n < 2) throw new Error('not yet'); };";
    const { clock, tries, sent } = start(source, { destinationConfig });
    await clock.advance({ seconds: 3600 });
    expect(tries()).to.equal(1);
    expect(sent).to.deep.equal([]);
  });

  it("is dropped in the end where there is no destination", async () => {
    const { clock, tries, sent } = start(failing, {});
    await clock.advance({ seconds: 3600 });
    expect(tries()).to.equal(3);
    expect(sent).to.deep.equal([]);
  });

  it("is not tried again once the runtime stops", async () => {
    const { clock, tries, functions } = start(failing, { destinationConfig });
    await clock.advance({ seconds: 1 });
    functions.stop();
    await clock.advance({ seconds: 3600 });
    expect(tries()).to.equal(1);
    expect(clock.pending().length).to.equal(0);
  });
});
