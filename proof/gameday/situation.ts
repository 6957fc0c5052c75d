import type { Stage } from "./stage";

/** How a situation ended, in the words in which it is reported. */
export interface Ending {
  /** What the callers of the API were answered, in order. */
  readonly saw: string;
  /** The status of each attempt, how its execution ended, and after how many minutes if it took any. */
  readonly ended: string;
  /** What of it is still there: channels, playback entries, leases, schedules, dead letters, executions, alarms that are on. */
  readonly left: string;
  /** What subscribers of the bus were told. */
  readonly told: string;
  /** How many messages about it on-call got. */
  readonly onCall: number;
  /** The alarms that went off, those that are over by now among them. */
  readonly alarms: string;
}

/** How a situation has to end. Where an effect may come twice, a pattern or the most messages say so. */
export interface Expectation extends Omit<Ending, "ended" | "told" | "onCall" | "alarms"> {
  readonly ended: string | RegExp;
  readonly told: string | RegExp;
  readonly alarms: string | RegExp;
  readonly onCall: number | { readonly least: number; readonly most: number };
}

/** Something that happens to a stream, and how it has to end. */
export interface Situation {
  readonly name: string;
  /** What was done. */
  readonly done: string;
  readonly expected: Expectation;
  /** Where the end is not yet as it should be: what is missing. */
  readonly gap?: string;
  /** Configuration values that it needs. */
  readonly config?: { readonly [key: string]: string };
  play(stage: Stage): Promise<void>;
}

/** Situations of a kind. Each has a runtime of its own. */
export interface Act {
  readonly title: string;
  /** Builds the situations, which may first look at what the program does. */
  situations(): readonly Situation[] | Promise<readonly Situation[]>;
}

/** A situation, and how it ended. */
export interface Played {
  readonly situation: Situation;
  readonly ending: Ending;
  /** What is not as expected. */
  readonly wrong: readonly string[];
}
