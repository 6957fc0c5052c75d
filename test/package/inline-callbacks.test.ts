import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import type { JsonObject } from "../../local/json";
import { root } from "../support/root";

const program = `
const aws = require("@pulumi/aws");
const { greet } = require("greeting");
const { StreamOrchestration } = require("@guidogerb/stream-orchestration");
const streams = new StreamOrchestration("streams", {
  encoder: { channels: [{ channelId: "1234567" }] },
  playback: { distributionId: "E2QWRUHAPOMQZL" },
});
streams.onLifecycleProgressed("announce", async ({ detail }) => console.log(greet(detail.streamId)));
const role = new aws.iam.Role("own", {
  assumeRolePolicy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
  }),
});
new aws.lambda.CallbackFunction("own", { role, callback: async () => greet("you") });
`;

describe("the inline callbacks of a team that installed the package", function () {
  this.timeout(60_000);
  let folder: string;
  const packaged: { [name: string]: readonly string[] } = {};

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "callbacks-"));
    const modules = join(folder, "node_modules");
    mkdirSync(modules);
    const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const shell = process.platform === "win32";
    const [{ filename = "", name = "" } = {}] = JSON.parse(
      execFileSync("npm", pack, { cwd: root, encoding: "utf8", shell }),
    ) as { filename?: string; name?: string }[];
    const installed = join(modules, name);
    mkdirSync(installed, { recursive: true });
    execFileSync("tar", ["-xzf", join(folder, filename), "--strip-components=1", "-C", installed]);
    // Everything else comes from here: nothing is downloaded.
    for (const entry of readdirSync(join(root, "node_modules"))) {
      if (!entry.startsWith(".") && entry !== dirname(name))
        symlinkSync(join(root, "node_modules", entry), join(modules, entry));
    }
    const write = (file: string, content: string | object) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), typeof content === "string" ? content : JSON.stringify(content));
    };
    write("node_modules/greeting/package.json", { name: "greeting", version: "1.0.0" });
    write("node_modules/greeting/index.js", "exports.greet = (name) => `Hello, ${name}`;");
    write("package.json", { name: "team", dependencies: { [name]: "*", greeting: "*", "@pulumi/aws": "*" } });
    write("index.js", program);
    const command = [join(installed, "dist/cli/main.js"), "graph", "--program", "index.js"];
    const graph = JSON.parse(
      execFileSync(process.execPath, command, { cwd: folder, encoding: "utf8", maxBuffer: 1e8 }),
    ) as { type: string; name: string; inputs: { code: { assetArchive?: JsonObject } } }[];
    for (const { type, name: logicalName, inputs } of graph) {
      const members = type === "aws:lambda/function:Function" && inputs.code.assetArchive;
      if (members) packaged[logicalName] = Object.keys(members).sort();
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("are packaged with what the team's own code needs, and without this package or what it depends on", () => {
    expect(packaged).to.deep.equal({
      announce: ["__index.js", "node_modules/greeting"],
      own: ["__index.js", "node_modules/greeting"],
    });
  });
});
