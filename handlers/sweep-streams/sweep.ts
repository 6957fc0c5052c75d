import type { Channel, PlayingAttempt, Recovery } from "../../contracts/internal";
import type { Recoverer } from "../shared/recovery/recoverer";
import type { Steps } from "../shared/runtime/steps";
import type { Executions } from "./executions";

/** One run of the sweep, as its parts share it. */
export interface Sweep {
  deps: Recoverer;
  steps: Steps;
  executions: Executions;
  /** The pool. */
  channels: readonly Channel[];
  /** RFC 3339. What was changed since is left alone: its writer may still be at work. */
  before: string;
  counts: Recovery;
  /** The executions that this run has recovered. */
  recovered: Set<string>;
  /** The attempts that viewers play, as this run found them. */
  playing: PlayingAttempt[];
  /** How many streams are being provisioned, without those that wait for their scheduled start. */
  waiting: number;
}

/** How many executions are looked at, or attempts worked on, at once. */
export const maxAtOnce = 5;

/** Adds what one recovery did to what the run did. */
export function count(sweep: Sweep, done: Recovery): void {
  sweep.counts.recovered += done.recovered;
  sweep.counts.republished += done.republished;
  sweep.counts.tornDown += done.tornDown;
  sweep.counts.returned += done.returned;
}
