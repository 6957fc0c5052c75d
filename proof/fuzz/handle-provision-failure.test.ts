import { expect } from "chai";
import fc from "fast-check";
import { streamStatuses } from "../../contracts";
import type { HandleProvisionFailureEvent } from "../../contracts/internal";
import { createHandleProvisionFailure } from "../../handlers/handle-provision-failure";
import { awsError, fakeBus, fakeClient, recordingLog } from "../../test/handlers/support/fakes";
import { fuzz } from "./support/fuzz";
import { streamId } from "./support/http-cases";
import { tellsStreamKey, urlTexts } from "./support/ingest-urls";
import { oddValues } from "./support/json-text";
import { judgeAttempt, judgeEvent } from "./support/stored";
import { FuzzTables } from "./support/table";
import { Tally } from "./support/tally";
import {
  execution,
  expectNoKey,
  longTexts,
  now,
  settled,
  storedAttempt,
  workflowInputs,
} from "./support/workflow";

/** What AWS says of a failure: prose, or a Lambda's error as JSON. */
const texts = fc.oneof(
  fc.string(),
  urlTexts,
  longTexts,
  oddValues.map((value) => `{"errorMessage":${value}}`),
);

const failures = fc.record({
  input: workflowInputs,
  failure: fc.record({
    state: fc.constantFrom("ReadChannelState", "AwaitLifecycleConfirmation"),
    error: fc.oneof(fc.constant("States.Timeout"), texts),
    cause: texts,
  }),
  isProvisioned: fc.boolean(),
  leftovers: fc.array(texts, { maxLength: 2 }),
  /** The status of the attempt's item; undefined where it has none. */
  status: fc.option(fc.constantFrom(...streamStatuses), { nil: undefined }),
  isTopicDown: fc.boolean(),
});

describe("whatever the workflow fails with", () => {
  let tables: FuzzTables;
  before(async () => {
    tables = await FuzzTables.start();
  });
  after(() => tables.stop());

  const share = 0.06;

  it("ends the attempt, and tells nobody a stream key", async () => {
    const tally = new Tally();
    await fuzz(share, failures, async ({ input, isProvisioned, status, isTopicDown, ...given }) => {
      await tables.reset(...(status ? [storedAttempt(status, true)] : []));
      const log = recordingLog();
      const bus = fakeBus();
      const messages: { Subject: string; Message: string }[] = [];
      const handle = createHandleProvisionFailure({
        ...{ ...bus, ...tables, dynamodb: tables.dynamodb },
        sns: fakeClient({
          Publish: (message) => {
            messages.push(message as unknown as (typeof messages)[number]);
            if (isTopicDown)
              throw awsError("InvalidParameter", `Invalid parameter: ${JSON.stringify(message)}`);
            return {};
          },
        }),
        onCallTopicArn: "arn:aws:sns:eu-west-1:111122223333:on-call",
        now: () => new Date(now),
        log,
      });
      const channel = { channelId: "1000001", originDomainName: null, originPath: "", takenOver: false };
      const provision = isProvisioned ? { request: { streamId }, attempt: 1, channel } : null;
      const request: unknown = JSON.parse(input);
      const event = { ...given, request, execution, provision };
      const { value, error } = await settled(handle(event as HandleProvisionFailureEvent));
      expectNoKey(error, log.text(), JSON.stringify(bus.details), JSON.stringify(messages));
      if (error) expect(error.name).to.equal("ProvisionFailureIncomplete");
      for (const detail of bus.details) {
        expect(judgeEvent("StreamLifecycleProgressed", detail)).to.deep.equal([]);
      }
      for (const { Subject } of messages) expect(Subject).to.match(/^[ -~]{1,99}$/);
      const items = await tables.attempts();
      expect(items.flatMap(judgeAttempt)).to.deep.equal([]);
      for (const { failure, history, notified, status: after } of items) {
        expect(JSON.stringify([failure, history, notified])).to.not.satisfy(tellsStreamKey);
        if (isProvisioned) expect(after).to.equal(status === "COMPLETE" ? "COMPLETE" : "FAILED");
      }
      tally.add(error ? "incomplete" : `${value?.status}`);
    });
    tally.expectShares(0.1, ["incomplete", "FAILED"]);
  });
});
