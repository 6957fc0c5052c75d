import { expect } from "chai";
import fc from "fast-check";
import { streamStatuses } from "../../contracts";
import { createRecoverExecution, type ExecutionEvent } from "../../handlers/recover-execution";
import executionEvent from "../../test/handlers/fixtures/execution-event.json";
import { fakeRecoverer } from "../../test/handlers/support/recoverer";
import type { Tables } from "../../test/handlers/support/tables";
import { fuzz } from "./support/fuzz";
import { tellsStreamKey, urlTexts } from "./support/ingest-urls";
import { oddValues } from "./support/json-text";
import { judgeAttempt } from "./support/stored";
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

const texts = fc.option(fc.oneof(fc.string(), urlTexts, longTexts));

const executions = fc.record({
  status: fc.constantFrom("FAILED", "TIMED_OUT", "ABORTED"),
  /** Null where it is too large for an event. */
  input: fc.oneof(
    { arbitrary: workflowInputs, weight: 6 },
    { arbitrary: oddValues, weight: 1 },
    { arbitrary: texts, weight: 1 },
  ),
  error: texts,
  cause: texts,
});

/** The status of the attempt's item; undefined where it has none. */
const statuses = fc.option(fc.constantFrom(...streamStatuses), { nil: undefined });

describe("whatever an execution ends with", () => {
  let tables: FuzzTables;
  before(async () => {
    tables = await FuzzTables.start();
  });
  after(() => tables.stop());

  const share = 0.04;

  it("ends the attempt, and tells nobody a stream key but who is told of the request", async () => {
    const tally = new Tally();
    await fuzz(share, fc.tuple(executions, statuses), async ([ended, status]) => {
      await tables.reset(...(status ? [storedAttempt(status, true)] : []));
      // Of the tables it takes the client and the names.
      const { recoverer, bus, messages, teardowns, log } = fakeRecoverer(tables as unknown as Tables, {
        now,
      });
      const { id: executionArn, name } = execution;
      const detail = { ...executionEvent.detail, ...ended, executionArn, name };
      const { error } = await settled(
        createRecoverExecution(recoverer)({ ...executionEvent, detail } as ExecutionEvent),
      );
      expect(error).to.equal(undefined);
      const details = bus.details as { streamId: string; status?: string }[];
      const changes = details.filter((one) => "status" in one);
      expectNoKey(undefined, log.text(), JSON.stringify([changes, messages, teardowns]));
      const items = await tables.attempts();
      expect(items.flatMap(judgeAttempt)).to.deep.equal([]);
      for (const { failure, history, notified } of items) {
        expect(JSON.stringify([failure, history, notified])).to.not.satisfy(tellsStreamKey);
      }
      const [item] = items;
      if (status === "PROVISIONING") expect(item?.status).to.equal("FAILED");
      tally.add(item ? `${status ?? "none"} to ${item.status}` : "none");
    });
    tally.expectShares(0.1, ["PROVISIONING to FAILED", "none to FAILED"]);
  });
});
