import { type Metric, type MetricValue, metricKey } from "./metric";

/** A metric with the values that were reported for it. */
export interface ReportedMetric extends Metric {
  /** The oldest first; at most the 1,000 latest. */
  readonly values: readonly { readonly at: number; readonly value: number }[];
}

/** So many values of a metric are kept. */
const keptValues = 1000;

/** Every metric that was reported, with its latest values. */
export class MetricLog {
  private readonly metrics = new Map<string, Metric & { values: { at: number; value: number }[] }>();

  add({ value, ...metric }: MetricValue, at: number): void {
    const key = metricKey(metric);
    const known = this.metrics.get(key) ?? { ...metric, values: [] };
    known.values.push({ at, value });
    if (known.values.length > keptValues * 1.5) known.values = known.values.slice(-keptValues);
    this.metrics.set(key, known);
  }

  all(): readonly ReportedMetric[] {
    return [...this.metrics.values()];
  }
}
