import type { Expression } from "./jsonata";

/**
 * The part of the Amazon States Language (https://states-language.net/spec.html) that the workflow is written in: its
 * JSONata form, as types. `TName` is the union of a machine's state names, so that a transition to a state that does
 * not exist is a type error.
 */

/** Any value, in which an `Expression` is evaluated and every other string stands for itself. */
export type Template =
  | null
  | boolean
  | number
  | string
  | readonly Template[]
  | { readonly [key: string]: Template };

/** Retries of the errors named, counted for each retrier on its own. */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  /** Seconds before the first retry; 1 unless told. */
  readonly IntervalSeconds?: number;
  /** Retries, not attempts; 3 unless told, 0 for none. */
  readonly MaxAttempts?: number;
  /** What the interval is multiplied with from one retry to the next; 2 unless told. */
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: "FULL" | "NONE";
}

/** Where an error leads that no retry mended. */
export interface Catcher<TName extends string> {
  readonly ErrorEquals: readonly string[];
  readonly Output?: Template;
  readonly Assign?: { readonly [variable: string]: Template };
  readonly Next: TName;
}

interface CommonFields {
  readonly Comment?: string;
}

export interface TaskState<TName extends string> extends CommonFields {
  readonly Type: "Task";
  readonly Resource: string;
  readonly Arguments: Template;
  /** Seconds. */
  readonly TimeoutSeconds: number | Expression;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher<TName>[];
  readonly Assign?: { readonly [variable: string]: Template };
  readonly Output?: Template;
  readonly Next: TName;
}

/** A Task with which an execution, or an iteration of a Map, ends. */
export type FinalTaskState<TName extends string> = Omit<TaskState<TName>, "Next"> & {
  readonly End: true;
  readonly Next?: never;
};

export interface ChoiceRule<TName extends string> {
  readonly Condition: Expression;
  readonly Output?: Template;
  readonly Assign?: { readonly [variable: string]: Template };
  readonly Next: TName;
}

export interface ChoiceState<TName extends string> extends CommonFields {
  readonly Type: "Choice";
  readonly Choices: readonly ChoiceRule<TName>[];
  /** For the default; a rule has its own. */
  readonly Assign?: { readonly [variable: string]: Template };
  readonly Output?: Template;
  readonly Default: TName;
}

export interface WaitState<TName extends string> extends CommonFields {
  readonly Type: "Wait";
  readonly Seconds: number | Expression;
  readonly Assign?: { readonly [variable: string]: Template };
  readonly Output?: Template;
  readonly Next: TName;
}

/** Runs its states once for each item. */
export interface MapState<TName extends string> extends CommonFields {
  readonly Type: "Map";
  readonly Items: Expression;
  /** Items at once; as many as AWS likes unless told. */
  readonly MaxConcurrency?: number;
  readonly ItemProcessor: {
    readonly ProcessorConfig: { readonly Mode: "INLINE" };
    readonly StartAt: string;
    /** They lead to each other, and to no state of the definition. */
    readonly States: { readonly [name: string]: State<string> | undefined };
  };
  readonly Assign?: { readonly [variable: string]: Template };
  readonly Output?: Template;
  readonly Next: TName;
}

export interface SucceedState extends CommonFields {
  readonly Type: "Succeed";
  readonly Output?: Template;
}

export interface FailState extends CommonFields {
  readonly Type: "Fail";
  readonly Error: string;
  readonly Cause: string;
}

export type State<TName extends string> =
  | TaskState<TName>
  | FinalTaskState<TName>
  | ChoiceState<TName>
  | WaitState<TName>
  | MapState<TName>
  | SucceedState
  | FailState;

/** A whole definition. Every state is JSONata. */
export interface StateMachineDefinition<TName extends string> {
  readonly Comment: string;
  readonly QueryLanguage: "JSONata";
  /** Seconds after which an execution ends as TIMED_OUT. */
  readonly TimeoutSeconds?: number;
  readonly StartAt: TName;
  readonly States: { readonly [name in TName]: State<TName> };
}

/** A Task. Every one has a timeout: AWS's default is more than three years. */
export function task<TName extends string>(fields: Omit<TaskState<TName>, "Type">): TaskState<TName> {
  return { Type: "Task", ...fields };
}

export function finalTask<TName extends string>(
  fields: Omit<FinalTaskState<TName>, "Type" | "End">,
): FinalTaskState<TName> {
  return { Type: "Task", ...fields, End: true };
}

export function choice<TName extends string>(fields: Omit<ChoiceState<TName>, "Type">): ChoiceState<TName> {
  return { Type: "Choice", ...fields };
}

export function wait<TName extends string>(fields: Omit<WaitState<TName>, "Type">): WaitState<TName> {
  return { Type: "Wait", ...fields };
}

export function map<TName extends string>(fields: Omit<MapState<TName>, "Type">): MapState<TName> {
  return { Type: "Map", ...fields };
}

export function succeed(fields: Omit<SucceedState, "Type">): SucceedState {
  return { Type: "Succeed", ...fields };
}

export function fail(fields: Omit<FailState, "Type">): FailState {
  return { Type: "Fail", ...fields };
}
