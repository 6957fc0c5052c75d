import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { NetworkArgs } from "../../../components";
import { defaultFunctionNames } from "../../support/default-functions";
import { place, type Recording } from "../../support/record";
import { root } from "../../support/root";
import { statementsOf } from "../../support/statements";
import { recordDefaults, recordOrchestration } from "../../support/stream-orchestration";

const service = (name: string) => `com.amazonaws.${place.region}.${name}`;

/** The services whose endpoints the functions call, and so have to be there: no function has another way out. */
function endpoints(recording: Recording) {
  return recording.ofType(":VpcEndpoint").map(({ inputs }) => [inputs.vpcEndpointType, inputs.serviceName]);
}

function egress(recording: Recording) {
  return recording.ofType(":SecurityGroupEgressRule").map(({ name, inputs }) => {
    const { description: _, securityGroupId: __, tags: ___, ...rule } = inputs;
    return { name, ...rule };
  });
}

/** What the functions have as their network, all of them the same. */
function vpcConfigs(recording: Recording) {
  return recording.ofType("lambda/function:Function").map(({ name, inputs }) => [name, inputs.vpcConfig]);
}

describe("A StreamOrchestration without a network", () => {
  it("runs its functions in Lambda's own", async () => {
    const recording = await recordDefaults();
    for (const [name, vpcConfig] of vpcConfigs(recording)) expect(vpcConfig, name).to.equal(undefined);
    expect(recording.registrations.filter(({ type }) => /aws:(ec2|vpc)|awsx/.test(type))).to.deep.equal([]);
  });
});

const networks: [what: string, args: NetworkArgs, subnets: number][] = [
  ["a new network", { create: true }, 2],
  ["an existing network", { vpcId: "vpc-0a1b", subnetIds: ["subnet-0a", "subnet-0b", "subnet-0c"] }, 3],
];

for (const [what, network, subnets] of networks) {
  describe(`A StreamOrchestration in ${what}`, () => {
    let recording: Recording;
    before(async () => {
      recording = await recordOrchestration({ network });
    });

    it("runs every function in its private subnets, with one security group", () => {
      const configs = vpcConfigs(recording);
      expect(configs.map(([name]) => name)).to.have.members(
        defaultFunctionNames.map((handler) => `streams-${handler}`),
      );
      const [[, first] = []] = configs;
      expect(first.subnetIds).to.have.length(subnets);
      expect(first.securityGroupIds).to.have.length(1);
      for (const [name, vpcConfig] of configs) expect(vpcConfig, name).to.deep.equal(first);
    });

    it("describes its security groups in the letters that EC2 takes", () => {
      for (const { name, inputs } of recording.ofType(":SecurityGroup")) {
        expect(inputs.description, name).to.match(/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/);
      }
    });

    it("lets the functions out to the VPC's endpoints and DynamoDB alone, and nothing in", () => {
      const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };
      const rules = egress(recording);
      const prefixListId = rules.find((rule) => "prefixListId" in rule)?.prefixListId as string;
      expect(prefixListId).to.match(/^pl-/);
      expect(rules).to.have.deep.members([
        { name: "streams-network-endpoints", ...https, cidrIpv4: "10.0.0.0/16" },
        { name: "streams-network-dynamodb", ...https, prefixListId },
      ]);
      const [[, { securityGroupIds }] = []] = vpcConfigs(recording);
      for (const { inputs } of recording.ofType(":SecurityGroupEgressRule")) {
        expect([inputs.securityGroupId]).to.deep.equal(securityGroupIds);
      }
      for (const { inputs } of recording.ofType(":SecurityGroupIngressRule")) {
        expect([inputs.securityGroupId]).to.not.deep.equal(securityGroupIds);
      }
    });
  });
}

describe("The network that a StreamOrchestration creates", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordOrchestration({ network: { create: true }, tags: { team: "video" } });
  });

  it("has isolated subnets in two zones, and no gateway to the internet", () => {
    expect(recording.only("awsx:ec2:Vpc", "streams-network").inputs).to.deep.equal({
      numberOfAvailabilityZones: 2,
      natGateways: { strategy: "None" },
      subnetStrategy: "Auto",
      subnetSpecs: [{ type: "Isolated", cidrMask: 24, name: "private" }],
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { team: "video" },
    });
  });

  it("has an endpoint for each service that the functions call", () => {
    expect(endpoints(recording)).to.have.deep.members([
      ["Gateway", service("dynamodb")],
      ["Interface", service("events")],
      ["Interface", service("sns")],
      ["Interface", service("states")],
    ]);
  });

  it("has functions that may call no service without an endpoint", () => {
    const services = endpoints(recording).map(([, name]) => String(name).split(".").at(-1));
    // What Lambda itself does with a function's role: logs, network interfaces, and events that were not handled.
    const byLambda = /^(logs:(CreateLogStream|PutLogEvents)|ec2:\w+|sqs:SendMessage)$/;
    for (const handler of defaultFunctionNames) {
      const actions = statementsOf(recording, `streams-${handler}`)
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap(({ Action }) => Action);
      const called = actions.filter((action) => !byLambda.test(action)).map((action) => action.split(":")[0]);
      expect(called, handler).to.not.deep.equal([]);
      for (const one of called) expect(services, handler).to.include(one);
    }
    const failing = recording.ofType(":FunctionEventInvokeConfig").map(({ inputs }) => inputs.functionName);
    const sending = defaultFunctionNames.filter((handler) =>
      statementsOf(recording, `streams-${handler}`).some(({ Action }) => Action.includes("sqs:SendMessage")),
    );
    expect(failing.map((name: string) => name.replace(/^streams-(.*)-[0-9a-f]{7}$/, "$1"))).to.have.members(
      sending,
    );
  });

  it("has functions with clients of those services alone", () => {
    const folder = join(root, "handlers");
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(folder, file), "utf8"));
    const clients = sources.flatMap((source) => source.match(/(?<="@aws-sdk\/client-)[\w-]+(?=")/g) ?? []);
    expect([...new Set(clients)]).to.have.members(["dynamodb", "eventbridge", "sfn", "sns"]);
  });

  it("names the endpoints as AWS does by default, and lets HTTPS from within the VPC in", () => {
    const [group] = recording
      .ofType(":SecurityGroup")
      .filter(({ name }) => name === "streams-network-endpoints");
    expect(group).to.not.equal(undefined);
    for (const { inputs } of recording.ofType(":VpcEndpoint")) {
      if (inputs.vpcEndpointType === "Gateway") {
        expect(inputs.routeTableIds).to.have.length(2);
      } else {
        expect(inputs.privateDnsEnabled).to.equal(true);
        expect(inputs.subnetIds).to.have.length(2);
        expect(inputs.securityGroupIds).to.have.length(1);
      }
    }
    const {
      securityGroupId,
      description: _,
      tags: __,
      ...rule
    } = recording.only(":SecurityGroupIngressRule", "streams-network-https").inputs;
    expect(rule).to.deep.equal({ ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "10.0.0.0/16" });
    const [, , interfaceEndpoint] = recording.ofType(":VpcEndpoint");
    expect(interfaceEndpoint?.inputs.securityGroupIds).to.deep.equal([securityGroupId]);
  });

  it("is the same in a preview", async () => {
    const preview = await recordOrchestration({ network: { create: true } }, { preview: true });
    expect(preview.list()).to.deep.equal(recording.list());
  });
});

describe("An existing network", () => {
  it("gets a security group and its rules, and neither endpoints nor a VPC", async () => {
    const recording = await recordOrchestration({ network: { vpcId: "vpc-0a1b", subnetIds: ["subnet-0a"] } });
    const added = recording.registrations.filter(({ type }) => /aws:(ec2|vpc)|awsx/.test(type));
    expect(added.map(({ type, name }) => `${type} ${name}`)).to.have.members([
      "aws:ec2/securityGroup:SecurityGroup streams-network",
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule streams-network-endpoints",
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule streams-network-dynamodb",
    ]);
    expect(recording.only(":SecurityGroup", "streams-network").inputs.vpcId).to.equal("vpc-0a1b");
  });
});
