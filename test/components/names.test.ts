import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { StreamOrchestration } from "../../components";
import type { Graph, RecordedResource } from "../../local/record/graph";
import { recordProgram } from "../../local/record/record";
import { place } from "../support/record";
import { leastArgs } from "../support/stream-orchestration";

function recordNamed(
  opts: pulumi.ComponentResourceOptions,
  config: { [key: string]: string },
): Promise<Graph> {
  const program = () => {
    const streams = new StreamOrchestration(
      "streams",
      {
        ...leastArgs,
        auth: { jwt: { issuer: "https://issuer.example.com", audiences: ["portal"] } },
        cors: { allowOrigins: ["https://portal.example.com"] },
        network: { create: true },
        onCall: { emails: ["a@example.com"] },
        tracing: true,
      },
      opts,
    );
    streams.onLifecycleProgressed("praise", async () => {});
  };
  return recordProgram(program, "test", place, config);
}

/** A pattern without the logical name: whatever counts on that name shows. */
const pattern = { "pulumi:autonaming": JSON.stringify({ pattern: "n${hex(12)}" }) };

/** Types to which AWS gives a name. */
const named =
  /:(Api|CachePolicy|EventArchive|EventBus|EventRule|Function|LogGroup|MetricAlarm|Queue|Role|Schedule|ScheduleGroup|SecurityGroup|StateMachine|Table|Topic)$/;
/** The names that a team's own rules ask for. A log group takes no prefix beside its name. */
const naming: pulumi.ResourceTransform = ({ type, name, props, opts }) => {
  if (!type.startsWith("aws:") || !named.test(type)) return undefined;
  const { namePrefix: _, ...others } = props;
  const digits = [...`${type} ${name}`].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1e12, 7);
  return { props: { ...others, name: `given${digits}` }, opts };
};

const isLogGroup = ({ type }: RecordedResource) => type === "aws:cloudwatch/logGroup:LogGroup";

/** Each input that has a logical name in it, but for the prefixes of log groups, which are made of one. */
function inputsWithLogicalNames({ resources }: Graph): string[] {
  const logGroups = resources.filter(isLogGroup).map(({ outputs }) => String(outputs.name));
  return resources.flatMap((resource) =>
    Object.entries(resource.inputs).flatMap(([input, value]) => {
      if (input === "code" || (isLogGroup(resource) && input === "namePrefix")) return [];
      const text = logGroups.reduce((rest, name) => rest.replaceAll(name, ""), JSON.stringify(value));
      return /\b(streams|praise)-/.test(text) ? [`${resource.type} ${resource.name}: ${input}`] : [];
    }),
  );
}

/** The ARNs in policies, targets, environments and definitions that belong to no resource of the program, and were not given to it either. */
function danglingArns({ resources }: Graph): string[] {
  const made = new Set(resources.flatMap(({ outputs }) => [outputs.arn, outputs.executionArn]).map(String));
  const given = /:channel:\d+$|:distribution\/E2QWRUHAPOMQZL$/;
  const ownerOf = (arn: string) =>
    arn
      .replace(/:execution:([^:]+):\*$/, ":stateMachine:$1")
      .replace(/:schedule\/([^/]+)\/\*$/, ":schedule-group/$1")
      .replace(/:rule\/([^/]+)\/\*$/, ":event-bus/$1")
      .replace(/\/index\/\w+$|\/invocations$|:\*$|(:\d{12}:[0-9a-f]{10})\/.*$/, "$1");
  const found = resources.flatMap(
    ({ inputs }) => JSON.stringify(inputs).match(/arn:aws:[\w-]+:[\w-]*:\d{12}:[^"\\,\s]+/g) ?? [],
  );
  expect(found).to.have.length.above(100);
  return [...new Set(found)].filter((arn) => !given.test(arn) && !made.has(ownerOf(arn)));
}

describe("The names of a StreamOrchestration's resources", () => {
  it("may follow a pattern of the stack: no input guesses one", async () => {
    const graph = await recordNamed({}, pattern);
    expect(
      graph.resources.filter(({ outputs }) => /^n[0-9a-f]{12}$/.test(String(outputs.name))),
    ).to.have.length.above(50);
    expect(inputsWithLogicalNames(graph)).to.deep.equal([]);
    expect(danglingArns(graph)).to.deep.equal([]);
  });

  it("may be given by transforms: no input guesses one", async () => {
    const graph = await recordNamed({ transforms: [naming] }, {});
    const types = new Set(
      graph.resources
        .filter(({ outputs }) => /^given\d+$/.test(String(outputs.name)))
        .map(({ type }) => type),
    );
    expect(types).to.have.property("size", 17);
    expect(inputsWithLogicalNames(graph)).to.deep.equal([]);
    expect(danglingArns(graph)).to.deep.equal([]);
  });
});
