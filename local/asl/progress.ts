import type { Json } from "../json";
import { Scope } from "./scope";

/** A state that a sequence of states has come to. */
export interface Place {
  readonly name: string;
  readonly input: Json;
  /** Missing where the sequence ended before it entered the state. */
  readonly entered?: { readonly eventId: number; readonly time: string };
}

/**
 * How far a sequence of states has come: the machine's own, a branch's, or an iteration's. A redriven execution goes on from there.
 *
 * A redrive runs the unsuccessful states again, with the input that they had; of a Parallel state's branches and an inline Map's
 * iterations, those that failed or were aborted. Their retries are counted anew. Source: Step Functions Developer Guide,
 * "Restarting state machine executions with redrive". A state has no second `…StateEntered` event and keeps its EnteredTime [inferred
 * from "if there's no <stateType>Exited event corresponding to the <stateType>Entered event", where it says which are unsuccessful].
 */
export class Progress {
  place: Place | undefined;
  /** The sequence's output, once it has ended well. */
  output: { readonly value: Json } | undefined;
  /** The sequence's last event in the history. */
  previous: number | undefined;
  private parts: Progress[] = [];
  private isResumed = false;

  constructor(readonly scope = new Scope()) {}

  /** Has the sequence go on where it is, when it is run again. */
  resume(): void {
    this.isResumed = true;
    for (const part of this.parts) part.resume();
  }

  /** @returns where the sequence goes on; undefined where it begins. */
  get resumedPlace(): Place | undefined {
    return this.isResumed ? this.place : undefined;
  }

  /** The sequence has come to a state. */
  enter(place: Place): void {
    this.place = place;
    this.parts = [];
    this.isResumed = false;
  }

  /**
   * @param count how many sequences the present state has.
   * @returns their progress: as it was where the state is resumed, and nothing where the state begins, or is tried again.
   */
  takeParts(count: number): readonly Progress[] {
    if (!this.isResumed || this.parts.length !== count) {
      this.parts = Array.from({ length: count }, () => new Progress(new Scope(this.scope)));
    }
    this.isResumed = false;
    return this.parts;
  }
}
