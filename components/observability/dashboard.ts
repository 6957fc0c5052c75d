import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { deploymentDimension, type MetricName, metricNamespace, metrics } from "../../contracts/internal";
import type { Watched } from "./alarm-definitions";
import {
  executions,
  invocations,
  type Metric,
  own,
  requests,
  stateTransitions,
  throttledInvocations,
  visibleMessages,
} from "./metrics";

export interface DashboardArgs extends Watched {
  readonly region: pulumi.Input<string>;
  readonly functionNames: readonly pulumi.Input<string>[];
  readonly alarmArns: readonly pulumi.Input<string>[];
}

/** A line of a graph: a metric with a label, or an expression. */
type Line =
  | { readonly metric: Metric; readonly label: string; readonly stat?: string; readonly axis?: "right" }
  | { readonly expression: pulumi.Input<string>; readonly label: string };

interface Graph {
  readonly title: string;
  /** @default "Sum" */
  readonly stat?: string;
  readonly lines: readonly Line[];
}

/** Seconds of a point in a graph. */
const period = 300;

/** Cells of CloudWatch's grid, which is 24 wide. */
const [width, height, columns] = [8, 6, 3];

/**
 * The dashboard of a deployment. It has the name of the orchestrator, since a dashboard needs a name of its own in the account and Pulumi makes none.
 */
export function createDashboard(
  name: string,
  args: DashboardArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.Dashboard {
  const alarms = {
    type: "alarm",
    ...{ x: 0, y: 0, width: 24, height: 4 },
    properties: { title: "Alarms (docs/runbook.md says what to do)", alarms: args.alarmArns },
  };
  const graphs = graphsOf(args).map(({ title, stat = "Sum", lines }, index) => ({
    type: "metric",
    x: (index % columns) * width,
    y: 4 + Math.floor(index / columns) * height,
    ...{ width, height },
    properties: {
      ...{ title, stat, period, region: args.region, view: "timeSeries" },
      metrics: lines.map(lineOf),
    },
  }));
  return new aws.cloudwatch.Dashboard(
    name,
    {
      dashboardName: args.orchestrator.name,
      dashboardBody: pulumi.jsonStringify({ widgets: [alarms, ...graphs] }),
    },
    opts,
  );
}

function graphsOf(args: DashboardArgs): Graph[] {
  const { attempts, apiId, orchestrator, guards, deadLetters } = args;
  return [
    {
      title: "Requests for streams",
      lines: [
        { metric: executions(orchestrator, "ExecutionsStarted"), label: "accepted" },
        { metric: own(attempts, "RequestsRefused"), label: "refused" },
      ],
    },
    {
      title: "Seconds from request to READY",
      lines: ["p50", "p90", "p99"].map((stat) => ({
        metric: own(attempts, "TimeToReady"),
        label: stat,
        stat,
      })),
    },
    {
      title: "Streams that wait, channels in use",
      stat: "Maximum",
      lines: [
        { metric: own(attempts, "WaitingStreams"), label: "waiting" },
        { metric: own(attempts, "ChannelsInUse"), label: "channels in use" },
        {
          expression: pulumi.output(args.channels).apply((list) => `TIME_SERIES(${list.length})`),
          label: "channels of the pool",
        },
      ],
    },
    { title: "Failed attempts by state", lines: [eachOf(attempts, "FailedAttempts")] },
    { title: "Health of streams that are up", lines: [eachOf(attempts, "HealthChanges")] },
    {
      title: "Dead letters",
      stat: "Maximum",
      lines: [{ metric: visibleMessages(deadLetters), label: "dead letters" }],
    },
    {
      title: "API",
      lines: [
        { metric: requests(apiId, "Count"), label: "requests" },
        { metric: requests(apiId, "4xx"), label: "4xx" },
        { metric: requests(apiId, "5xx"), label: "5xx" },
      ],
    },
    {
      title: "Milliseconds until the API answers",
      lines: ["p50", "p90", "p99"].map((stat) => ({ metric: requests(apiId, "Latency"), label: stat, stat })),
    },
    {
      title: "What went wrong, and what sweeps mended",
      lines: [
        ...Object.entries({ StreamLifecycleOrchestrator: orchestrator, ...guards }).map(
          ([machine, stateMachine]) => ({
            metric: executions(stateMachine, "ExecutionsFailed"),
            label: `${machine} failed`,
          }),
        ),
        { metric: own(attempts, "FunctionErrors"), label: "functions' errors" },
        { metric: throttledInvocations, label: "throttled invocations of the account" },
        { metric: own(attempts, "SweepFindings"), label: "findings of sweeps" },
      ],
    },
    {
      title: "What costs: state transitions of the account, executions, invocations",
      lines: [
        { metric: stateTransitions, label: "state transitions of the account" },
        ...Object.entries(guards).map(([machine, stateMachine]) => ({
          metric: executions(stateMachine, "ExecutionsStarted"),
          label: machine,
        })),
        ...args.functionNames.map((functionName) => ({ metric: invocations(functionName), label: "" })),
      ],
    },
  ];
}

/** Every value of the second dimension of a metric. Only a dashboard may search: an alarm may not. */
function eachOf(
  attempts: aws.dynamodb.Table,
  metricName: MetricName & ("FailedAttempts" | "HealthChanges"),
): Line {
  const schema = `${metricNamespace},${deploymentDimension},${metrics[metricName].by}`;
  return {
    expression: pulumi.interpolate`SEARCH('{${schema}} MetricName="${metricName}" ${deploymentDimension}="${attempts.name}"', 'Sum', ${period})`,
    label: "",
  };
}

/** CloudWatch's form: an array with the metric, its dimensions by name and value, and an object with the rest. */
function lineOf(line: Line): pulumi.Input<unknown>[] {
  // Without a label CloudWatch makes one of what tells the lines apart.
  const label = line.label === "" ? {} : { label: line.label };
  if ("expression" in line) return [{ expression: line.expression, ...label }];
  const { metric, stat } = line;
  const dimensions = Object.entries(metric.dimensions).flat();
  return [
    metric.namespace,
    metric.metricName,
    ...dimensions,
    { ...label, ...(stat !== undefined && { stat }) },
  ];
}
