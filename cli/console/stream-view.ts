import { givenName } from "../../local/faults/named";
import { isJsonObject, type Json } from "../../local/json";
import type { LocalExecution } from "../../testing/execution-view";
import { masked } from "./masked";
import type { RecordedCall, Recorder } from "./recorder";

/** Everything that the runtime knows of one stream besides what its API tells. */
export function viewStream(recorder: Recorder, streamId: string): Json {
  const executions = recorder.executions.all((arn) => recorder.streamOf(arn) === streamId);
  return masked({
    executions: executions.map(viewExecution),
    events: recorder.events.filter(
      ({ event }) => isJsonObject(event.detail) && event.detail.streamId === streamId,
    ),
    notifications: recorder.notifications.filter(({ subject, message }) =>
      namesStream(`${subject}\n${message}`, streamId),
    ),
    calls: callsFor(recorder, streamId),
  } as unknown as Json);
}

function viewExecution(execution: LocalExecution) {
  const { arn, name, status, startedAt, stoppedAt, states, waitingIn, error, cause } = execution;
  const machine = arn.split(":")[6] ?? "";
  return {
    ...{ arn, name, status, startedAt: startedAt.toISOString() },
    machine: { physicalName: machine, name: givenName(machine) },
    ...(stoppedAt && { stoppedAt: stoppedAt.toISOString() }),
    ...(waitingIn !== undefined && { waitingIn }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    states: states.map(({ enteredAt, exitedAt, ...visit }) => ({
      ...visit,
      enteredAt: enteredAt.toISOString(),
      ...(exitedAt && { exitedAt: exitedAt.toISOString() }),
    })),
  };
}

/**
 * The calls about a stream: those of its executions, those that name it, and all others of an invocation that names no other stream.
 */
function callsFor(recorder: Recorder, streamId: string): readonly RecordedCall[] {
  const { calls } = recorder;
  const isNamed = (call: RecordedCall) =>
    call.streamIds.includes(streamId) ||
    (call.executionArn !== undefined && recorder.streamOf(call.executionArn) === streamId);
  const invocations = new Set(calls.filter(isNamed).flatMap(({ invocationId }) => invocationId ?? []));
  for (const { invocationId, streamIds } of calls) {
    if (invocationId !== undefined && streamIds.some((id) => id !== streamId))
      invocations.delete(invocationId);
  }
  return calls.filter(
    (call) =>
      // The console's own reads are no part of the stream.
      call.kind !== "user" &&
      (isNamed(call) || (call.invocationId !== undefined && invocations.has(call.invocationId))),
  );
}

/** A `streamId` has letters, digits and hyphens: a name that goes on behind it is another stream's. */
function namesStream(text: string, streamId: string): boolean {
  return new RegExp(`(?<![a-zA-Z0-9-])${streamId}(?![a-zA-Z0-9-])`).test(text);
}
