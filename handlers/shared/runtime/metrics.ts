import {
  deploymentDimension,
  type MetricBy,
  type MetricName,
  metricNamespace,
  metrics,
} from "../../../contracts/internal";

/** The members that make a log line a document of CloudWatch's embedded metric format. */
export interface MetricMembers {
  readonly _aws: {
    /** Milliseconds since the Unix epoch. */
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

/**
 * Makes a log line report a metric: CloudWatch Logs takes metrics out of JSON lines of its embedded metric format, so that a function needs
 * neither a call nor a permission. Spread the result into the attributes of the one line that says that the thing has happened. A line that
 * is written again when a call is repeated would count twice.
 *
 * Source of the format: CloudWatch user guide, "Specification: Embedded metric format". Dimensions and values are members of the line itself.
 *
 * @param tableName the attempts table, by which deployments are told apart.
 * @param values the value of each metric, by name. They have their second dimension in common, if any.
 * @param by the value of the second dimension, for metrics that have one.
 *
 * @example
 * log.info("The request was refused.", { statusCode, ...metricOf(tableName, { RequestsRefused: 1 }) });
 */
export function metricOf<Name extends MetricName>(
  tableName: string,
  values: { readonly [name in Name]: number },
  ...[by]: [MetricBy<Name>] extends [never] ? [] : [by: { readonly [dimension in MetricBy<Name>]: string }]
): MetricMembers | Record<never, never> {
  const names = Object.keys(values) as Name[];
  // CloudWatch counts a document without metrics as a mistake.
  if (names.length === 0) return {};
  return {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: metricNamespace,
          Dimensions: [[deploymentDimension, ...Object.keys(by ?? {})]],
          Metrics: names.map((Name) => ({ Name, Unit: metrics[Name].unit })),
        },
      ],
    },
    [deploymentDimension]: tableName,
    ...by,
    ...values,
  };
}
