import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import {
  deploymentDimension,
  type MetricBy,
  type MetricName,
  metricNamespace,
} from "../../contracts/internal";

/** A metric of CloudWatch. */
export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: { readonly [name: string]: pulumi.Input<string> };
}

/** A metric of AWS Step Functions. Source: its guide, "Metrics for monitoring Step Functions in Amazon CloudWatch". */
export function executions(
  stateMachine: aws.sfn.StateMachine,
  metricName:
    | "ExecutionsFailed"
    | "ExecutionsTimedOut"
    | "ExecutionsAborted"
    | "ExecutionsStarted"
    | "ExecutionThrottled",
): Metric {
  return { namespace: "AWS/States", metricName, dimensions: { StateMachineArn: stateMachine.arn } };
}

/** State transitions of all state machines of the account and Region: Step Functions counts them by no state machine. */
export const stateTransitions: Metric = {
  namespace: "AWS/States",
  metricName: "ConsumedCapacity",
  dimensions: { ServiceMetric: "StateTransition" },
};

/** A metric of an HTTP API. Source: API Gateway's guide, "Monitor CloudWatch metrics for HTTP APIs". */
export function requests(
  apiId: pulumi.Input<string>,
  metricName: "Count" | "4xx" | "5xx" | "Latency",
): Metric {
  return { namespace: "AWS/ApiGateway", metricName, dimensions: { ApiId: apiId } };
}

/** The messages of a queue that can be received. */
export function visibleMessages(queue: aws.sqs.Queue): Metric {
  return {
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: queue.name },
  };
}

/** The invocations of a function. */
export function invocations(functionName: pulumi.Input<string>): Metric {
  return { namespace: "AWS/Lambda", metricName: "Invocations", dimensions: { FunctionName: functionName } };
}

/** The throttled invocations of all functions of the account and Region, which share one concurrency. */
export const throttledInvocations: Metric = {
  namespace: "AWS/Lambda",
  metricName: "Throttles",
  dimensions: {},
};

/** One of this component's own metrics, which its functions write into their logs. */
export function own<Name extends MetricName>(
  attempts: aws.dynamodb.Table,
  metricName: Name,
  ...[by]: [MetricBy<Name>] extends [never] ? [] : [by: { readonly [dimension in MetricBy<Name>]: string }]
): Metric {
  return {
    namespace: metricNamespace,
    metricName,
    dimensions: {
      [deploymentDimension]: attempts.name,
      ...(by as { [dimension: string]: string } | undefined),
    },
  };
}
