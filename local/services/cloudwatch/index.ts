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

/** The metric that counts executions with an end, by their status. */
const executionMetrics: { readonly [status: string]: string } = {
  ABORTED: "ExecutionsAborted",
  FAILED: "ExecutionsFailed",
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

/** CloudWatch's alarms, which watch the other services. */
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
      const metricName = executionMetrics[String(status)];
      if (metricName) alarms.onExecutionEnd(String(stateMachineArn), metricName);
    });
    return alarms;
  },

  outputs: { "aws:cloudwatch/metricAlarm:MetricAlarm": namedWithArn("cloudwatch", "alarm:") },
  unserved({ name, inputs }) {
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

/** @throws {Error} for an alarm that is not served, and for one over a queue or a state machine that the program has not. */
function declareAlarms(graph: Graph, alarms: Alarms): void {
  const known = new Set([
    ...resourcesOfType(graph, "aws:sqs/queue:Queue").map(({ outputs }) => outputs.name),
    ...resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine").map(({ outputs }) => outputs.arn),
  ]);
  for (const { inputs, outputs } of resourcesOfType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm")) {
    const spec = readAlarm(String(outputs.name), inputs);
    const unknown = spec.metrics.find((metric) => !known.has(metric.of));
    if (unknown) {
      throw new Error(
        `The alarm '${spec.name}' watches ${unknown.namespace} ${unknown.name} of '${unknown.of}', which is not of the program.`,
      );
    }
    alarms.create(spec);
  }
}
