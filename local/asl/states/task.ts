import type { Json } from "../../json";
import { workingClock } from "../../time/clock";
import { LinkedAbort, untilAborted } from "../abort";
import type { TaskState } from "../definition";
import { runtimeFailure, StateFailure, TimeoutFailure } from "../errors";
import { payloadText } from "../limits";
import { withRecovery } from "../recovery";
import type { Done, Step } from "../step";
import { TaskEvents } from "../task-events";
import type { TaskCall, TaskRunner } from "../task-runner";
import type { Callback } from "../task-tokens";

const callbackSuffix = ".waitForTaskToken";

/** The longest time a task may take, in seconds. Source: Step Functions Developer Guide, "Task workflow state". */
const longestTaskSeconds = 99_999_999;

/** Calls an integration; with `.waitForTaskToken`, its result is what SendTaskSuccess sends. */
export function runTaskState(step: Step, state: TaskState): Promise<Done> {
  return withRecovery(step, state, async () => {
    const callback = state.Resource.endsWith(callbackSuffix) ? step.frame.run.tokens.open() : undefined;
    // The arguments carry the token, and its answer may come before the call that sends it is back.
    step.taskToken = callback?.token;
    try {
      const result = await attemptTask(step, state, callback);
      return step.finish(state, state.Next, result, { result });
    } finally {
      callback?.close();
      step.taskToken = undefined;
    }
  });
}

async function attemptTask(step: Step, state: TaskState, callback: Callback | undefined): Promise<Json> {
  const { frame } = step;
  const parameters = state.Arguments === undefined ? step.input : step.evaluate(state.Arguments, "Arguments");
  const parametersText = payloadText(parameters, step.name);
  const timeout = seconds(step, state, "TimeoutSeconds");
  const heartbeat = seconds(step, state, "HeartbeatSeconds");

  const events = new TaskEvents(step, state.Resource);
  events.scheduled(parametersText, timeout, heartbeat);
  const attempt = new LinkedAbort(frame.signal);
  const deadlines = new LinkedAbort(attempt.signal);
  watchDeadline(step, attempt, deadlines.signal, timeout, callback);
  watchHeartbeat(step, attempt, deadlines.signal, heartbeat, callback);
  try {
    const call: TaskCall = {
      resource: state.Resource,
      arguments: JSON.parse(parametersText) as Json,
      executionArn: frame.run.executionArn,
      roleArn: frame.run.roleArn,
      stateName: step.name,
      ...(callback === undefined ? {} : { taskToken: callback.token }),
      signal: attempt.signal,
    };
    let result = await untilAborted(callIntegration(frame.run.runTask, call), attempt.signal);
    if (callback) {
      events.submitted(JSON.stringify(result));
      result = await untilAborted(callback.answer, attempt.signal);
    }
    const resultText = payloadText(result, step.name);
    events.succeeded(resultText);
    // A service may hand out an object that it changes later.
    return JSON.parse(resultText) as Json;
  } catch (problem) {
    if (problem instanceof StateFailure) events.failed(problem);
    throw problem;
  } finally {
    deadlines.abort(new Error("The attempt is over."));
    attempt.release();
  }
}

async function callIntegration(runTask: TaskRunner, call: TaskCall): Promise<Json> {
  try {
    return await runTask(call);
  } catch (problem) {
    throw problem instanceof StateFailure ? problem : runtimeFailure(problem);
  }
}

function seconds(
  step: Step,
  state: TaskState,
  field: "TimeoutSeconds" | "HeartbeatSeconds",
): number | undefined {
  const template = state[field];
  return template === undefined ? undefined : step.evaluateCount(template, field, 1, longestTaskSeconds);
}

function watchDeadline(
  step: Step,
  attempt: LinkedAbort,
  signal: AbortSignal,
  timeout: number | undefined,
  callback: Callback | undefined,
): void {
  if (timeout === undefined) return;
  const { clock } = step.frame.run;
  // A callback is waited for; a call computes, and has its real time.
  const timer = callback ? clock : workingClock(clock);
  timer.wait(timeout * 1000, signal, `the timeout of the state ${step.name}`).then(
    () => attempt.abort(new TimeoutFailure(false)),
    () => undefined,
  );
}

function watchHeartbeat(
  step: Step,
  attempt: LinkedAbort,
  signal: AbortSignal,
  heartbeat: number | undefined,
  callback: Callback | undefined,
): void {
  if (heartbeat === undefined) return;
  const { clock } = step.frame.run;
  const start = clock.now();
  const remaining = () => (callback?.lastHeartbeat ?? start) + heartbeat * 1000 - clock.now();
  const watch = async () => {
    do await clock.wait(remaining(), signal, `a heartbeat of the state ${step.name}`);
    while (remaining() > 0);
    attempt.abort(new TimeoutFailure(true));
  };
  watch().catch(() => undefined);
}
