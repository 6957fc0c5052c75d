import type { JsonObject } from "../../json";
import type { AlarmSpec } from "./alarm-spec";
import type { Metric } from "./metric";

export type AlarmState = "OK" | "ALARM";

/** An alarm that went from one state to the other. */
export interface AlarmChange {
  readonly name: string;
  readonly arn: string;
  readonly state: AlarmState;
  readonly reason: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** The value of one period; undefined where nothing was reported. */
export interface Datapoint {
  /** The period's start, in milliseconds since the Unix epoch. */
  readonly from: number;
  readonly value: number | undefined;
}

/** Why an alarm is in its new state, in CloudWatch's words. */
export function reasonOf(spec: AlarmSpec, datapoints: readonly Datapoint[], breaching: number): string {
  const { comparison, threshold, datapointsToAlarm, evaluationPeriods } = spec;
  const present = datapoints.filter(({ value }) => value !== undefined);
  if (breaching < datapointsToAlarm && present.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${plural(evaluationPeriods, "period")} and ${plural(evaluationPeriods, "missing datapoint")} was treated as [NonBreaching].`;
  }
  const values = present.map(({ from, value }) => `${decimal(value ?? 0)} (${shortTime(from)})`).join(", ");
  const words = comparison === "GreaterThanThreshold" ? "greater than" : "greater than or equal to";
  const isAlarm = breaching >= datapointsToAlarm;
  const transition = isAlarm ? "OK -> ALARM" : "ALARM -> OK";
  return (
    `Threshold Crossed: ${plural(present.length, "datapoint")} [${values}] ${present.length === 1 ? "was" : "were"} ` +
    `${isAlarm ? "" : "not "}${words} the threshold (${decimal(threshold)}) ` +
    `(minimum ${plural(datapointsToAlarm, "datapoint")} for ${transition} transition).`
  );
}

/** What CloudWatch publishes on a topic: subject, and message as JSON text. */
export function alarmNotification(
  spec: AlarmSpec,
  change: AlarmChange,
  place: { readonly accountId: string; readonly region: string },
): { Subject: string; Message: string } {
  const [metric] = spec.metrics;
  const old: AlarmState = change.state === "OK" ? "ALARM" : "OK";
  // An SNS subject has at most 100 characters.
  const Subject = `${change.state}: "${spec.name}" in ${regionName(place.region)}`.slice(0, 100);
  const Message = JSON.stringify({
    AlarmName: spec.name,
    AlarmDescription: spec.description ?? null,
    AWSAccountId: place.accountId,
    NewStateValue: change.state,
    NewStateReason: change.reason,
    StateChangeTime: new Date(change.at).toISOString().replace("Z", "+0000"),
    Region: regionName(place.region),
    AlarmArn: change.arn,
    OldStateValue: old,
    OKActions: spec.okActions,
    AlarmActions: spec.alarmActions,
    InsufficientDataActions: [],
    Trigger: {
      ...(spec.metrics.length === 1 && metric
        ? singleMetric(spec)
        : { Metrics: spec.metrics.map(asQuery(spec)) }),
      Period: spec.periodSeconds,
      EvaluationPeriods: spec.evaluationPeriods,
      DatapointsToAlarm: spec.datapointsToAlarm,
      ComparisonOperator: spec.comparison,
      Threshold: spec.threshold,
      TreatMissingData: "notBreaching",
      EvaluateLowSampleCountPercentile: "",
    },
  });
  return { Subject, Message };
}

function singleMetric({ metrics: [metric], statistic }: AlarmSpec): JsonObject {
  if (!metric) return {};
  return {
    MetricName: metric.name,
    Namespace: metric.namespace,
    ...(/^p\d/.test(statistic)
      ? { StatisticType: "ExtendedStatistic", ExtendedStatistic: statistic }
      : { StatisticType: "Statistic", Statistic: statistic.toUpperCase() }),
    Unit: null,
    Dimensions: dimensionsOf(metric),
  };
}

function asQuery({ periodSeconds, statistic }: AlarmSpec) {
  return (metric: AlarmSpec["metrics"][number], index: number): JsonObject => ({
    Id: `m${index + 1}`,
    MetricStat: {
      Metric: {
        Dimensions: dimensionsOf(metric),
        MetricName: metric.name,
        Namespace: metric.namespace,
      },
      Period: periodSeconds,
      Stat: statistic,
    },
    ReturnData: false,
  });
}

function dimensionsOf({ dimensions }: Metric): JsonObject[] {
  return Object.entries(dimensions).map(([name, value]) => ({ value, name }));
}

/** CloudWatch writes the Region's name, not its code. */
function regionName(region: string): string {
  return region === "us-east-1" ? "US East (N. Virginia)" : region;
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** dd/MM/yy HH:mm:ss */
function shortTime(time: number): string {
  const [, year, month, day, clock] =
    /^\d\d(\d\d)-(\d\d)-(\d\d)T([\d:]{8})/.exec(new Date(time).toISOString()) ?? [];
  return `${day}/${month}/${year} ${clock}`;
}
