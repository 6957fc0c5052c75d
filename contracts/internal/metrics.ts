/** The CloudWatch namespace of this component's own metrics. */
export const metricNamespace = "StreamOrchestration";

/**
 * The dimension that every metric has: the physical name of the attempts table. It tells deployments of one account apart, even where their
 * components have the same name, and every function that counts something knows it.
 */
export const deploymentDimension = "AttemptsTable";

/** One metric: its unit, and the second dimension that some have. CloudWatch bills each value of a second dimension as a metric. */
interface MetricDefinition {
  readonly unit: "Count" | "Seconds";
  readonly by?: "State" | "Health";
  /** What one value means, for the documentation. */
  readonly means: string;
}

/**
 * This component's own metrics. They are sparse: nothing is reported while there is nothing to count, since CloudWatch bills a metric for
 * the hours in which it gets a value.
 */
export const metrics = {
  RequestsRefused: { unit: "Count", means: "a `POST /streams` that was refused: 400, 409 or 413" },
  TimeToReady: {
    unit: "Seconds",
    means: "from the request of an attempt, or from its scheduled start, until it was READY",
  },
  FailedAttempts: {
    unit: "Count",
    by: "State",
    means: "an attempt that failed in this state of the workflow, cancellations aside",
  },
  WaitingStreams: {
    unit: "Count",
    means:
      "streams that have been PROVISIONING for more than a minute, without those that wait for their scheduled start",
  },
  ChannelsInUse: { unit: "Count", means: "channels that are leased to streams" },
  HealthChanges: { unit: "Count", by: "Health", means: "a stream whose health became this" },
  SweepFindings: {
    unit: "Count",
    means: "what a sweep had to mend: attempts, announcements, teardowns, leases",
  },
  FunctionErrors: {
    unit: "Count",
    means: "an invocation that ended in an error; refused requests, full pools and cancellations aside",
  },
} as const satisfies { readonly [name: string]: MetricDefinition };

/** The name of one of this component's own metrics. */
export type MetricName = keyof typeof metrics;

/** The second dimension of a metric; never for a metric without one. */
export type MetricBy<Name extends MetricName> = (typeof metrics)[Name] extends { readonly by: infer By }
  ? By & string
  : never;
