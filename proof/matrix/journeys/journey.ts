import type { Dimension } from "../dimensions";
import type { Finding } from "../guarantees";
import type { Place } from "../sites";
import type { Story } from "../story";
import type { Trouble } from "../troubles/trouble";

/** A way that a stream may go, from its request to its end. */
export interface Journey {
  readonly name: string;
  /** Whether its confirmation is an event that nobody wrote down. @default false */
  readonly confirmedByEvent?: boolean;
  /** Whether it needs a fault of its own, which sends events to the dead-letter queue. @default false */
  readonly leavesLetters?: boolean;
  /** Whether alarms go off without a fault. @default false */
  readonly raisesAlarms?: boolean;
  /** Configuration that it needs. @default - the matrix's own */
  readonly config?: { readonly [key: string]: string };
  /** Whether there is no other stream while it lasts. @default false */
  readonly isAlone?: boolean;
  /** Whether it needs the last place of the distribution, so that an entry which others add leaves it none. @default false */
  readonly takesLastPlace?: boolean;
  /** What goes wrong in the journey itself. @default "none" */
  readonly dimension?: Dimension;
  /** Whether it has several ends: chance decides between them, or what goes wrong does. @default false */
  readonly mayEndOtherwise?: boolean;
  /** Whether something goes wrong at a place of it, besides. @default - at every one */
  isLookedAt?(place: Place): boolean;
  /** What goes wrong at a place of it, each of them. @default - all or one of what can go wrong there, as the plan says */
  troublesAt?(place: Place): readonly Trouble[];
  play(story: Story): Promise<void>;
  /** What else has to be so at its end, where what goes wrong has passed. @returns what is not. @default - nothing */
  check?(story: Story): Promise<Finding[]>;
}

/**
 * A channel is started 30 minutes before its time, and watched for two minutes after its end: that is over before a case gives the stream up a
 * second time, which takes five. Journeys with either have both, so that they share a world.
 */
export const withPauses = { leadTimeMinutes: "30", graceMinutes: "2" };

/** Has a stream requested, and confirmed READY by the API. */
export async function becomeReady(story: Story): Promise<void> {
  await story.request();
  await story.untilWaiting();
  await story.put("READY");
  await story.untilEnded();
}
