import { isJsonObject, type Json, type JsonObject } from "../../json";
import { type Metric, unservedMetric } from "./metric";

/** An alarm of CloudWatch, as far as it is served. */
export interface AlarmSpec {
  readonly name: string;
  readonly description: string | undefined;
  /** Their sum is what is watched. */
  readonly metrics: readonly Metric[];
  readonly statistic: "Sum" | "Maximum" | Percentile;
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

/** A percentile, such as p90. */
export type Percentile = `p${number}`;

const inputsServed = [
  ...["actionsEnabled", "alarmActions", "alarmDescription", "comparisonOperator", "datapointsToAlarm"],
  ...[
    "dimensions",
    "evaluationPeriods",
    "extendedStatistic",
    "metricName",
    "metricQueries",
    "name",
    "namespace",
    "okActions",
  ],
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
    statistic: isPercentile(statistic) ? statistic : oneOf("statistic", statistic, ["Sum", "Maximum"]),
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
    const statistic = inputs.extendedStatistic ?? inputs.statistic;
    return { metrics: [readMetric(inputs, refuse)], statistic, period: inputs.period };
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
  const given = Object.entries(isJsonObject(dimensions) ? dimensions : {});
  const metric: Metric = {
    namespace: String(namespace),
    name: String(metricName),
    dimensions: Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
  };
  const unserved = unservedMetric(metric);
  return unserved === undefined ? metric : refuse(unserved);
}

function isPercentile(statistic: Json | undefined): statistic is Percentile {
  return /^p(\d{1,2}(\.\d+)?|100)$/.test(String(statistic));
}

function readActions(value: Json | undefined, refuse: Refuse): string[] {
  const actions = Array.isArray(value) ? value.map(String) : [];
  return actions.map((arn) => (/^arn:[^:]+:sns:/.test(arn) ? arn : refuse(`the action ${arn}`)));
}
