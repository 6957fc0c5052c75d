import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { localUser } from "../../local/auth";
import { aRequest } from "../journeys/support/requests";
import { root } from "../support/root";
import { signed } from "../support/sign";

interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

interface CommandOptions {
  /** A folder that holds `dist/`. */
  readonly cwd?: string;
  readonly nodeOptions?: readonly string[];
}

/** A command of the project, compiled, in a process of its own. */
class Command {
  stdout = "";
  stderr = "";
  readonly ended: Promise<Outcome>;
  private readonly process: ChildProcess;

  constructor(args: readonly string[], { cwd = root, nodeOptions = [] }: CommandOptions = {}) {
    this.process = spawn(process.execPath, [...nodeOptions, join(cwd, "dist", "cli", "main.js"), ...args], {
      cwd,
      // The SDK's remark on the version of Node.js is none of the command's.
      env: { ...process.env, NODE_NO_WARNINGS: "1" },
    });
    this.process.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    running.add(this.process);
    this.ended = once(this.process, "close").then(([code, signal]) => {
      running.delete(this.process);
      const { stdout, stderr } = this;
      return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr };
    });
  }

  /** Resolves once standard output matches. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout);
      if (match) return match;
      const ended = await Promise.race([
        this.process.stdout && once(this.process.stdout, "data").then(() => false),
        this.ended.then(() => true),
      ]);
      if (ended && !pattern.test(this.stdout)) {
        throw new Error(`The command ended without ${String(pattern)}: ${this.stdout}${this.stderr}`);
      }
    }
  }

  interrupt(): void {
    this.process.kill("SIGINT");
  }
}

const running = new Set<ChildProcess>();

/** How many planned commands run at a time. The other files' tests beside them end soon. */
const atATime = availableParallelism();
const planned: { begin: () => Promise<void> }[] = [];

/** Plans a command that needs nothing of its test. It runs in the background, from before the first test of all. */
function plan(...args: readonly string[]): { readonly outcome: Promise<Outcome> } {
  let resolve: (outcome: Outcome) => void = () => undefined;
  const outcome = new Promise<Outcome>((done) => {
    resolve = done;
  });
  planned.push({ begin: async () => resolve(await new Command(args).ended) });
  return { outcome };
}

async function runPlanned(): Promise<void> {
  const runNext = async () => {
    for (let next = planned.shift(); next; next = planned.shift()) await next.begin();
  };
  await Promise.all(Array.from({ length: atATime }, runNext));
}

const ports = ["--port", "--aws-port", "--playback-port", "--console-port"] as const;
const freePorts = ports.flatMap((option) => [option, "0"]);

/** Starts the runtime on free ports, and resolves to its base URLs once it is ready. */
async function start(args: readonly string[], options: CommandOptions = {}) {
  const command = new Command(["dev", ...freePorts, ...args], options);
  const [, apiUrl = ""] = await command.says(/API +(http:\S+)/);
  const [, awsUrl = ""] = await command.says(/AWS +(http:\S+)/);
  await command.says(/Ready after \d+\.\d s\. Ctrl-C stops everything\.\n/);
  return { command, apiUrl, awsUrl };
}

/** `npm test` builds first; this is for who runs mocha alone in a fresh checkout. */
function buildIfMissing(): void {
  if (existsSync(join(root, "dist/cli/main.js"))) return;
  const { status, stderr } = spawnSync(process.execPath, ["scripts/build.mjs"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(status, stderr).to.equal(0);
}

const folder = mkdtempSync(join(tmpdir(), "commands-"));
const refused = join(folder, "refused.json");

before(() => {
  buildIfMissing();
  writeFileSync(
    refused,
    JSON.stringify({ streamId: "no", title: "", ingestEndpoints: [{ protocol: "ftp" }] }),
  );
  void runPlanned();
});
after(() => {
  planned.length = 0;
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

describe("the commands", () => {
  describe("dev", () => {
    it("says where it serves what, keeps the tables, and Ctrl-C ends it with code 0", async () => {
      const data = join(folder, "tables");
      const first = await start(["--data", data]);
      expect(first.command.stdout).to.include(`Tables   ${data}`);
      expect(first.command.stdout).to.include(`AWS_SECRET_ACCESS_KEY  ${localUser.secretAccessKey}`);
      // What is printed works as it is printed.
      expect(first.command.stdout).to.include(`curl -i -K examples/local.curlrc ${first.apiUrl}/streams`);
      const health = await fetch(`${first.apiUrl}/health`);
      expect(health.status).to.equal(200);
      const request = {
        method: "POST",
        url: `${first.apiUrl}/streams`,
        body: JSON.stringify(aRequest("kept")),
      };
      expect((await fetch(request.url, { method: "POST", body: request.body })).status).to.equal(403);
      await fetch(request.url, { ...request, headers: signed(request, { now: Date.now() }) });
      await first.command.says(/kept_1 {2}AwaitLifecycleConfirmation/);
      // The console signs for its page.
      const [, consoleUrl = ""] = await first.command.says(/Console +(http:\S+)/);
      const listed = await fetch(`${consoleUrl}/_console/api/streams`);
      expect(listed.status).to.equal(200);
      expect(await listed.text()).to.include(`"streamId":"kept"`);
      expect(await (await fetch(consoleUrl)).text()).to.include("console.js");
      first.command.interrupt();
      const { code, signal, stderr } = await first.command.ended;
      expect({ code, signal, stderr }).to.deep.equal({ code: 0, signal: null, stderr: "" });

      const second = await start(["--data", data, "--auth", "off"]);
      const confirmed = await fetch(`${second.apiUrl}/streams`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ streamId: "kept", status: "FAILED" }),
      });
      expect(confirmed.status).to.equal(200);
      second.command.interrupt();
      expect(await second.command.ended).to.include({ code: 0, stderr: "" });
    });

    it("goes on when node_modules and dist are gone, as they are while 'npm ci' runs", async () => {
      const clone = join(folder, "clone");
      mkdirSync(clone);
      const sources = [
        "components",
        "config.ts",
        "contracts",
        "index.ts",
        "Pulumi.yaml",
        "Pulumi.local.yaml",
      ];
      const replaced = ["dist", "node_modules"];
      for (const name of ["package.json", "examples", ...sources, ...replaced]) {
        symlinkSync(join(root, name), join(clone, name));
      }
      // Without these, Node.js would go on to find every module where the links led to.
      const nodeOptions = ["--preserve-symlinks", "--preserve-symlinks-main"];
      const { command, apiUrl } = await start(["--auth", "off"], { cwd: clone, nodeOptions });
      for (const name of replaced) rmSync(join(clone, name));
      const send = async (method: string, body: object) =>
        (await fetch(`${apiUrl}/streams`, { method, body: JSON.stringify(body) })).status;
      expect(await send("POST", aRequest("goes-on"))).to.equal(202);
      await command.says(/goes-on_1 {2}AwaitLifecycleConfirmation/);
      const [, playlistUrl = ""] = await command.says(/playback {2}(http:\S+\/goes-on\/index\.m3u8)\n/);
      const playlist = await fetch(playlistUrl);
      expect([playlist.status, await playlist.text()].join(" "))
        .to.match(/^200 #EXTM3U\n/)
        .and.contain("goes-on, attempt 1");
      expect(await send("PUT", { streamId: "goes-on", status: "READY" })).to.equal(200);
      await command.says(/goes-on_1 {2}SUCCEEDED/);
      expect(await send("PUT", { streamId: "goes-on", status: "COMPLETE" })).to.equal(200);
      await command.says(/StreamTeardown \w+ {2}SUCCEEDED/);
      command.interrupt();
      expect(await command.ended).to.include({ code: 0, stderr: "" });
    });

    it("ends with one message and code 1 when a port is busy", async () => {
      const busy = createServer().listen(0, "127.0.0.1");
      await once(busy, "listening");
      const { port } = busy.address() as AddressInfo;
      try {
        for (const option of ports) {
          const { code, stdout, stderr } = await new Command(["dev", ...freePorts, option, String(port)])
            .ended;
          expect({ code, stdout, stderr }).to.deep.equal({
            code: 1,
            stdout: "",
            stderr: `Port ${port} is in use. Choose another with ${option}, or 0 for a free one.\n`,
          });
        }
      } finally {
        busy.close();
      }
    });

    for (const [what, args, message] of [
      ["a program that throws", ["--program", "test/local/fixtures/throws.ts"], /^The program says no\.\n$/],
      [
        "a program that is missing",
        ["--program", "nowhere.ts"],
        /^The program \S+nowhere\.ts does not exist\.\n$/,
      ],
      [
        "a stack that is missing",
        ["--stack", "prod"],
        /^The stack 'prod' has no configuration: \S+ does not exist\.\n$/,
      ],
      [
        "a program with unsupported resources, where these are refused",
        ["--strict", "--program", "test/local/fixtures/unsupported.ts"],
        /^The local runtime does not support .*\n( {2}- .*\n){3}It knows .*\n$/,
      ],
      [
        "an invoke that has no answer",
        ["--program", "test/local/fixtures/unsupported.ts"],
        /^The local runtime does not answer the invoke aws:ec2\/getAmi:getAmi with .* --mocks FILE.*\n$/,
      ],
      [
        "an unknown option",
        ["--prot", "80"],
        /^Unknown option '--prot'\.\n\nUsage: stream-orchestration dev \[options\]\n/,
      ],
      ["neither on nor off", ["--auth", "maybe"], /^--auth must be on or off, received 'maybe'\.\n$/],
      ["an argument", ["now"], /^There is no argument 'now', only options\.\n/],
    ] as const) {
      const command = plan("dev", ...freePorts, ...args);
      it(`ends with one message and code 1 for ${what}`, async () => {
        const { code, stdout, stderr } = await command.outcome;
        expect(stderr).to.match(message);
        expect(stderr).not.to.match(/^ +at /m);
        expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
      });
    }
  });

  describe("demo", () => {
    const ready = plan("demo");
    it("takes the example to READY, state by state, and shows the item and the events", async () => {
      const { code, stdout, stderr } = await ready.outcome;
      expect(stderr).to.equal("");
      for (const state of ["ValidateProvisionRequest", "AwaitLifecycleConfirmation", "WorkflowSucceeded"]) {
        expect(stdout)
          .to.match(new RegExp(`^→ ${state} *\\n`, "m"))
          .and.match(new RegExp(`^✓ ${state} +\\d+(\\.\\d)? m?s\\n`, "m"));
      }
      expect(stdout).to.include('"status": "READY"').and.include("StreamProvisionRequested  {");
      expect(stdout).to.match(/\nThe workflow SUCCEEDED and the stream is READY, as asked\.\n$/);
      expect(code).to.equal(0);
    });

    for (const args of [
      ["--confirm", "failed"],
      ["--confirm", "none", "--timeout-seconds", "1"],
    ]) {
      const command = plan("demo", ...args);
      it(`ends well with ${args.join(" ")}, as that is what was asked`, async () => {
        const { code, stdout } = await command.outcome;
        expect(stdout).to.match(/\nThe workflow FAILED and the stream is FAILED, as asked\.\n$/);
        expect(stdout).to.match(/^Encoder channels: \d+ (STOPPING|IDLE)$/m);
        expect(code).to.equal(0);
      });
    }

    const refusal = plan("demo", refused);
    it("prints the issues of a request that the API refuses, one a line, and ends with code 1", async () => {
      const { code, stderr } = await refusal.outcome;
      expect(stderr.trim().split("\n").slice(1)).to.deep.equal([
        'streamId must match ^[a-zA-Z0-9-]{3,64}$, received "no".',
        "title must have 1 to 140 characters, received 0.",
        "startTime is required.",
        "ingestEndpoints[0].protocol must be one of rtmp, rtmps, srt.",
        "ingestEndpoints[0].url is required.",
      ]);
      expect(code).to.equal(1);
    });

    for (const [what, args, message] of [
      ["a file that is missing", ["nowhere.json"], /^The request nowhere\.json cannot be read: /],
      [
        "an unknown end",
        ["--confirm", "maybe"],
        /^--confirm must be one of ready, failed, none, received 'maybe'\.\n/,
      ],
      [
        "a timeout in words",
        ["--timeout-seconds", "soon"],
        /^--timeout-seconds must be a whole number .* 'soon'\.\n/,
      ],
      ["two files", ["a.json", "b.json"], /^One FILE at a time, received 2\.\n/],
    ] as const) {
      const command = plan("demo", ...args);
      it(`ends with one message and code 1 for ${what}`, async () => {
        const { code, stdout, stderr } = await command.outcome;
        expect(stderr).to.match(message);
        expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
      });
    }
  });

  describe("the printed documents", () => {
    const commands = {
      definition: plan("definition"),
      sweep: plan("definition", "--machine", "StreamSweep"),
      openapi: plan("openapi"),
      asyncapi: plan("asyncapi"),
      graph: plan("graph"),
    };
    const print = async (document: keyof typeof commands) => {
      const { code, stdout, stderr } = await commands[document].outcome;
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
      return JSON.parse(stdout);
    };

    it("are the definition as it is deployed, and nothing else", async () => {
      const definition = await print("definition");
      expect(definition).to.include({ QueryLanguage: "JSONata", StartAt: "ValidateProvisionRequest" });
      expect(JSON.stringify(definition)).to.include("arn:aws:lambda:us-east-1:000000000000:function:");
    });

    it("are the definition of another state machine where that is asked for", async () => {
      const definition = await print("sweep");
      expect(definition)
        .to.include({ QueryLanguage: "JSONata" })
        .and.not.have.property("StartAt", "ValidateProvisionRequest");
    });

    it("are the OpenAPI document, and nothing else", async () => {
      expect(await print("openapi")).to.have.property("openapi", "3.1.0");
    });

    it("are the AsyncAPI document, and nothing else", async () => {
      expect(await print("asyncapi")).to.have.property("asyncapi", "3.0.0");
    });

    it("are the recorded resources, whose archives stand as on any machine, and nothing else", async () => {
      const graph = (await print("graph")) as { type: string; inputs: { code?: { fileArchive?: string } } }[];
      expect(graph).to.have.length.above(40);
      expect(graph.every((resource) => Object.keys(resource).join() === "type,name,inputs")).to.equal(true);
      const functions = graph.filter(({ type }) => type === "aws:lambda/function:Function");
      const archives = functions.map(({ inputs }) => inputs.code?.fileArchive);
      expect(archives).to.include("dist/lambda/create-stream-workflow");
      const built = readdirSync(join(root, "dist/lambda")).map((name) => `dist/lambda/${name}`);
      for (const archive of archives) expect(built).to.include(archive);
      expect(JSON.stringify(graph)).not.to.include(root);
    });
  });

  describe("check", () => {
    const machine = (output: string) => ({
      QueryLanguage: "JSONata",
      StartAt: "A",
      States: { A: { Type: "Pass", Output: output, End: true } },
    });
    const files = {
      right: machine("{% $states.input %}"),
      failing: machine("{% $toUpper('a') %}"),
      wrong: machine("{% name %}"),
    };
    const path = (name: keyof typeof files) => join(folder, `${name}.json`);
    for (const name of ["right", "failing", "wrong"] as const) {
      writeFileSync(path(name), JSON.stringify(files[name]));
    }
    const good = plan("check", path("right"), path("failing"));
    const bad = plan("check", path("wrong"), path("right"));

    it("says what AWS would fail on, and ends with code 0", async () => {
      const { code, stdout } = await good.outcome;
      expect(code).to.equal(0);
      expect(stdout).to.include(`${path("right")}: in order\n`);
      expect(stdout).to.match(/failing\.json: warning: State 'A': .* calls \$toUpper, .*\n$/);
    });

    it("says what AWS would refuse, and ends with code 1", async () => {
      const { code, stdout } = await bad.outcome;
      expect(code).to.equal(1);
      expect(stdout).to.match(/wrong\.json: refused: State 'A': .*'name' at its top level/);
    });
  });

  for (const [command, usage] of [
    ["dev", "Usage: stream-orchestration dev [options]"],
    ["demo", "Usage: stream-orchestration demo [FILE] [options]"],
    ["redrive", "Usage: stream-orchestration redrive --stack NAME | --queue-url URL"],
    ["definition", "Usage: stream-orchestration definition [options]"],
    ["check", "Usage: stream-orchestration check FILE..."],
    ["openapi", "Usage: stream-orchestration openapi"],
    ["graph", "Usage: stream-orchestration graph [options]"],
  ] as const) {
    const help = plan(command, "--help");
    it(`say how they are called when asked: ${command}`, async () => {
      const { code, stdout, stderr } = await help.outcome;
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
      expect(stdout.split("\n")[0]).to.equal(usage);
    });
  }

  const all =
    "dev, demo, list, get, confirm, end, watch, redrive, definition, check, openapi, asyncapi, graph";
  for (const args of [[], ["--help"]]) {
    const help = plan(...args);
    it(`are listed by 'stream-orchestration ${args.join()}'`, async () => {
      const { code, stdout, stderr } = await help.outcome;
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
      expect([...stdout.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name).join(", ")).to.equal(all);
    });
  }

  const version = plan("--version");
  it("say the package's version", async () => {
    const { code, stdout } = await version.outcome;
    const { version: expected } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: `${expected}\n` });
  });

  for (const [what, args, message] of [
    ["a command", ["start"], "Unknown command 'start'."],
    ["a member of every object", ["toString"], "Unknown command 'toString'."],
    ["an option", ["--port", "80"], "Unknown option '--port'."],
    ["an argument of redrive", ["redrive", "now"], "There is no argument 'now', only options."],
    ["redrive without a queue", ["redrive"], "Name the queue by either --stack or --queue-url."],
    ["check without a file", ["check"], "Name one or more files."],
    ["an option of graph", ["graph", "--machine", "x"], "Unknown option '--machine'."],
    ["an option of openapi", ["openapi", "--stack", "x"], "Unknown option '--stack'."],
  ] as const) {
    const refusal = plan(...args);
    it(`refuse ${what} with what is allowed, and code 1`, async () => {
      const { code, stdout, stderr } = await refusal.outcome;
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
      expect(stderr).to.match(/^.*\n\nUsage: stream-orchestration /);
      expect(stderr.split("\n")[0]).to.equal(message);
    });
  }
});
