import { expect } from "chai";
import fc from "fast-check";
import { streamStatuses } from "../../contracts";
import type { Attempt } from "../../contracts/internal";
import { createResumeOrchestration, type LifecycleEvent } from "../../handlers/resume-orchestration";
import lifecycleEvent from "../../test/handlers/fixtures/lifecycle-event.json";
import { fakeClient, recordingLog } from "../../test/handlers/support/fakes";
import { dateTimes } from "../../test/support/requests";
import { fuzz } from "./support/fuzz";
import { streamId } from "./support/http-cases";
import { urlTexts } from "./support/ingest-urls";
import { mutate, mutations, oddValues, textOf, write } from "./support/json-text";
import { judgeAttempt } from "./support/stored";
import { FuzzTables } from "./support/table";
import { Tally } from "./support/tally";
import { expectNoKey, longTexts, now, storedAttempt } from "./support/workflow";

/** Details of events as JSON: right, nearly right, and wrong. */
const details = fc
  .record(
    {
      streamId: fc.constantFrom(streamId, streamId, streamId, "unheard-of"),
      status: fc.constantFrom("READY", "FAILED", "READY", "FAILED", ...streamStatuses),
      reason: fc.oneof(
        fc.string({ maxLength: 280 }),
        urlTexts.map((text) => text.slice(0, 280)),
      ),
      occurredAt: fc.oneof(dateTimes, fc.constantFrom("2027-03-20T17:45:12Z", "2027-06-30t23:59:60z")),
      attempt: fc.constantFrom(1, 1, 1, 2),
      origin: fc.oneof(fc.constantFrom("api", "orchestrator", "encoder"), fc.string(), urlTexts, longTexts),
      title: urlTexts,
    },
    { requiredKeys: ["streamId", "status"], noNullPrototype: true },
  )
  .map(textOf);

const events = fc.record({
  detail: fc.oneof(
    { arbitrary: details.map(write), weight: 8 },
    {
      arbitrary: fc.tuple(details, mutations).map(([detail, mutation]) => write(mutate(detail, mutation))),
      weight: 4,
    },
    { arbitrary: oddValues, weight: 1 },
  ),
  time: fc.oneof({ arbitrary: fc.constant(lifecycleEvent.time), weight: 4 }, fc.string()),
});

const statuses = fc.option(
  fc.constantFrom("PROVISIONING", "PROVISIONING", "PROVISIONING", ...streamStatuses),
  {
    nil: undefined,
  },
);

describe("whatever is on the bus", () => {
  let tables: FuzzTables;
  before(async () => {
    tables = await FuzzTables.start();
  });
  after(() => tables.stop());

  async function deliver(event: { detail: unknown; time: string }, attempts: Attempt[]) {
    await tables.reset(...attempts);
    const log = recordingLog();
    const resumed: unknown[] = [];
    const taken = (input: unknown) => {
      resumed.push(input);
      return {};
    };
    const handle = createResumeOrchestration({
      ...{ ...tables, dynamodb: tables.dynamodb },
      sfn: fakeClient({ SendTaskSuccess: taken, SendTaskFailure: taken }),
      now: () => new Date(now),
      leadTimeMinutes: null,
      log,
    });
    await handle({ ...lifecycleEvent, ...event } as LifecycleEvent);
    return { resumed, log: log.text(), items: await tables.attempts() };
  }

  const share = 0.13;

  it("changes a stream as the contract allows, or is passed over", async () => {
    const tally = new Tally();
    await fuzz(share, fc.tuple(events, statuses, fc.boolean()), async ([event, status, isWaiting]) => {
      const before = status ? [storedAttempt(status, isWaiting)] : [];
      const detail: unknown = JSON.parse(event.detail);
      const { resumed, log, items } = await deliver({ ...event, detail }, before);
      expectNoKey(undefined, log, JSON.stringify(resumed));
      expect(items.flatMap(judgeAttempt)).to.deep.equal([]);
      expect(items).to.have.length(before.length);
      const hasChanged = items[0]?.status !== status;
      if (!hasChanged) expect(items).to.deep.equal(before);
      tally.add(resumed.length > 0 ? "resumed" : hasChanged ? "changed" : "passed over");
    });
    tally.expectShares(0.04, ["resumed", "changed", "passed over"]);
  });

  for (const occurredAt of ["2027-06-30T23:59:60Z", "2027-03-20t17:45:12z", "2027-03-20T18:45:12.5+01:00"]) {
    it(`resumes the workflow, if it is a confirmation of ${occurredAt}`, async () => {
      const detail = { streamId, status: "READY", occurredAt };
      const { resumed } = await deliver({ detail, time: lifecycleEvent.time }, [
        storedAttempt("PROVISIONING", true),
      ]);
      expect(resumed).to.have.length(1);
    });
  }
});
