import type { Runtime } from "../local/runtime";
import type { AlarmState, MetricValue, ReportedMetric } from "../local/services";
import type { Journal } from "./journal";

/** The CloudWatch alarms that the program declares. */
export class LocalAlarms {
  constructor(
    private readonly alarms: Runtime["alarms"],
    private readonly journal: Journal,
  ) {}

  /** The state of each alarm, by its physical name. */
  states(): { readonly [name: string]: AlarmState } {
    return this.alarms.states();
  }

  /** Every metric that was reported: by the services, and by lines of functions' logs in CloudWatch's embedded metric format. */
  metrics(): readonly ReportedMetric[] {
    return this.alarms.metrics();
  }

  /**
   * Reports a value of a metric that the local runtime never reports itself: throttles, say. An alarm over it is looked at as its period ends.
   *
   * @example
   * local.alarms.report({ namespace: "AWS/Lambda", name: "Throttles", dimensions: {}, value: 12 });
   */
  report(value: MetricValue): void {
    this.alarms.report(value);
  }

  /**
   * The physical names of the alarms that went off, in order; one that went off twice is there twice.
   *
   * @example
   * expect(local.alarms.raised()).to.deep.equal([]);
   */
  raised(): string[] {
    return this.journal.alarms.flatMap(({ name, state }) => (state === "ALARM" ? [name] : []));
  }
}
