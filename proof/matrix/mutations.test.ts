import { expect } from "chai";
import type { Interceptor } from "../../local/calls/calls";
import type { Graph } from "../../local/record/graph";
import type { Guarantee } from "./guarantees";
import { journeys } from "./journeys";
import { planMatrix } from "./plan";
import { runCases } from "./run";
import { bystander } from "./world";
import { Worlds } from "./worlds";

interface Mutation {
  /** What is taken away. */
  readonly without: string;
  readonly journey: string;
  /** Part of the names of the cases that are run; the first that fits. */
  readonly trouble: string;
  readonly finds: Guarantee;
  readonly patch?: (graph: Graph) => Graph;
  readonly intercept?: Interceptor;
}

/** The program without the resources of a type whose names match. */
const withoutResources =
  (type: string, name: RegExp) =>
  (graph: Graph): Graph => ({
    ...graph,
    resources: graph.resources.filter((one) => !(one.type === type && name.test(one.name))),
  });

/** The program with a part of its definitions changed. */
const withDefinition =
  (from: string, to: string) =>
  (graph: Graph): Graph => {
    const resources = graph.resources.map((one) =>
      one.type === "aws:sfn/stateMachine:StateMachine"
        ? {
            ...one,
            inputs: { ...one.inputs, definition: String(one.inputs.definition).replaceAll(from, to) },
          }
        : one,
    );
    expect(JSON.stringify(resources)).to.not.equal(JSON.stringify(graph.resources), "nothing was changed");
    return { ...graph, resources };
  };

/** How many executions the third mutation has renamed. */
let started = 0;

const schedule = "aws:scheduler/schedule:Schedule";
const target = "aws:cloudwatch/eventTarget:EventTarget";

const mutations: readonly Mutation[] = [
  {
    without: "the condition of CloseConfirmation",
    journey: "ready",
    trouble: "to resume-orchestration | refused for good",
    finds: "confirmation",
    patch: withDefinition(
      '"ConditionExpression":"executionArn = :me AND #status = :provisioning","ExpressionAttributeNames":{"#status":"status"},"ExpressionAttributeValues":{":failed"',
      '"ConditionExpression":"executionArn = :me AND (#status = :provisioning OR attribute_exists(streamId))","ExpressionAttributeNames":{"#status":"status"},"ExpressionAttributeValues":{":failed"',
    ),
  },
  {
    without: "recover-execution and the sweep",
    journey: "stopped while it waits",
    trouble: "",
    finds: "stuck",
    patch: (graph) =>
      withoutResources(target, /-recovery$/)(withoutResources(schedule, /-StreamSweep-/)(graph)),
  },
  {
    without: "the stop of the channel",
    journey: "failed",
    trouble: "",
    finds: "leftover",
    patch: (graph) =>
      withDefinition(
        "$channelWasRunning ? $error",
        "true ? $error",
      )(withDefinition('"Condition":"{% $channelWasRunning %}"', '"Condition":"{% true %}"')(graph)),
  },
  {
    without: "the three locks of an attempt: its execution's name, its item, and its claim of a channel",
    journey: "requested twice at once",
    trouble: "",
    finds: "double",
    // DynamoDB refuses values that an expression does not use.
    patch: (graph) =>
      withDefinition(
        "executionArn = :me AND NOT",
        "(executionArn = :me OR attribute_exists(streamId)) AND NOT",
      )(
        withDefinition(
          "attribute_not_exists(streamId) OR (executionArn = :me AND #status",
          "attribute_not_exists(streamId) OR attribute_exists(streamId) OR (executionArn = :me AND #status",
        )(graph),
      ),
    intercept: async (call, proceed) => {
      const input = call.input as { name?: string };
      const isStart = call.action === "StartExecution" && call.caller.name.includes("create-stream-workflow");
      // The bystander is not what is looked at.
      if (isStart && !input.name?.startsWith(bystander)) {
        started += 1;
        // Digits, so that it is still an execution of the stream.
        input.name = `${input.name}00${started}`;
      }
      return proceed();
    },
  },
  {
    without: "recover-execution and the sweep, where an execution is stopped before a call",
    journey: "ready",
    trouble: "ProvisionEncoderInfrastructure: MediaLive StartChannel | execution stopped before",
    finds: "leftover",
    patch: (graph) =>
      withoutResources(target, /-recovery$/)(withoutResources(schedule, /-StreamSweep-/)(graph)),
  },
  {
    without: "the record of a start that may take effect late",
    journey: "ready",
    trouble: "ProvisionEncoderInfrastructure: MediaLive StartChannel | execution stopped, effect",
    finds: "leftover",
    patch: withDefinition("$channelStartedAt != null and", "$channelStartedAt = 1 and"),
  },
  {
    without: "the whole id in the comparison of origins",
    journey: "failed",
    trouble: "others add an entry",
    finds: "foreign",
    patch: withDefinition('\\"i/\\" & $id', '\\"i/\\" & $substring($id, 0, 20)'),
  },
  {
    without: "the choice of what StreamTeardown takes from an event",
    journey: "ready",
    trouble: "lied to",
    finds: "believed",
    patch: (graph) => ({
      ...graph,
      resources: graph.resources.map(({ inputs: { inputTransformer, ...inputs }, ...one }) =>
        one.type === target && /StreamTeardown/.test(one.name)
          ? { ...one, inputs: { ...inputs, inputPath: "$.detail" } }
          : { ...one, inputs: { ...inputs, ...(inputTransformer !== undefined && { inputTransformer }) } },
      ),
    }),
  },
  {
    without: "the count of redrives",
    journey: "complete on the only channel",
    trouble: "ProvisionEncoderInfrastructure: MediaLive StartChannel | execution stopped before, cleaned up",
    finds: "double",
    patch: withDefinition("$exists($states.context.Execution.RedriveCount)", "false"),
  },
  {
    without: "the distribution in which an attempt's entry is, where another one is deployed",
    journey: "ready, redeployed with another distribution, and complete",
    trouble: "without a fault",
    finds: "leftover",
    // The cleanup's record says in which distribution the sweep looks for a late entry.
    patch: (graph) =>
      withDefinition(
        '"Id":"{% $entry.distributionId %}"',
        '"Id":"ESECOND"',
      )(withDefinition('"Id":"{% $lateEntry.distributionId %}"', '"Id":"ESECOND"')(graph)),
  },
  {
    without: "the sweep",
    journey: "complete",
    trouble: "update-stream-status after Query, UpdateItem: EventBridge PutEvents | denied for good",
    finds: "silent",
    patch: withoutResources(schedule, /-StreamSweep-/),
  },
];

describe("the fault matrix finds a program", () => {
  /** Those in which the cases are planned. */
  const asItIs = new Worlds();

  after(() => asItIs.stop());

  for (const { without, journey, trouble, finds, patch, intercept } of mutations) {
    it(`without ${without}`, async () => {
      const wanted = journeys.filter(({ name }) => name === journey);
      const planned = await planMatrix({ journeys: wanted, worlds: asItIs });
      const cases = planned.filter(({ name }) => name.includes(trouble)).slice(0, 4);
      expect(cases, "cases").to.not.deep.equal([]);
      const results = await runCases(cases, { worlds: new Worlds({ patch, intercept }) });
      const found = results.flatMap(({ findings }) => findings.map(({ guarantee }) => guarantee));
      if (process.env.SHOW) for (const { name, findings } of results) console.log(name, findings);
      expect(found).to.include(finds);
    });
  }
});
