import { isJsonObject, type Json, type JsonObject } from "../../json";

/** A metric that the local runtime knows: a queue's messages, or how executions of a state machine end. */
export interface Metric {
  readonly namespace: "AWS/SQS" | "AWS/States";
  readonly name: string;
  /** The queue's name or the state machine's ARN. */
  readonly of: string;
}

/** An alarm of CloudWatch, as far as it is served. */
export interface AlarmSpec {
  readonly name: string;
  readonly description: string | undefined;
  /** Their sum is what is watched. */
  readonly metrics: readonly Metric[];
  readonly statistic: "Sum" | "Maximum";
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly comparison: "GreaterThanOrEqualToThreshold" | "GreaterThanThreshold";
  readonly threshold: number;
  readonly actionsEnabled: boolean;
  /** ARNs of SNS topics. */
  readonly alarmActions: readonly string[];
  readonly okActions: readonly string[];
}

/** The metrics that are served, with the one dimension that each has. */
const dimensionOf: { readonly [metric: string]: string } = {
  "AWS/SQS ApproximateNumberOfMessagesVisible": "QueueName",
  "AWS/States ExecutionsAborted": "StateMachineArn",
  "AWS/States ExecutionsFailed": "StateMachineArn",
  "AWS/States ExecutionsTimedOut": "StateMachineArn",
};

const inputsServed = [
  ...["actionsEnabled", "alarmActions", "alarmDescription", "comparisonOperator", "datapointsToAlarm"],
  ...["dimensions", "evaluationPeriods", "metricName", "metricQueries", "name", "namespace", "okActions"],
  ...["period", "region", "statistic", "tags", "threshold", "treatMissingData"],
];

/**
 * Reads the inputs of a MetricAlarm.
 *
 * @param name the alarm's physical name.
 * @throws {Error} naming the alarm and what of it is not served.
 */
export function readAlarm(name: string, inputs: JsonObject): AlarmSpec {
  const refuse = (what: string): never => {
    throw new Error(`The local runtime does not serve ${what}, which the alarm '${name}' has.`);
  };
  const other = Object.keys(inputs).find((input) => !inputsServed.includes(input));
  if (other !== undefined) refuse(other);
  const oneOf = <T extends string>(input: string, value: Json | undefined, values: readonly T[]): T =>
    values.find((one) => one === value) ??
    refuse(`the ${input} ${JSON.stringify(value ?? null)} (but ${values.join(", ")})`);
  oneOf("treatMissingData", inputs.treatMissingData, ["notBreaching"]);
  const { metrics, statistic, period } = readMetrics(inputs, refuse);
  const evaluationPeriods = Number(inputs.evaluationPeriods ?? 1);
  return {
    name,
    description: inputs.alarmDescription === undefined ? undefined : String(inputs.alarmDescription),
    metrics,
    statistic: oneOf("statistic", statistic, ["Sum", "Maximum"]),
    periodSeconds: Number(period),
    evaluationPeriods,
    datapointsToAlarm: Number(inputs.datapointsToAlarm ?? evaluationPeriods),
    comparison: oneOf("comparisonOperator", inputs.comparisonOperator, [
      "GreaterThanOrEqualToThreshold",
      "GreaterThanThreshold",
    ]),
    threshold: Number(inputs.threshold),
    actionsEnabled: inputs.actionsEnabled !== false,
    alarmActions: readActions(inputs.alarmActions, refuse),
    okActions: readActions(inputs.okActions, refuse),
  };
}

type Refuse = (what: string) => never;

interface Watched {
  readonly metrics: readonly Metric[];
  readonly statistic: Json | undefined;
  readonly period: Json | undefined;
}

/** One metric, or the sum of several. */
function readMetrics(inputs: JsonObject, refuse: Refuse): Watched {
  const queries = Array.isArray(inputs.metricQueries) ? inputs.metricQueries.filter(isJsonObject) : [];
  if (queries.length === 0) {
    return { metrics: [readMetric(inputs, refuse)], statistic: inputs.statistic, period: inputs.period };
  }
  const expressions = queries.flatMap(({ expression }) =>
    expression === undefined ? [] : String(expression),
  );
  const watched = queries.flatMap(({ id, metric }) =>
    isJsonObject(metric) ? [{ id: String(id), metric }] : [],
  );
  const [expression = ""] = expressions;
  if (
    expressions.length !== 1 ||
    !isSumOf(
      expression,
      watched.map(({ id }) => id),
    )
  ) {
    refuse(
      `the metric math ${expressions.join("; ")} (but SUM(METRICS()), or FILL(a, 0) + FILL(b, 0) of every metric: ` +
        "a plain sum has no value where one of its metrics has none)",
    );
  }
  const [first] = watched;
  const { stat, period } = first?.metric ?? {};
  if (watched.some(({ metric }) => metric.stat !== stat || metric.period !== period)) {
    refuse("metric math over several statistics or periods");
  }
  return { metrics: watched.map(({ metric }) => readMetric(metric, refuse)), statistic: stat, period };
}

function isSumOf(expression: string, ids: readonly string[]): boolean {
  if (expression === "SUM(METRICS())") return true;
  const terms = expression.split("+").map((term) => /^FILL\((\w+), ?0\)$/.exec(term.trim())?.[1]);
  return terms.length === ids.length && ids.every((id) => terms.includes(id));
}

function readMetric({ namespace, metricName, dimensions }: JsonObject, refuse: Refuse): Metric {
  const metric = `${String(namespace)} ${String(metricName)}`;
  const dimension = dimensionOf[metric] ?? refuse(`the metric ${metric}`);
  const given = isJsonObject(dimensions) ? dimensions : {};
  if (Object.keys(given).join() !== dimension) {
    refuse(`the metric ${metric} by ${Object.keys(given).join(", ") || "nothing"} (but ${dimension})`);
  }
  return {
    namespace: namespace as Metric["namespace"],
    name: String(metricName),
    of: String(given[dimension]),
  };
}

function readActions(value: Json | undefined, refuse: Refuse): string[] {
  const actions = Array.isArray(value) ? value.map(String) : [];
  return actions.map((arn) => (/^arn:[^:]+:sns:/.test(arn) ? arn : refuse(`the action ${arn}`)));
}

/** The name of a metric's one dimension. */
export function dimensionName({ namespace, name }: Metric): string {
  return dimensionOf[`${namespace} ${name}`] ?? "";
}
