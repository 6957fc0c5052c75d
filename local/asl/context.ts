import type { Json, JsonObject } from "../json";
import type { Clock } from "../time/clock";
import type { StateGroup } from "./definition";
import type { History, Thread } from "./history";
import type { Jsonata } from "./jsonata";
import type { Progress } from "./progress";
import type { TaskRunner } from "./task-runner";
import type { TaskTokens } from "./task-tokens";

/** What all states of one execution share. */
export interface Run {
  executionArn: string;
  /** The role that the execution acts with. */
  roleArn: string;
  /** The context object's `Execution` and `StateMachine`. */
  context: JsonObject;
  clock: Clock;
  random: () => number;
  region: string;
  jsonata: Jsonata;
  tokens: TaskTokens;
  runTask: TaskRunner;
  history: History;
  /** Runs the states of a branch or an iteration: the interpreter, which the states that have such cannot import. */
  runStates: (group: StateGroup, input: Json, frame: Frame) => Promise<Json>;
}

/** What the states of one sequence share: the machine's own, a branch's, or an iteration's. */
export interface Frame {
  run: Run;
  progress: Progress;
  thread: Thread;
  /** Fires when the sequence must stop: its reason is what the states end with. */
  signal: AbortSignal;
  /** Whether this is a branch's or an iteration's. */
  isPart?: boolean;
  /** The context object's `Map`, inside of a Map state. */
  map?: JsonObject;
}
