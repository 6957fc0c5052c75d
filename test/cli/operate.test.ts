import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { UsageError } from "../../cli/cli";
import { runConfirm } from "../../cli/commands/confirm";
import { runEnd } from "../../cli/commands/end";
import { runGet } from "../../cli/commands/get";
import { runList } from "../../cli/commands/list";
import { runRedrive } from "../../cli/commands/redrive";
import { runWatch } from "../../cli/commands/watch";
import type { Terminal } from "../../cli/operate/terminal";
import { createStreamClient, type StreamClient } from "../../client";
import type { StreamStatus } from "../../contracts";
import { localUser } from "../../local/auth";
import { aRequest } from "../journeys/support/requests";
import { useLocal } from "../support/use-local";

const commands = {
  list: runList,
  get: runGet,
  confirm: runConfirm,
  end: runEnd,
  watch: runWatch,
  redrive: runRedrive,
};

/** The environment variables of the AWS SDK, for the tests of a `describe`. */
function useEnvironment(variables: () => { readonly [name: string]: string }): void {
  const before_ = { ...process.env };
  before(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
    Object.assign(process.env, variables());
  });
  after(() => {
    for (const name of Object.keys(variables())) delete process.env[name];
    Object.assign(process.env, before_);
  });
}

describe("an operator's morning, with the command line alone", () => {
  const local = useLocal({ auth: "on", config: { channelIds: "1001,1002,1003" } });
  useEnvironment(() => ({
    AWS_ACCESS_KEY_ID: localUser.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localUser.secretAccessKey,
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL: local.aws.endpoint,
  }));
  let client: StreamClient;
  before(() => {
    const now = () => local.clock.now();
    client = createStreamClient({ url: local.apiUrl, region: "us-east-1", credentials: localUser, now });
  });
  const request = async (streamId: string) => {
    await client.createStreamWorkflow(aRequest(streamId, { title: "Spring\u001b[2J launch" }));
    await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
  };

  /** Runs a command in this process; its waits step the clock, and happen beside `meanwhile`. */
  async function run(
    name: keyof typeof commands,
    args: readonly string[],
    meanwhile: (() => Promise<void>)[] = [],
  ) {
    const out: string[] = [];
    const warnings: string[] = [];
    const io: Terminal = {
      print: (line) => out.push(line),
      warn: (line) => warnings.push(line),
      now: () => local.clock.now(),
      wait: async (milliseconds) => {
        await meanwhile.shift()?.();
        await local.clock.advance({ seconds: milliseconds / 1000 });
      },
      env: { STREAM_ORCHESTRATION_URL: local.apiUrl },
    };
    const code = await commands[name]([...args], io);
    return { code, out, warnings };
  }
  const failureOf = (call: Promise<unknown>) =>
    call.then(
      () => expect.fail("The command succeeded."),
      (error: Error) => error,
    );

  it("begins with an empty list", async () => {
    expect(await run("list", [])).to.deep.equal({ code: 0, out: ["There are no streams."], warnings: [] });
    expect(await run("list", ["--json"])).to.deep.include({ code: 0, out: ["[]"] });
  });

  it("lists a stream that was requested, with ages", async () => {
    await request("launch");
    await local.clock.advance({ seconds: 70 });
    const { out } = await run("list", ["--status", "provisioning"]);
    expect(out.map((line) => line.replace(/100[123] {3}/, "(id)   "))).to.deep.equal([
      "STREAM  STATUS        FOR    REQUESTED  CHANNEL  TITLE",
      "launch  PROVISIONING  1 min  1 min ago  (id)     Spring\u001b[2J launch",
    ]);
    expect((await run("list", ["--status", "READY"])).out).to.deep.equal(["No stream is READY."]);
  });

  it("shows it", async () => {
    const { out } = await run("get", ["launch"]);
    expect(out).to.include.members(
      [
        "stream      launch",
        "status      PROVISIONING for 1 min",
        "ingest rtmps  rtmps://ingest.example.com/…",
      ].map((line) => line.replace(/^(\w+(?: rtmps)?) +/, (_, name: string) => name.padEnd(17))),
    );
    expect(out.at(-1)).to.match(
      /^\S+Z {2}PROVISIONING {2}by orchestrator \(arn:aws:iam::000000000000:user\/local\)$/,
    );
    const full = await run("get", ["launch", "--ingest", "--json"]);
    expect(JSON.parse(full.out.join("\n")).ingest.endpoints[0].url).to.equal(
      "rtmps://ingest.example.com/live/spring",
    );
  });

  it("confirms it", async () => {
    const { code, out } = await run("confirm", ["launch", "ready", "--reason", "Looks good"]);
    expect({ code, out }).to.deep.equal({
      code: 0,
      out: [`launch is READY since ${new Date(local.clock.now()).toISOString()}.`],
    });
    expect((await run("watch", ["launch", "--until", "ready"])).code).to.equal(0);
    expect((await run("get", ["launch"])).out.at(-1)).to.match(/READY {9}by api \(arn.*\): Looks good$/);
  });

  it("watches it to its end", async () => {
    const meanwhile = [
      async () => void (await run("list", [])),
      async () => void (await client.updateStreamStatus({ streamId: "launch", status: "LIVE" })),
      async () => expect((await run("end", ["launch"])).out[0]).to.match(/^launch is COMPLETE since /),
    ] as (() => Promise<void>)[];
    const { code, out, warnings } = await run("watch", ["launch"], meanwhile);
    expect({ code, warnings }).to.deep.equal({ code: 0, warnings: [] });
    const statuses = out
      .map((line) => / {2}([A-Z]+) /.exec(line)?.[1])
      .filter((status) => status !== undefined);
    expect(statuses).to.deep.equal(["PROVISIONING", "READY", "LIVE", "COMPLETE"] satisfies StreamStatus[]);
    expect(out.join("\n")).to.match(/^Its channel is 100[123]\.$/m);
    expect(meanwhile).to.deep.equal([]);
  });

  it("is told by the exit code of a stream that failed, also where it was requested again meanwhile", async () => {
    await request("second");
    const { code, out } = await run(
      "watch",
      ["second"],
      [
        async () => {
          await run("confirm", ["second", "FAILED", "--reason", "No picture"]);
          await local.clock.advance({ minutes: 2 });
          await request("second");
        },
      ],
    );
    expect(code).to.equal(2);
    expect(out.join("\n")).to.match(/FAILED {8}by api \(arn.*\): No picture/);
    const attempts = await run("get", ["second", "--attempts"]);
    expect(attempts.out.map((line) => line.split(/ +/).slice(0, 2).join(" "))).to.deep.equal([
      "ATTEMPT STATUS",
      "2 PROVISIONING",
      "1 FAILED",
    ]);
  });

  it("gives watching up when it was told to", async () => {
    const { code, warnings } = await run("watch", ["second", "--timeout-minutes", "1", "--json"]);
    expect({ code, warnings }).to.deep.equal({
      code: 3,
      warnings: ["second is still PROVISIONING after 1 minute."],
    });
  });

  it("lists no more than it was told to, and says that there are more", async () => {
    const { out, warnings } = await run("list", ["--limit", "1"]);
    expect(out).to.have.length(2);
    expect(warnings).to.deep.equal(["There are more than 1: see --limit."]);
  });

  it("hands over what a rule could not deliver", async () => {
    local.faults.refuse({ forGood: true, target: "streams-resume-orchestration" });
    await run("confirm", ["second", "READY"]);
    await local.settled();
    const { code, out } = await run("redrive", ["--queue-url", String(local.outputs.deadLetterQueueUrl)]);
    await local.settled();
    expect(code).to.equal(0);
    expect(out[0]).to.match(
      /^delivered {2}StreamLifecycleProgressed READY second to streams-resume-orchestration-/,
    );
    expect((await run("watch", ["second", "--until", "READY"])).code).to.equal(0);
  });

  it("is told what is wrong: a stream that there is not, and a change that is none", async () => {
    const unknown = await failureOf(run("get", ["unknown"]));
    expect(unknown).to.be.instanceOf(UsageError);
    expect(unknown.message).to.match(
      /^GetStream: 404 Stream not found\. No stream has the streamId "unknown"\.\nRequest [\da-f-]{36} in the API's access log\.$/,
    );
    expect((await failureOf(run("confirm", ["launch", "READY"]))).message).to.match(
      /^UpdateStreamStatus: 400 /,
    );
  });

  it("is told which permissions are missing", async () => {
    const { AWS_SECRET_ACCESS_KEY: secret = "" } = process.env;
    process.env.AWS_SECRET_ACCESS_KEY = "other";
    const { message } = await failureOf(run("list", []));
    process.env.AWS_SECRET_ACCESS_KEY = secret;
    expect(message).to.match(
      /^ListStreams: 403 Forbidden\nThe credentials must be of the deployment's account and need the policy in its output invokePolicyJson/,
    );
    expect((await failureOf(run("list", ["--token", "a.b.c"]))).message).to.match(
      /^ListStreams: 403 Forbidden/,
    );
  });

  it("finds the deployment of a stack by the Pulumi CLI, and says where there is none", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-"));
    const { PATH: path } = process.env;
    process.env.PATH = folder;
    try {
      expect((await failureOf(run("list", ["--stack", "prod"]))).message).to.equal(
        "The Pulumi CLI is not installed. Give --url instead: it is the stack's output apiUrl.",
      );
      const script = `#!/bin/sh\necho "$*" >&2; [ "$5" = prod ] && echo ${local.apiUrl}\n`;
      writeFileSync(join(folder, "pulumi"), script, { mode: 0o755 });
      expect((await run("list", ["--stack", "prod", "--json", "--limit", "1"])).code).to.equal(0);
      expect((await failureOf(run("list", ["--stack", "none"]))).message).to.equal(
        "The Pulumi CLI could not tell the output apiUrl of stack 'none': stack output apiUrl --stack none",
      );
    } finally {
      process.env.PATH = path;
      rmSync(folder, { recursive: true });
    }
  });

  for (const [name, args, message] of [
    ["list", ["now"], "There is no argument 'now', only options."],
    [
      "list",
      ["--status", "up"],
      "--status must be one of PROVISIONING, READY, LIVE, FAILED, COMPLETE, received 'up'.",
    ],
    ["list", ["--url", "https://x", "--stack", "dev"], "Name the deployment by either --url or --stack."],
    [
      "list",
      ["--url", "http://example.com"],
      "url must begin with https://, or with http:// on this computer, received http://example.com.",
    ],
    ["get", [], "Give STREAM."],
    ["get", [".."], 'streamId must be a text that can stand in a path, received "..".'],
    ["get", ["a", "b"], "There is no argument 'b'."],
    ["confirm", [], "Give STREAM and READY or FAILED."],
    ["confirm", ["launch", "LIVE"], "The status must be one of READY, FAILED, received 'LIVE'."],
    ["watch", ["launch", "--until", "LIVE"], "--until must be one of READY, received 'LIVE'."],
    [
      "watch",
      ["launch", "--timeout-minutes", "x"],
      "--timeout-minutes must be a whole number from 1, received 'x'.",
    ],
  ] as const) {
    it(`refuses '${[name, ...args].join(" ")}' in words`, async () => {
      const error = await failureOf(run(name, args));
      expect(error).to.be.instanceOf(UsageError);
      expect(error.message.split("\n")[0]).to.equal(message);
    });
  }

  for (const name of ["list", "get", "confirm", "end", "watch"] as const) {
    it(`says how '${name}' is called, with its exit codes`, async () => {
      const { message } = await failureOf(run(name, ["--help"]));
      expect(message).to.match(new RegExp(`^Usage: stream-orchestration ${name} `));
      expect(message).to.include("\nExit code: 0");
      for (const line of message.split("\n")) expect(line.length, line).to.be.below(121);
    });
  }
});
