import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { leastArgs, recordDefaults } from "../../test/support/stream-orchestration";
import { Deployment } from "../engine/deployment";
import { Engine, hasCli } from "../engine/engine";
import { nameOf, type Outcome } from "../engine/outcome";
import { expectNoChange, expectSuccess } from "../engine/suite";
import { pluginFolder, type RunningPlugin, startPlugin } from "./plugin";

const isPresent = hasCli();
if (!isPresent) {
  console.warn("proof/languages is skipped: there is no 'pulumi' command on PATH.");
}

/** The outputs that the schema names, as an SDK registers them: the engine fills them in. */
const { resources } = JSON.parse(readFileSync(join(pluginFolder, "schema.json"), "utf8"));
const outputs = Object.keys(resources["stream-orchestration:index:StreamOrchestration"].properties);
const unset = Object.fromEntries(outputs.map((output) => [output, undefined]));

/** The component as an SDK of any language registers it: the engine has the plugin construct it. */
class RemoteOrchestration extends pulumi.ComponentResource {
  constructor(name: string, args: object) {
    super("stream-orchestration:index:StreamOrchestration", name, { ...args, ...unset }, {}, true);
  }
}

/** @returns the outputs, as stack outputs. */
function outputsOf(args: object): { [output: string]: unknown } {
  const component = new RemoteOrchestration("streams", args) as unknown as { [output: string]: unknown };
  return Object.fromEntries(outputs.map((output) => [output, component[output]]));
}

function remote(args: object): PulumiFn {
  return async () => outputsOf({ ...leastArgs, protect: false, ...args });
}

(isPresent ? describe : describe.skip)("The plugin for Pulumi's other languages", () => {
  let engine: Engine;
  let plugin: RunningPlugin;
  let empty: Deployment;
  let up: Outcome;
  let deployed: Deployment;

  before(async () => {
    engine = new Engine();
    plugin = await startPlugin();
    engine.plugins.set("stream-orchestration", plugin.port);
    empty = await Deployment.create(engine);
    deployed = empty.fork();
    up = await deployed.up(remote({}));
  });
  after(() => {
    plugin?.stop();
    engine?.remove();
  });

  it("constructs what a TypeScript program constructs, with the same names", async () => {
    expectSuccess(up);
    const { registrations } = await recordDefaults();
    const constructed = deployed.state.filter(({ type }) => !type.startsWith("pulumi:"));
    expect(constructed).to.have.length.above(90);
    expect(constructed.map(({ type, urn }) => `${type} ${nameOf(urn)}`)).to.have.members(
      registrations.map(({ type, name }) => `${type} ${name}`),
    );
  });

  it("changes nothing when it is deployed again", async () => {
    expectNoChange(await deployed.up(remote({})));
  });

  it("hands every output of the schema to the program", () => {
    const stack = deployed.state.find(({ type }) => type === "pulumi:pulumi:Stack");
    expect(outputs).to.include.members(["apiUrl", "apiDomain", "invokePolicyJson", "manifestUrls"]);
    expect(stack?.outputs).to.include.keys(outputs);
    expect(stack?.outputs?.apiUrl).to.match(/^https:/);
  });

  it("tells every wrong argument, and creates nothing", async () => {
    const fresh = empty.fork();
    const { error } = await fresh.preview(remote({ maxLiveHours: -1, network: { vpcId: "mine" } }));
    expect(error).to.include("maxLiveHours must be a whole number from 0 to 8760, received -1");
    expect(error).to.include("network.vpcId must be the id of a VPC");
    expect(error).to.include("network.subnetIds is required");
    expect(fresh.account.calls).to.deep.equal([]);
  });

  it("takes what another resource will have, before AWS has told it and afterwards", async () => {
    const fresh = empty.fork();
    const program: PulumiFn = async () => {
      const table = new aws.dynamodb.Table("origin", {
        attributes: [{ name: "id", type: "S" }],
        hashKey: "id",
        billingMode: "PAY_PER_REQUEST",
      });
      return outputsOf({
        encoder: {
          channels: [
            {
              channelId: "1234567",
              originDomainName: table.name.apply(() => "origin.example.com"),
              originHeaders: { "x-origin-verify": pulumi.secret("s3cret") },
            },
          ],
        },
        playback: {
          update: "none",
          domainName: "live.example.com",
          manifests: [{ name: "main", format: "HLS", path: "index.m3u8" }],
        },
        protect: false,
      });
    };
    expectSuccess(await fresh.preview(program));
    expectSuccess(await fresh.up(program));
    const made = fresh.state.find(({ type }) => type === "pulumi:pulumi:Stack");
    expect(made?.outputs?.manifestUrls).to.deep.equal({
      main: "https://live.example.com/{channelId}/index.m3u8",
    });
    const component = fresh.state.find(({ urn }) => urn.endsWith("StreamOrchestration::streams"));
    // A header's value makes a secret of all origins.
    expect(component?.outputs?.playbackOrigins).to.include.keys("ciphertext");
    expect(JSON.stringify(component)).to.not.include("s3cret");
  });
});
