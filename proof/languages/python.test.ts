import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { Account } from "../engine/account";
import { type RunningProvider, serveAws } from "../engine/aws-provider";
import { pluginFolder, type RunningPlugin, startPlugin } from "./plugin";

/** Pulumi's language hosts come with its command. */
const commands = ["pulumi", "pulumi-language-nodejs", "pulumi-language-python"];
/** What a generated SDK imports and is installed with. */
const modules = ["pulumi", "parver", "setuptools"];
const missing = commands.find((name) => !isOnPath(name)) ?? modules.find((name) => !hasModule(name));
if (missing) console.warn(`proof/languages runs no Python program: there is no '${missing}'.`);

function isOnPath(command: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, command)));
}

function hasModule(name: string): boolean {
  return spawnSync("python3", ["-c", `import ${name}`]).status === 0;
}

const run = promisify(execFile);

(missing ? describe.skip : describe)("A Python program", () => {
  let folder: string;
  const account = new Account();
  let aws: RunningProvider;
  let plugin: RunningPlugin;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "languages-"));
    aws = await serveAws(account);
    plugin = await startPlugin();
  });
  after(() => {
    plugin?.stop();
    aws?.stop();
    rmSync(folder, { recursive: true });
  });

  it("deploys the component by the SDK that Pulumi generates, and changes nothing the second time", async () => {
    const sdk = join(folder, "sdk");
    const home = join(folder, "home");
    const env = { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
    await run("pulumi", ["package", "gen-sdk", pluginFolder, "--language", "python", "--out", sdk], { env });
    const site = join(folder, "site");
    const offline = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation"];
    await run("python3", ["-m", "pip", "install", ...offline, "--target", site, join(sdk, "python")]);
    const [workFolder, backend] = [join(folder, "program"), join(folder, "backend")];
    for (const made of [workFolder, backend]) mkdirSync(made);
    const { stdout } = await run(
      "python3",
      [
        ...[join(__dirname, "run_program.py"), resolve(__dirname, "../../examples/python/__main__.py")],
        ...[workFolder, backend, home, `aws:${aws.port},stream-orchestration:${plugin.port}`],
      ],
      { env: { ...env, PYTHONPATH: site } },
    );
    const { outputs, created, again } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    expect(outputs.apiUrl).to.equal("https://api.example.com");
    expect(outputs.invokePolicyJson).to.include("execute-api:Invoke");
    expect(created.create).to.be.above(90);
    expect(Object.keys(again)).to.deep.equal(["same"]);
    expect(account.ofType("aws:sns/topicSubscription:TopicSubscription")).to.have.lengthOf(2);
  });
});
