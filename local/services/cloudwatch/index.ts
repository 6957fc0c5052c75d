import { one } from "../../iam/permissions";
import { isJsonObject, type JsonObject } from "../../json";
import { type Graph, resourcesOfType } from "../../record/graph";
import { namedWithArn } from "../../record/outputs";
import { awsJson } from "../../wire/aws-json";
import { awsQuery, wrapLists } from "../../wire/aws-query";
import { defineService } from "../define-service";
import { sqs } from "../sqs";
import { readAlarm } from "./alarm-spec";
import { Alarms } from "./alarms";

/** The metric that counts executions, by their status. */
const executionMetrics: { readonly [status: string]: string } = {
  ABORTED: "ExecutionsAborted",
  FAILED: "ExecutionsFailed",
  RUNNING: "ExecutionsStarted",
  SUCCEEDED: "ExecutionsSucceeded",
  TIMED_OUT: "ExecutionsTimedOut",
};

/** The query protocol has times as text. */
function toQuery(result: JsonObject): JsonObject {
  const alarms = Array.isArray(result.MetricAlarms) ? result.MetricAlarms.filter(isJsonObject) : [];
  const MetricAlarms = alarms.map((alarm) => ({
    ...alarm,
    StateUpdatedTimestamp: new Date(Number(alarm.StateUpdatedTimestamp) * 1000).toISOString(),
  }));
  return wrapLists({ ...result, MetricAlarms }) as JsonObject;
}

/** CloudWatch's metrics, which the other services report, and its alarms over them. A dashboard is only recorded. */
export const cloudWatch = defineService({
  name: "CloudWatch",
  create({ clock, region, accountId, service, hops, signals, listener }) {
    const alarms = new Alarms({
      clock,
      region,
      accountId,
      queue: (name) => service(sqs).look(name),
      publish: (alarmArn, input) =>
        hops.publish({ kind: "service", name: "cloudwatch.amazonaws.com", sourceArn: alarmArn }, input),
      onAlarm: (change) => listener.onAlarm?.(change),
    });
    signals.on("message", (queueName) => alarms.onMessage(queueName));
    signals.on("executionStatus", ({ status, stateMachineArn }) => {
      const name = executionMetrics[String(status)];
      if (!name) return;
      const dimensions = { StateMachineArn: String(stateMachineArn) };
      alarms.report({ namespace: "AWS/States", name, dimensions, value: 1 });
    });
    signals.on("metric", (value) => alarms.report(value));
    return alarms;
  },

  outputs: {
    "aws:cloudwatch/metricAlarm:MetricAlarm": namedWithArn("cloudwatch", "alarm:"),
    // A dashboard's ARN has no Region.
    "aws:cloudwatch/dashboard:Dashboard": ({ inputs, place }) => ({
      id: String(inputs.dashboardName),
      dashboardArn: `arn:aws:cloudwatch::${place.accountId}:dashboard/${String(inputs.dashboardName)}`,
    }),
  },
  unserved({ type, name, inputs }) {
    if (!type.endsWith(":MetricAlarm")) return undefined;
    try {
      readAlarm(name, inputs);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  },
  declare: declareAlarms,

  api: {
    signingName: "monitoring",
    protocols: [
      awsJson({ target: "GraniteServiceVersion20100801", queryCodes: new Map() }),
      awsQuery({
        version: "2010-08-01",
        xmlns: "http://monitoring.amazonaws.com/doc/2010-08-01/",
        errorCodes: new Map(),
        toQuery,
      }),
    ],
    actions: {
      DescribeAlarms: one(
        "cloudwatch:DescribeAlarms",
        (_input, { region, accountId }) => `arn:aws:cloudwatch:${region}:${accountId}:alarm:*`,
      ),
    },
    denial: { code: "AccessDenied", statusCode: 403 },
    faults: {
      throttle: ["Throttling", "Rate exceeded", 400],
      broken: ["InternalServiceFault", "An internal error occurred.", 500],
    },
  },
});

/** @throws {Error} for an alarm that is not served, and for one over a queue, a state machine, an API or a function that the program has not. */
function declareAlarms(graph: Graph, alarms: Alarms): void {
  const known = new Set([
    ...resourcesOfType(graph, "aws:sqs/queue:Queue").map(({ outputs }) => outputs.name),
    ...resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine").map(({ outputs }) => outputs.arn),
    ...resourcesOfType(graph, "aws:apigatewayv2/api:Api").map(({ id }) => id),
    ...resourcesOfType(graph, "aws:lambda/function:Function").map(({ outputs }) => outputs.name),
  ]);
  for (const { inputs, outputs } of resourcesOfType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm")) {
    const spec = readAlarm(String(outputs.name), inputs);
    for (const { namespace, name, dimensions } of spec.metrics) {
      const unknown = Object.values(dimensions).find((value) => !known.has(value));
      if (namespace.startsWith("AWS/") && unknown !== undefined) {
        throw new Error(
          `The alarm '${spec.name}' watches ${namespace} ${name} of '${unknown}', which is not of the program.`,
        );
      }
    }
    alarms.create(spec);
  }
}
