import type { JsonObject } from "../../json";
import type { Clock } from "../../time/clock";
import { type AwsService, unknownAction } from "../service";
import {
  type AlarmChange,
  type AlarmState,
  alarmNotification,
  type Datapoint,
  reasonOf,
} from "./alarm-message";
import type { AlarmSpec } from "./alarm-spec";
import { type Metric, type MetricValue, metricKey, statisticOf } from "./metric";
import { MetricLog, type ReportedMetric } from "./metric-log";

/** What {@link Alarms} needs. */
export interface AlarmsOptions {
  clock: Clock;
  region: string;
  accountId: string;
  /** What is in a queue now. */
  queue: (name: string) => { readonly visible: number; readonly isEmpty: boolean };
  /** Publishes what an alarm has to say; what is refused is lost, as on AWS. */
  publish: (alarmArn: string, input: { TopicArn: string; Subject: string; Message: string }) => Promise<void>;
  /** Called with each change of an alarm's state. */
  onAlarm?: (change: AlarmChange) => void;
}

interface Alarm {
  readonly arn: string;
  readonly spec: AlarmSpec;
  state: AlarmState;
  reason: string;
  /** When the state changed last, in milliseconds. */
  changedAt: number;
  /** What was reported in each period, by the period's start and the metric. */
  readonly reported: Map<number, Map<Metric, number[]>>;
  isWatching: boolean;
}

/**
 * CloudWatch's metrics, and its alarms over them. All alarms begin in the state OK, and time is cut into periods: each is looked at
 * when it ends. An alarm waits for time to pass only while there is something to look at.
 */
export class Alarms implements AwsService {
  readonly #alarms: Alarm[] = [];
  readonly #log = new MetricLog();
  readonly #stopping = new AbortController();

  constructor(private readonly options: AlarmsOptions) {}

  create(spec: AlarmSpec): void {
    if (this.#alarms.some((alarm) => alarm.spec.name === spec.name)) return;
    const { region, accountId } = this.options;
    const arn = `arn:aws:cloudwatch:${region}:${accountId}:alarm:${spec.name}`;
    this.#alarms.push({
      ...{ arn, spec, state: "OK", reason: "Nothing was reported.", changedAt: this.options.clock.now() },
      ...{ reported: new Map(), isWatching: false },
    });
  }

  /** The state of each alarm, by name. */
  states(): { [name: string]: AlarmState } {
    return Object.fromEntries(this.#alarms.map(({ spec, state }) => [spec.name, state]));
  }

  /** Action: DescribeAlarms, by `AlarmNames`, `AlarmNamePrefix` and `StateValue`. */
  async call(action: string, input: JsonObject): Promise<JsonObject> {
    if (action !== "DescribeAlarms") throw unknownAction("CloudWatch", action);
    const { AlarmNames, AlarmNamePrefix = "", StateValue } = input;
    const found = this.#alarms
      .filter(({ spec }) => !Array.isArray(AlarmNames) || AlarmNames.includes(spec.name))
      .filter(({ spec }) => spec.name.startsWith(String(AlarmNamePrefix)))
      .filter(({ state }) => StateValue === undefined || state === StateValue);
    return { CompositeAlarms: [], MetricAlarms: found.map(describeAlarm) };
  }

  /** Every metric that was reported, with its latest values. The messages of queues are none of them: they are looked at for alarms alone. */
  metrics(): readonly ReportedMetric[] {
    return this.#log.all();
  }

  /** Takes note that a queue got a message. */
  onMessage(queueName: string): void {
    const metric = {
      namespace: "AWS/SQS",
      name: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: queueName },
    };
    for (const { alarm } of this.#over(metric)) this.#watch(alarm);
  }

  /** Takes note of a value of a metric. */
  report({ value, ...metric }: MetricValue): void {
    const now = this.options.clock.now();
    this.#log.add({ ...metric, value }, now);
    for (const { alarm, metric: watched } of this.#over(metric)) {
      this.#report(alarm, watched, this.#periodOf(alarm, now), value);
      // Nothing goes off by a zero, and what is in ALARM is watched already.
      if (value > 0) this.#watch(alarm);
    }
  }

  stop(): void {
    this.#stopping.abort();
  }

  #over(metric: Metric): { alarm: Alarm; metric: Metric }[] {
    const key = metricKey(metric);
    return this.#alarms.flatMap((alarm) =>
      alarm.spec.metrics.filter((one) => metricKey(one) === key).map((one) => ({ alarm, metric: one })),
    );
  }

  #watch(alarm: Alarm): void {
    if (alarm.isWatching) return;
    alarm.isWatching = true;
    void this.#follow(alarm);
  }

  /** Looks at each period as it ends, until there is nothing left to look at. It never rejects. */
  async #follow(alarm: Alarm): Promise<void> {
    const { clock } = this.options;
    const { signal } = this.#stopping;
    const { name, periodSeconds } = alarm.spec;
    try {
      do {
        const from = this.#periodOf(alarm, clock.now());
        const end = from + periodSeconds * 1000;
        await clock.wait(end - clock.now(), signal, `the end of a period of the alarm ${name}`);
        this.#sampleQueues(alarm, from);
        this.#evaluate(alarm, end);
      } while (this.#hasMoreToSee(alarm));
      alarm.isWatching = false;
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** SQS reports a queue's messages each minute; here that is done once in each period, at its end. */
  #sampleQueues(alarm: Alarm, from: number): void {
    for (const metric of alarm.spec.metrics) {
      if (metric.namespace !== "AWS/SQS") continue;
      this.#report(alarm, metric, from, this.options.queue(queueOf(metric)).visible);
    }
  }

  #report({ reported }: Alarm, metric: Metric, from: number, value: number): void {
    const period = reported.get(from) ?? new Map<Metric, number[]>();
    period.set(metric, [...(period.get(metric) ?? []), value]);
    reported.set(from, period);
  }

  #evaluate(alarm: Alarm, end: number): void {
    const { spec, reported } = alarm;
    const { evaluationPeriods, periodSeconds, comparison, threshold, datapointsToAlarm } = spec;
    const oldest = end - evaluationPeriods * periodSeconds * 1000;
    for (const from of [...reported.keys()]) if (from < oldest) reported.delete(from);
    const datapoints = Array.from({ length: evaluationPeriods }, (_, index): Datapoint => {
      const from = end - (index + 1) * periodSeconds * 1000;
      const values = [...(reported.get(from)?.values() ?? [])].flatMap(
        (ofMetric) => statisticOf(spec.statistic, ofMetric) ?? [],
      );
      return { from, value: values.length === 0 ? undefined : values.reduce((sum, value) => sum + value) };
    });
    const breaches = ({ value = Number.NEGATIVE_INFINITY }: Datapoint) =>
      comparison === "GreaterThanThreshold" ? value > threshold : value >= threshold;
    const breaching = datapoints.filter(breaches).length;
    const state = breaching >= datapointsToAlarm ? "ALARM" : "OK";
    if (state !== alarm.state) this.#change(alarm, state, reasonOf(spec, datapoints, breaching));
  }

  #change(alarm: Alarm, state: AlarmState, reason: string): void {
    const { spec, arn } = alarm;
    Object.assign(alarm, { state, reason, changedAt: this.options.clock.now() });
    const change = { name: spec.name, arn, state, reason, at: this.options.clock.now() };
    this.options.onAlarm?.(change);
    if (!spec.actionsEnabled) return;
    const notification = alarmNotification(spec, change, this.options);
    for (const TopicArn of state === "ALARM" ? spec.alarmActions : spec.okActions) {
      this.options.publish(arn, { TopicArn, ...notification }).catch(() => undefined);
    }
  }

  #hasMoreToSee({ spec, reported }: Alarm): boolean {
    const isWaiting = spec.metrics.some(
      (metric) => metric.namespace === "AWS/SQS" && !this.options.queue(queueOf(metric)).isEmpty,
    );
    const isBreached = [...reported.values()].some((period) =>
      [...period.values()].flat().some((value) => value > 0),
    );
    return isWaiting || isBreached;
  }

  #periodOf({ spec }: Alarm, time: number): number {
    const milliseconds = spec.periodSeconds * 1000;
    return Math.floor(time / milliseconds) * milliseconds;
  }
}

function queueOf({ dimensions }: Metric): string {
  return dimensions.QueueName ?? "";
}

/** The metric is given as one where the alarm watches only one. */
function describeAlarm({ arn, spec, state, reason, changedAt }: Alarm): JsonObject {
  const [metric, ...more] = spec.metrics;
  return {
    ...{ AlarmName: spec.name, AlarmArn: arn, ActionsEnabled: spec.actionsEnabled },
    ...(spec.description !== undefined && { AlarmDescription: spec.description }),
    ...{ AlarmActions: [...spec.alarmActions], OKActions: [...spec.okActions], InsufficientDataActions: [] },
    ...{ StateValue: state, StateReason: reason, StateUpdatedTimestamp: changedAt / 1000 },
    ...(metric && more.length === 0 && { Namespace: metric.namespace, MetricName: metric.name }),
    ...(/^p\d/.test(spec.statistic) ? { ExtendedStatistic: spec.statistic } : { Statistic: spec.statistic }),
    ...{ Period: spec.periodSeconds, Threshold: spec.threshold },
    ...{ EvaluationPeriods: spec.evaluationPeriods, DatapointsToAlarm: spec.datapointsToAlarm },
    ...{ ComparisonOperator: spec.comparison, TreatMissingData: "notBreaching" },
  };
}
