import type { AwsClient } from "../../../handlers/shared/aws/client";
import type { Log } from "../../../handlers/shared/runtime/lambda";

type Input = Record<string, unknown>;

/** One call that a client got: the action and its input. */
export interface Call {
  action: string;
  input: Input;
}

/** Answers an action; what it throws, the client throws. */
export type Actions = Record<string, (input: Input, options?: { abortSignal?: AbortSignal }) => unknown>;

/**
 * Makes a client that answers the given actions, and fails on any other.
 *
 * @param calls gets every call, in order.
 */
export function fakeClient(actions: Actions, calls: Call[] = []): AwsClient {
  const send = async ({ action, input }: Call, options?: { abortSignal?: AbortSignal }) => {
    calls.push({ action, input });
    const answer = actions[action];
    if (!answer) throw new Error(`The test expects no ${action}.`);
    return answer(input, options);
  };
  return { send } as unknown as AwsClient;
}

/** Lets calls through to another client, save for those that `intercept` answers or fails. */
export function interceptedClient(
  client: AwsClient,
  intercept: (call: Call, pass: () => Promise<unknown>) => Promise<unknown>,
): AwsClient {
  const send = (call: Call) => intercept(call, () => client.send(call));
  return { send } as unknown as AwsClient;
}

/** An error as the AWS SDK throws it. */
export function awsError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

/** A log that keeps its lines, to look for what must not be there. */
export function recordingLog(): Log & { text(): string } {
  const lines: unknown[] = [];
  const record = (...line: unknown[]) => {
    lines.push(line);
  };
  return { info: record, warn: record, error: record, appendKeys: record, text: () => JSON.stringify(lines) };
}

/** A bus that takes every event, and keeps their details. */
export function fakeBus(fail: (tries: number) => boolean = () => false) {
  const details: unknown[] = [];
  const types: string[] = [];
  let tries = 0;
  const events = fakeClient({
    PutEvents: ({ Entries }) => {
      tries += 1;
      if (fail(tries)) {
        return { FailedEntryCount: 1, Entries: [{ ErrorCode: "InternalFailure", ErrorMessage: "later" }] };
      }
      const [entry] = Entries as [
        { Detail: string; DetailType: string; Source: string; EventBusName: string },
      ];
      details.push(JSON.parse(entry.Detail));
      types.push(entry.DetailType);
      return { FailedEntryCount: 0, Entries: [{ EventId: "1" }] };
    },
  });
  return { events, eventBusName: "streams", wait: async () => {}, details, types, tries: () => tries };
}
