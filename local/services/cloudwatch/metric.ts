/** A metric of CloudWatch: a name in a namespace, for one set of dimensions. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: { readonly [name: string]: string };
}

/** One value that was reported for a metric. */
export interface MetricValue extends Metric {
  readonly value: number;
}

/**
 * The metrics of AWS's services that are served, with the sets of dimensions that each has. `Throttles` and `ExecutionThrottled` are never reported here,
 * since nothing throttles: a test may report them.
 */
const awsMetrics: { readonly [metric: string]: readonly string[] } = {
  "AWS/ApiGateway 4xx": ["ApiId"],
  "AWS/ApiGateway 5xx": ["ApiId"],
  "AWS/ApiGateway Count": ["ApiId"],
  "AWS/ApiGateway Latency": ["ApiId"],
  "AWS/Lambda Errors": ["FunctionName"],
  "AWS/Lambda Invocations": ["FunctionName"],
  // Without a dimension it counts all functions of the account and Region.
  "AWS/Lambda Throttles": ["FunctionName", ""],
  "AWS/SQS ApproximateNumberOfMessagesVisible": ["QueueName"],
  "AWS/States ExecutionThrottled": ["StateMachineArn"],
  "AWS/States ExecutionsAborted": ["StateMachineArn"],
  "AWS/States ExecutionsFailed": ["StateMachineArn"],
  "AWS/States ExecutionsStarted": ["StateMachineArn"],
  "AWS/States ExecutionsSucceeded": ["StateMachineArn"],
  "AWS/States ExecutionsTimedOut": ["StateMachineArn"],
};

/** @returns what of a metric is not served; undefined for one that is. A namespace that is not AWS's is a program's own, and served whatever its names. */
export function unservedMetric({ namespace, name, dimensions }: Metric): string | undefined {
  if (!namespace.startsWith("AWS/")) return undefined;
  const metric = `${namespace} ${name}`;
  const sets = awsMetrics[metric];
  if (!sets) return `the metric ${metric}`;
  const given = Object.keys(dimensions).join();
  if (sets.includes(given)) return undefined;
  return `the metric ${metric} by ${given || "nothing"} (but ${sets.filter((set) => set !== "").join(", ")})`;
}

/** @returns a text that two metrics share which are the same. */
export function metricKey({ namespace, name, dimensions }: Metric): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}

/** @returns a statistic of the values of one period; undefined without any. */
export function statisticOf(statistic: string, values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  if (statistic === "Sum") return values.reduce((sum, value) => sum + value, 0);
  const sorted = [...values].sort((a, b) => a - b);
  const share = statistic === "Maximum" ? 1 : Number(statistic.slice(1)) / 100;
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
