import { expect } from "chai";
import fc from "fast-check";
import type { StreamStatus } from "../../../contracts";
import type { Attempt } from "../../../contracts/internal";
import { anAttempt, executionArn } from "../../../test/handlers/support/tables";
import { httpCases, streamId } from "./http-cases";
import { tellsStreamKey, urlTexts } from "./ingest-urls";
import { oddValues } from "./json-text";
import { judgeBody } from "./verdicts";

/** The present, by the clock of the functions. */
export const now = "2027-03-20T17:45:13.000Z";

/** The execution that is the stream's first attempt. */
export const execution = {
  id: executionArn(`${streamId}_1`),
  name: `${streamId}_1`,
  startTime: "2027-03-20T17:00:00.500Z",
};

export const channels = [{ channelId: "1000001" }, { channelId: "1000002" }];

/**
 * What an operator may start the workflow with, as JSON: of the bodies, those that are JSON. As text, since a value of ten
 * thousand levels could not be printed where it fails.
 */
export const workflowInputs: fc.Arbitrary<string> = fc.oneof(
  {
    arbitrary: httpCases("POST").map(({ body, requestText }) =>
      judgeBody("POST /streams", body) === "unreadable"
        ? requestText
        : body.toString().replace(/^\ufeff/, ""),
    ),
    weight: 6,
  },
  { arbitrary: oddValues, weight: 1 },
);

/** Texts longer than what takes them, with a stream key towards the end. */
export const longTexts: fc.Arbitrary<string> = fc
  .tuple(urlTexts, fc.integer({ min: 200, max: 40_000 }), fc.constantFrom("x", "🎬", "\ud800", "a-", "://"))
  .map(([url, length, filling]) => `${filling.repeat(length / filling.length)} ${url}`);

/** The execution's item. */
export function storedAttempt(status: StreamStatus, isWaiting: boolean): Attempt {
  const history = [{ status, at: "2027-03-20T17:00:00.000Z", origin: "orchestrator" }];
  return {
    ...anAttempt({ status, history, streamId, executionArn: execution.id }),
    ...(isWaiting && { taskToken: "AQCEAAAAKgAAAAMAAAAA-token" }),
  };
}

export async function settled<T>(promise: Promise<T>): Promise<{ value?: T; error?: Error }> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error: error as Error }),
  );
}

/** Expects no stream key in what a function threw, which Lambda logs, nor in what it said otherwise. */
export function expectNoKey(error: Error | undefined, ...texts: string[]): void {
  for (let thrown: unknown = error; thrown instanceof Error; thrown = thrown.cause) {
    texts.push(thrown.name, thrown.message, thrown.stack ?? "");
    if (thrown instanceof AggregateError) texts.push(...thrown.errors.map(String));
  }
  for (const text of texts) expect(text).to.not.satisfy(tellsStreamKey);
}
