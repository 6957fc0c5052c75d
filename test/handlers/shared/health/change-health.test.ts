import { expect } from "chai";
import type { Health } from "../../../../contracts/internal";
import { DeleteItemCommand } from "../../../../handlers/shared/aws/dynamodb";
import { changeHealth } from "../../../../handlers/shared/health/change-health";
import { attemptKey } from "../../../../handlers/shared/store/attempts";
import { fakeBus, interceptedClient, recordingLog } from "../../support/fakes";
import { useTables } from "../../support/tables";

const at = "2027-03-20T18:00:00Z";

describe("a change of a stream's health", () => {
  const tables = useTables();

  /** @param meanwhile happens between the first read and its write. */
  function change(to: (health: Health) => Health, meanwhile?: () => Promise<unknown>) {
    let writes = 0;
    const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
      if (action === "UpdateItem" && ++writes === 1) await meanwhile?.();
      return pass();
    });
    const deps = { ...fakeBus(), dynamodb, tableName: tables.tableName, log: recordingLog() };
    return changeHealth(deps, { streamId: "spring-launch", attempt: 1 }, at, to);
  }

  const withoutInput = (health: Health): Health => ({ ...health, status: "NO_INPUT" });
  const withInput = (input: string) => (health: Health) => ({ ...health, activeInputs: { "0": input } });

  for (const [which, earlier] of [
    ["the first one", []],
    ["a later one", [withInput("main")]],
  ] as const) {
    it(`keeps what another event has written between read and write: ${which}`, async () => {
      await tables.putAttempt({ status: "READY" });
      for (const to of earlier) await change(to);
      const changed = await change(withoutInput, () => change(withInput("backup")));
      const both = { status: "NO_INPUT", activeInputs: { "0": "backup" } };
      expect(changed?.attempt.health).to.deep.include(both);
      expect((await tables.attempts())[0]?.health).to.deep.include(both);
    });
  }

  it("leaves nothing of an attempt that goes between read and write", async () => {
    await tables.putAttempt({ status: "READY" });
    const Key = attemptKey("spring-launch", 1);
    const changed = await change(withoutInput, () =>
      tables.dynamodb.send(new DeleteItemCommand({ TableName: tables.tableName, Key })),
    );
    expect(changed).to.equal(undefined);
    expect(await tables.attempts()).to.deep.equal([]);
  });
});
