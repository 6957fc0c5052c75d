import type { Faults } from "../../../local/faults/faults";
import type { Dimension } from "../dimensions";
import type { Finding } from "../guarantees";
import type { Story } from "../story";

/** What may be otherwise than without any trouble. */
export interface Circumstances {
  /**
   * Whether all that is wrong is over before anybody has to do something about it. Then it may not change how a journey ends; what
   * stays may make an attempt fail, which then is announced and undone.
   */
  readonly passes: boolean;
  /** Whether events may end up in a dead-letter queue. @default false */
  readonly leavesLetters?: boolean | undefined;
  /** Whether the dead-letter queue is out of reach. @default false */
  readonly losesLetters?: boolean | undefined;
  /** Whether an event may not be handed over before the workflow has waited long enough. @default false */
  readonly withholds?: boolean | undefined;
  /** Whether on-call may be told what the cleanup of a stream could not do, whoever ended the stream. @default false */
  readonly hindersCleanup?: boolean | undefined;
  /** Whether the schedule of a stream that has ended may still stand: it finds nothing to do when its time has come, and deletes itself. @default false */
  readonly leavesSchedules?: boolean | undefined;
  /** Whether no alarm may go off that does not go off without the trouble. @default false */
  readonly isQuiet?: boolean | undefined;
}

/** Something that goes wrong at one place of a journey. */
export interface Trouble extends Circumstances {
  readonly name: string;
  readonly dimension: Dimension;
  /** How long after the journey's end a call may still take effect. @default 0 */
  readonly landsWithinMinutes?: number;
  put(faults: Faults, story: Story): void;
  /** What callers do once the journey is over, with the trouble still in force. @returns what is wrong then. @default - nothing */
  afterwards?(story: Story): Promise<Finding[]>;
}

/** A journey without anything that goes wrong. */
export const noTrouble: Trouble = {
  name: "without a fault",
  dimension: "none",
  passes: true,
  isQuiet: true,
  put: () => undefined,
};
