import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { poolThreshold } from "../../components/observability/alarm-definitions";
import { deploymentDimension, metricNamespace, metrics } from "../../contracts/internal";
import { prices } from "../../scripts/prices";
import { type Inputs, type Recording, withoutDigests } from "../support/record";
import { root } from "../support/root";
import { recordOrchestration } from "../support/stream-orchestration";

const runbook = readFileSync(join(root, "docs/runbook.md"), "utf8");

/**
 * What AWS's services report, with the dimensions of each. Sources: API Gateway's guide, "Monitor CloudWatch metrics for HTTP APIs"; Lambda's, "Types of metrics for
 * Lambda functions" (without a dimension: all functions of the account and Region); SQS's, "Available CloudWatch metrics"; Step Functions', "Monitoring Step Functions
 * metrics using Amazon CloudWatch".
 */
const ofAws: { readonly [namespace: string]: { readonly [name: string]: readonly string[] } } = {
  "AWS/ApiGateway": { Count: ["ApiId"], "4xx": ["ApiId"], "5xx": ["ApiId"], Latency: ["ApiId"] },
  "AWS/Lambda": { Invocations: ["FunctionName"], Throttles: ["", "FunctionName"] },
  "AWS/SQS": { ApproximateNumberOfMessagesVisible: ["QueueName"] },
  "AWS/States": {
    ExecutionsStarted: ["StateMachineArn"],
    ExecutionsFailed: ["StateMachineArn"],
    ExecutionsTimedOut: ["StateMachineArn"],
    ExecutionsAborted: ["StateMachineArn"],
    ExecutionThrottled: ["StateMachineArn"],
    ConsumedCapacity: ["ServiceMetric"],
  },
};

interface Named {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: { readonly [name: string]: string };
}

/** The metrics of an alarm: its own, or those of its metric math. */
function metricsOf({ namespace, metricName, dimensions, metricQueries }: Inputs): Named[] {
  if (!metricQueries) return [{ namespace, name: metricName, dimensions }];
  return (metricQueries as Inputs[]).flatMap(({ metric }) =>
    metric ? [{ namespace: metric.namespace, name: metric.metricName, dimensions: metric.dimensions }] : [],
  );
}

/** The metrics of a dashboard, those that it searches for included. */
function shownBy(body: string): Named[] {
  const { widgets } = JSON.parse(body) as { widgets: { properties: { metrics?: unknown[][] } }[] };
  return widgets.flatMap(({ properties }) =>
    (properties.metrics ?? []).flatMap((line): Named[] => {
      const [first] = line;
      if (typeof first === "string") {
        const texts = line.filter((part) => typeof part === "string");
        const [namespace = "", name = "", ...rest] = texts;
        const pairs = rest.flatMap((part, index) => (index % 2 === 0 ? [[part, rest[index + 1] ?? ""]] : []));
        return [{ namespace, name, dimensions: Object.fromEntries(pairs) as { [name: string]: string } }];
      }
      const { expression } = first as { expression: string };
      const [, schema, name = "", table = ""] =
        /^SEARCH\('\{([\w,]+)\} MetricName="(\w+)" AttemptsTable="([^"]+)"', 'Sum', 300\)$/.exec(
          expression,
        ) ?? [];
      if (schema === undefined) {
        expect(expression).to.match(/^TIME_SERIES\(\d+\)$/);
        return [];
      }
      const [namespace = "", ...names] = schema.split(",");
      const dimensions = Object.fromEntries(
        names.map((one) => [one, one === deploymentDimension ? table : "*"]),
      );
      return [{ namespace, name, dimensions }];
    }),
  );
}

describe("What operators see of a StreamOrchestration", () => {
  let recording: Recording;
  let guards: Recording;
  let alarms: { readonly suffix: string; readonly inputs: Inputs }[];
  before(async () => {
    const playback = {
      distributionId: "E1",
      domainName: "live.example.com",
      manifests: [{ name: "hls", format: "HLS" as const, path: "index.m3u8" }],
    };
    const secret = `whsec_${"A".repeat(32)}`;
    const webhook = {
      type: "webhook" as const,
      name: "ops",
      url: "https://ops.example.com",
      auth: { hmac: { secret } },
    };
    recording = await recordOrchestration({ playback, readiness: { mode: "automatic" }, notify: [webhook] });
    guards = await recordOrchestration({ observability: { dashboard: false, alarms: "guards" } });
    alarms = recording.ofType(":MetricAlarm").map(({ name, inputs }) => ({
      suffix: name.replace("streams-alarms-", ""),
      inputs: withoutDigests(inputs),
    }));
  });
  const body = () =>
    withoutDigests(String(recording.only(":Dashboard", "streams-dashboard").inputs.dashboardBody));

  it("names metrics alone that something reports, by their exact dimensions", () => {
    const named = [...alarms.flatMap(({ inputs }) => metricsOf(inputs)), ...shownBy(body())];
    expect(named).to.have.length.above(50);
    const made = JSON.stringify(recording.registrations.map(({ name }) => name));
    for (const { namespace, name, dimensions } of named) {
      const names = Object.keys(dimensions).join();
      if (namespace === metricNamespace) {
        const { by } = metrics[name as keyof typeof metrics] as { by?: string };
        expect(names, name).to.equal([deploymentDimension, ...(by ? [by] : [])].join());
        expect(dimensions[deploymentDimension]).to.equal("streams-attempts");
      } else {
        expect(ofAws[namespace]?.[name], `${namespace} ${name}`).to.include(names);
        const { StateMachineArn, FunctionName, QueueName } = dimensions;
        const of = FunctionName ?? QueueName ?? StateMachineArn?.split(":").at(-1);
        if (of !== undefined) expect(made, `${namespace} ${name}`).to.include(`"${of}"`);
      }
    }
  });

  it("shows every metric of its own", () => {
    const shown = new Set(
      shownBy(body()).flatMap(({ namespace, name }) => (namespace === metricNamespace ? [name] : [])),
    );
    expect(shown).to.deep.equal(new Set(Object.keys(metrics)));
  });

  it("shows requests, time to READY by percentile, waiting streams, failures by state, channels, health, dead letters and costs", () => {
    const { widgets } = JSON.parse(body()) as {
      widgets: { type: string; x: number; y: number; properties: Inputs }[];
    };
    expect(widgets.map(({ properties }) => properties.title)).to.deep.equal([
      "Alarms (docs/runbook.md says what to do)",
      "Requests for streams",
      "Seconds from request to READY",
      "Streams that wait, channels in use",
      "Failed attempts by state",
      "Health of streams that are up",
      "Dead letters",
      "API",
      "Milliseconds until the API answers",
      "What went wrong, and what sweeps mended",
      "What costs: state transitions of the account, executions, invocations",
    ]);
    const [first, ...graphs] = widgets;
    expect(first?.properties.alarms).to.have.lengthOf(alarms.length);
    for (const { properties } of graphs) expect(properties.region).to.equal("eu-west-1");
    expect(new Set(widgets.map(({ x, y }) => `${x} ${y}`))).to.have.property("size", widgets.length);
    expect(graphs[1]?.properties.metrics).to.deep.equal(
      ["p50", "p90", "p99"].map((stat) => [
        ...["StreamOrchestration", "TimeToReady", "AttemptsTable", "streams-attempts"],
        { label: stat, stat },
      ]),
    );
    expect(recording.only(":Dashboard", "streams-dashboard").inputs.dashboardName).to.match(
      /^streams-StreamLifecycleOrchestrator-[0-9a-f]{7}$/,
    );
  });

  it("has alarms of a form that CloudWatch takes", () => {
    for (const { suffix, inputs } of alarms) {
      expect(inputs.alarmDescription.length, suffix).to.be.at.most(1024);
      expect(metricsOf(inputs).length, suffix).to.be.within(1, 10);
      const seconds = (inputs.period ?? inputs.metricQueries[0].metric.period) * inputs.evaluationPeriods;
      expect(seconds, suffix).to.be.at.most(86_400);
      expect(inputs.treatMissingData, suffix).to.equal("notBreaching");
    }
  });

  it("has an alarm for the sum of how attempts end otherwise than well", () => {
    const inputs = alarms.find(({ suffix }) => suffix === "StreamLifecycleOrchestrator-failures")?.inputs;
    expect(inputs?.metricQueries.at(-1)).to.deep.equal({
      id: "sum",
      expression: "FILL(m1, 0) + FILL(m2, 0) + FILL(m3, 0)",
      label: "Sum",
      returnData: true,
    });
    expect(inputs).to.include({ threshold: 3, evaluationPeriods: 1 }).and.to.not.have.property("period");
  });

  it("calls a pool nearly empty where at most a tenth of it is free, and none that is always empty in use", () => {
    const pool = (open: number, draining = 0) =>
      poolThreshold([...Array(open).fill({}), ...Array(draining).fill({ draining: true })]);
    expect([1, 2, 3, 9, 10, 20, 100].map((open) => pool(open))).to.deep.equal([2, 3, 3, 9, 9, 18, 90]);
    expect(pool(10, 5)).to.equal(9);
    expect(pool(2, 5)).to.equal(8);
  });

  it("has an entry in the runbook for each alarm, and an alarm for each entry", () => {
    const [, section = ""] = /\n## Alarms\n([\s\S]*?)\n## /.exec(runbook) ?? [];
    const entries = section.split("\n### ").slice(1);
    const headings = entries.map((entry) => entry.split("\n")[0] ?? "");
    const named = alarms.map(({ suffix, inputs }) => {
      const [, heading = ""] =
        / See docs\/runbook\.md, "(.+)"\.$/.exec(String(inputs.alarmDescription)) ?? [];
      const entry = entries.find((one) => one.startsWith(`${heading}\n`)) ?? "";
      const shortened = suffix.replace(/-Executions(TimedOut|Aborted)$/, "-ExecutionsFailed");
      expect(entry, suffix).to.include(`\`${shortened}\``);
      return heading;
    });
    expect([...new Set(named)]).to.have.members(headings);
    for (const entry of entries) {
      expect(entry).to.match(
        /\*\*Symptom\.\*\* [\s\S]+\n\n\*\*Where to look\.\*\* [\s\S]+\n\n\*\*What to do\.\*\* ?[\s\S]+/,
      );
    }
  });

  it("has a line in the runbook for each message about a single stream, in the words of the sources", () => {
    const [, section = ""] = /\n## Messages of single streams\n([\s\S]*?)\n## /.exec(runbook) ?? [];
    const subjects = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, subject = ""]) => subject);
    const sources = [
      "handlers/act-on-health.ts",
      "handlers/shared/events/failure-report.ts",
      "components/workflow/teardown/overdue-states.ts",
    ]
      .map((file) => readFileSync(join(root, file), "utf8"))
      .join("\n");
    for (const subject of subjects) {
      for (const part of subject.replace("<state>", "").split(/, (?=failed in)/))
        expect(sources).to.include(part.trim());
    }
    const headlines = [
      ...sources.matchAll(
        /headline[^=]*= (?:health[^?]*\? )?"([^"]+)"(?: : "([^"]+)")?|^ {4}[A-Z]+: "([^"]+)"/gm,
      ),
    ].flatMap(([, ...texts]) => texts.filter((text) => text !== undefined));
    expect(headlines).to.have.length.above(3);
    for (const headline of headlines) expect(subjects).to.include(headline);
  });

  it("costs what the runbook says", () => {
    const counted = (made: Recording) => {
      const all = made.ofType(":MetricAlarm");
      return [all.length, all.flatMap(({ inputs }) => metricsOf(inputs)).length] as const;
    };
    const dollars = (amount: number) => `\\$${amount.toFixed(2)}`;
    // Readiness adds three and a signed webhook one over three metrics, which the runbook's figures do not have.
    const [all, allWatched] = counted(recording);
    const [count, watched] = [all - 4, allWatched - 6];
    const [least, leastWatched] = counted(guards);
    expect(runbook).to.match(
      new RegExp(
        `There are ${count} alarms over ${watched} metrics, .*: ${dollars(watched * prices.alarmMetric)} a month, of which ten metrics \\(${dollars(10 * prices.alarmMetric)}\\) are free`,
      ),
    );
    expect(runbook).to.include(`there are ${least} alarms over ${leastWatched} metrics`);
    expect(runbook).to.match(new RegExp(`each further one costs ${dollars(prices.dashboard)} a month`));
    expect(runbook).to.include(`The component's own metrics are ${Object.keys(metrics).length},`);
    expect(runbook).to.match(new RegExp(`A metric costs ${dollars(prices.customMetric)} a month`));
  });

  it("may be less: no dashboard, and the alarms of guards alone", () => {
    expect(guards.ofType(":Dashboard")).to.deep.equal([]);
    const suffixes = guards.ofType(":MetricAlarm").map(({ name }) => name.replace("streams-alarms-", ""));
    expect(
      suffixes.filter(
        (suffix) => !/^(dead-letters|Stream(Teardown|Health|Sweep)-Executions\w+)$/.test(suffix),
      ),
    ).to.deep.equal([]);
    expect(suffixes).to.have.lengthOf(10);
  });
});
