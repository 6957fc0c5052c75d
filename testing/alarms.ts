import type { Runtime } from "../local/runtime";
import type { AlarmState } from "../local/services";
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
