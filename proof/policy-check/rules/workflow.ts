import { isJsonObject } from "../../../local/json";
import { find, list, type Rule, resource, unless } from "../rule";
import { types } from "../types";

export const workflowRules: readonly Rule[] = [
  {
    id: "workflow-logged",
    source: "AwsSolutions-SF1; Security Hub StepFunctions.1",
    says: "A state machine logs every event of its executions to a log group of the program.",
    appliesTo: [types.stateMachine],
    check: ({ inputs }, graph) => {
      const { level, logDestination } = isJsonObject(inputs.loggingConfiguration)
        ? inputs.loggingConfiguration
        : {};
      const destination = String(logDestination).replace(/:\*$/, "");
      return [
        ...unless(level === "ALL", `it logs ${String(level)}`),
        ...unless(find(graph, types.logGroup, destination) !== undefined, "it has no log group"),
      ];
    },
    wrong: [resource(types.stateMachine, { loggingConfiguration: { level: "ERROR" } })],
  },
  {
    id: "workflow-data-not-logged",
    source: "AWS Step Functions: Logging using CloudWatch Logs",
    says: "A state machine's log holds no data of its executions, since ingest URLs may carry stream keys.",
    appliesTo: [types.stateMachine],
    check: ({ inputs }) =>
      unless(
        isJsonObject(inputs.loggingConfiguration) &&
          inputs.loggingConfiguration.includeExecutionData === false,
        "its log holds data",
      ),
    wrong: [
      resource(types.stateMachine, { loggingConfiguration: { level: "ALL", includeExecutionData: true } }),
    ],
  },
  {
    id: "alarms-act",
    source: "Security Hub CloudWatch.15, CloudWatch.17",
    says: "An alarm tells a topic of the program.",
    appliesTo: [types.alarm],
    check: ({ inputs }, graph) => [
      ...unless(
        list(inputs.alarmActions).some((arn) => find(graph, types.topic, arn) !== undefined),
        "it tells nobody",
      ),
      ...unless(inputs.actionsEnabled !== false, "its actions are off"),
    ],
    wrong: [resource(types.alarm, { metricName: "ExecutionsFailed" })],
  },
  {
    id: "cdn-function-runtime",
    source: "AWS CloudFront: JavaScript runtime 2.0 features",
    says: "A CloudFront function runs on the newest runtime (cloudfront-js-2.0).",
    appliesTo: [types.cdnFunction],
    check: ({ inputs }) =>
      unless(inputs.runtime === "cloudfront-js-2.0", `it runs on ${String(inputs.runtime)}`),
    wrong: [resource(types.cdnFunction, { runtime: "cloudfront-js-1.0" })],
  },
  {
    id: "cdn-cache-key",
    source: "AWS CloudFront: understand the cache key",
    says: "A cache policy tells streams apart by a header, and viewers by nothing.",
    appliesTo: [types.cachePolicy],
    check: ({ inputs }) => {
      const key = JSON.stringify(inputs.parametersInCacheKeyAndForwardedToOrigin ?? {});
      return [
        ...unless(key.includes('"x-stream-id"'), "its key has no stream"),
        ...unless(key.includes('"cookieBehavior":"none"'), "its key has cookies"),
      ];
    },
    wrong: [
      resource(types.cachePolicy, {
        parametersInCacheKeyAndForwardedToOrigin: { cookiesConfig: { cookieBehavior: "all" } },
      }),
    ],
  },
];
