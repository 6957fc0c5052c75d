import type { Ending, Expectation } from "./ending";
import type { Stage } from "./stage";

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
  play(stage: Stage): Promise<unknown>;
}

/** Situations of a kind. */
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

/** An act, and what became of its situations. */
export interface PlayedAct {
  readonly title: string;
  readonly played: readonly Played[];
}
