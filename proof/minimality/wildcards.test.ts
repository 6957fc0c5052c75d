import { expect } from "chai";
import { type Graph, resourcesOfType } from "../../local/record/graph";
import { recordFor } from "../../local/record/recordings";
import { type Permission, rolePermissions } from "../../test/support/permissions";

/** Where AWS knows no resource, or refuses a policy that names one. */
const reasons: { readonly [action: string]: string } = {
  ...Object.fromEntries(
    [
      "CreateLogDelivery",
      "GetLogDelivery",
      "UpdateLogDelivery",
      "DeleteLogDelivery",
      "ListLogDeliveries",
      "PutResourcePolicy",
      "DescribeResourcePolicies",
      "DescribeLogGroups",
    ].map((action) => [`logs:${action}`, "Log delivery belongs to the account."]),
  ),
  ...Object.fromEntries(
    [
      "AssignPrivateIpAddresses",
      "CreateNetworkInterface",
      "DeleteNetworkInterface",
      "DescribeNetworkInterfaces",
      "DescribeSubnets",
      "UnassignPrivateIpAddresses",
    ].map((action) => [`ec2:${action}`, "Lambda validates a function's role against *."]),
  ),
  ...Object.fromEntries(
    ["PutTraceSegments", "PutTelemetryRecords", "GetSamplingRules", "GetSamplingTargets"].map((action) => [
      `xray:${action}`,
      "Traces belong to the account.",
    ]),
  ),
};

/** What belongs to one resource, under names that are made while it runs. */
const own = [/:log-group:[^*]+:\*$/, /:execution:[^*:]+:\*$/, /:schedule\/[^*/]+\/\*$/];

/** A resource that is any name of its kind, or any resource at all; the streams of a log, a machine's executions and a group's schedules are its own. */
const isBroad = (resource: string) =>
  resource.includes("*") && !own.some((pattern) => pattern.test(resource));

describe("the resources of the program's permissions", () => {
  const graphs: Graph[] = [];
  before(async () => {
    const place = {
      accountId: "000000000000",
      region: "us-east-1",
      apiUrl: "http://127.0.0.1:1",
      awsUrl: "http://127.0.0.1:2",
    };
    const network = { network: "existing", vpcId: "vpc-1", subnetIds: "subnet-1,subnet-2" };
    const tracing = { tracing: "true" };
    for (const config of [{}, network, tracing])
      graphs.push(await recordFor(place, "index.ts", "local", config));
  });

  it("are named, except where AWS knows none, and then with a reason", () => {
    const broad = (graph: Graph): Permission[] =>
      rolePermissions(graph).filter(({ resources }) => resources.some(isBroad));
    const without = graphs.flatMap(broad).filter(({ action }) => !(action in reasons));
    expect(without.map(({ name }) => name)).to.deep.equal([]);
    const used = new Set(graphs.flatMap(broad).map(({ action }) => action));
    expect(Object.keys(reasons), "reasons").to.have.members([...used]);
  });

  it("let each service in for a source, never for all", () => {
    for (const graph of graphs) {
      for (const { name, inputs } of resourcesOfType(graph, "aws:lambda/permission:Permission")) {
        expect(inputs, name).to.have.property("sourceArn");
      }
      for (const { name, inputs } of resourcesOfType(graph, "aws:sqs/queuePolicy:QueuePolicy")) {
        expect(String(inputs.policy), name).to.include("aws:SourceArn");
      }
    }
  });
});
