import { isJsonObject, type Json, type JsonObject } from "../json";
import type { Frame } from "./context";
import type { Results, State, Template } from "./definition";
import { StateFailure } from "./errors";
import { whole } from "./history";
import { ExpressionError, expressionIn } from "./jsonata";
import { payloadText } from "./limits";
import type { Place } from "./progress";

/** How a state ended: what it hands on, what it assigns, and where to; `next` is undefined at the end. */
export interface Done {
  output: Json;
  assigned: JsonObject;
  next: string | undefined;
}

/** What `$states` holds beyond input and context, and the context object's `Map` where it is not the frame's. */
export type Sources = { result?: Json; errorOutput?: Json; map?: JsonObject };

type Typed = {
  boolean: boolean;
  number: number;
  string: string;
  array: Json[];
  "array or object": Json[] | JsonObject;
};

/** The states that may have a Retry: they alone have a RetryCount. */
const recoverable: readonly State["Type"][] = ["Task", "Parallel", "Map"];

/** One visit of a state. */
export class Step {
  readonly name: string;
  readonly input: Json;
  readonly enteredEventId: number;
  /** How often Retry has repeated the state, as in `$states.context.State.RetryCount`. */
  retryCount = 0;
  /** The task token of the attempt under way, as in `$states.context.Task.Token`. */
  taskToken: string | undefined;
  private readonly enteredTime: string;
  private readonly variables: JsonObject;

  /** @param place the state; a state that was entered before is resumed, and enters the history no second time. */
  constructor(
    readonly frame: Frame,
    place: Place,
    readonly type: State["Type"],
  ) {
    const { name, input, entered } = place;
    this.name = name;
    this.input = input;
    this.variables = frame.progress.scope.variables;
    this.enteredTime = entered?.time ?? new Date(frame.run.clock.now()).toISOString();
    this.enteredEventId =
      entered?.eventId ??
      this.record(`${type}StateEntered`, {
        stateEnteredEventDetails: { name, input: JSON.stringify(input), inputDetails: whole },
      });
  }

  /** Where a redrive would go on from here. */
  get place(): Place {
    const { name, input, enteredEventId: eventId, enteredTime: time } = this;
    return { name, input, entered: { eventId, time } };
  }

  /** Adds an event to the history, after this step's last one. */
  record(type: string, details?: JsonObject): number {
    return this.frame.run.history.record(this.frame.thread, type, details);
  }

  /** Finishes a state whose parts have succeeded. An event of that is passed by, unless finishing fails. */
  finishAfter(succeeded: string, finish: () => Done): Done {
    const { thread } = this.frame;
    const before = thread.previous;
    this.record(succeeded);
    const done = finish();
    thread.previous = before;
    return done;
  }

  /**
   * Evaluates every expression in a template.
   * @param location the template's field, such as `Arguments`, for error messages.
   * @throws {StateFailure} `States.QueryEvaluationError` when an expression fails or yields nothing.
   */
  evaluate(template: Template, location: string, sources: Sources = {}): Json {
    const source = expressionIn(template);
    if (source !== undefined) return this.evaluateExpression(source, location, sources);
    if (Array.isArray(template)) {
      const items: Json[] = [];
      for (const [index, item] of template.entries()) {
        items.push(this.evaluate(item, `${location}[${index}]`, sources));
      }
      return items;
    }
    if (!isJsonObject(template)) return template;
    const members: [string, Json][] = [];
    for (const [key, value] of Object.entries(template)) {
      members.push([key, this.evaluate(value, `${location}/${key}`, sources)]);
    }
    return Object.fromEntries(members);
  }

  /** Evaluates a field that must yield one type. @throws {StateFailure} `States.QueryEvaluationError` otherwise. */
  evaluateTo<T extends keyof Typed>(type: T, template: Template, location: string): Typed[T] {
    const value = this.evaluate(template, location);
    const actual = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
    if (type.split(" or ").includes(actual)) return value as Typed[T];
    const subject = this.subject(template, location);
    throw this.evaluationFailure(
      `${subject} returned an unexpected result type. Expected '${type}', but was '${actual}' for value: ${JSON.stringify(value)}`,
      location,
    );
  }

  /** Evaluates a whole number of seconds, or another count, within limits. */
  evaluateCount(template: Template, location: string, min: number, max: number): number {
    const count = this.evaluateTo("number", template, location);
    if (Number.isInteger(count) && count >= min && count <= max) return count;
    throw this.evaluationFailure(
      `${this.subject(template, location)} returned ${count}, which is not a whole number from ${min} to ${max}.`,
      location,
    );
  }

  /** Evaluates `Output` and `Assign` side by side: both see the variables as the state found them. */
  finish(
    results: Results,
    next: string | undefined,
    defaultOutput: Json,
    sources: Sources = {},
    location = "",
  ): Done {
    const assigned = this.evaluate(results.Assign ?? {}, `${location}Assign`, sources) as JsonObject;
    const output =
      results.Output === undefined
        ? defaultOutput
        : this.evaluate(results.Output, `${location}Output`, sources);
    payloadText(assigned, this.name);
    payloadText(output, this.name);
    return { output, assigned, next };
  }

  /** @returns a failed evaluation of this state, noted in the history as AWS does. */
  evaluationFailure(problem: string, location: string): StateFailure {
    const failure = new StateFailure("States.QueryEvaluationError", this.explain(problem));
    this.record("EvaluationFailed", {
      evaluationFailedEventDetails: {
        error: "States.QueryEvaluationError",
        cause: this.explain(problem),
        location,
        state: this.name,
      },
    });
    return failure;
  }

  /** @returns a problem in the words AWS opens a cause with. */
  explain(problem: string): string {
    return `An error occurred while executing the state '${this.name}' (entered at the event id #${this.enteredEventId}). ${problem}`;
  }

  private evaluateExpression(source: string, location: string, sources: Sources): Json {
    const { map = this.frame.map, ...results } = sources;
    const states = { input: this.input, context: this.contextObject(map), ...results };
    const bindings = { ...this.variables, states };
    try {
      return this.frame.run.jsonata.evaluate(source, bindings);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw this.evaluationFailure(
        `The JSONata expression '${source}' specified for the field '${location}' ${error.message}`,
        location,
      );
    }
  }

  private subject(template: Template, location: string): string {
    const source = expressionIn(template);
    return source === undefined
      ? `The field '${location}'`
      : `The JSONata expression '${source}' specified for the field '${location}'`;
  }

  private contextObject(map: JsonObject | undefined): JsonObject {
    return {
      ...this.frame.run.context,
      State: {
        Name: this.name,
        EnteredTime: this.enteredTime,
        ...(recoverable.includes(this.type) && { RetryCount: this.retryCount }),
      },
      ...(this.taskToken === undefined ? {} : { Task: { Token: this.taskToken } }),
      ...(map === undefined ? {} : { Map: map }),
    };
  }
}
