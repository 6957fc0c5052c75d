import type { Json, JsonObject } from "../json";

/** A value in which any string of the form `{% … %}` is a JSONata expression. */
export type Template = Json;

/** A number, or a JSONata expression that yields one. */
export type NumberTemplate = number | string;

/** States with a first one: a state machine, a branch, an item processor. */
export interface StateGroup {
  StartAt: string;
  States: Record<string, State>;
}

/** A definition that `checkDefinition` has passed. */
export interface StateMachine extends StateGroup {
  TimeoutSeconds?: number;
}

export type State =
  | TaskState
  | PassState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

/** The fields that decide what leaves a state. */
export interface Results {
  Output?: Template;
  Assign?: JsonObject;
}

interface Transition extends Results {
  Next?: string;
}

export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  MaxAttempts?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: "FULL" | "NONE";
}

export interface Catcher extends Results {
  ErrorEquals: string[];
  Next: string;
}

/** The fields of the states that can fail and recover: Task, Parallel and Map. */
export interface Recoverable extends Transition {
  Retry?: Retrier[];
  Catch?: Catcher[];
}

export interface TaskState extends Recoverable {
  Type: "Task";
  Resource: string;
  Arguments?: Template;
  TimeoutSeconds?: NumberTemplate;
  HeartbeatSeconds?: NumberTemplate;
}

export interface PassState extends Transition {
  Type: "Pass";
}

export interface ChoiceRule extends Results {
  Condition: boolean | string;
  Next: string;
}

export interface ChoiceState extends Results {
  Type: "Choice";
  Choices: ChoiceRule[];
  Default?: string;
}

export interface WaitState extends Transition {
  Type: "Wait";
  Seconds?: NumberTemplate;
  Timestamp?: string;
}

export interface SucceedState {
  Type: "Succeed";
  Output?: Template;
}

export interface FailState {
  Type: "Fail";
  Error?: string;
  Cause?: string;
}

export interface ParallelState extends Recoverable {
  Type: "Parallel";
  Arguments?: Template;
  Branches: StateGroup[];
}

export interface MapState extends Recoverable {
  Type: "Map";
  Items?: Template;
  ItemSelector?: Template;
  MaxConcurrency?: NumberTemplate;
  ItemProcessor: StateGroup;
}
