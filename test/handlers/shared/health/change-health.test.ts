import { expect } from "chai";
import { changeHealth } from "../../../../handlers/shared/health/change-health";
import { awsError, fakeBus, interceptedClient, recordingLog } from "../../support/fakes";
import { useTables } from "../../support/tables";

describe("a change of a stream's health", () => {
  const tables = useTables();

  it("is made again where another event changed the health between read and write", async () => {
    await tables.putAttempt({ status: "READY" });
    let writes = 0;
    const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
      if (action === "UpdateItem") writes += 1;
      if (action === "UpdateItem" && writes === 1) throw awsError("ConditionalCheckFailedException");
      return pass();
    });
    const deps = { ...fakeBus(), dynamodb, tableName: tables.tableName, log: recordingLog() };
    const at = "2027-03-20T18:00:00Z";
    const changed = await changeHealth(deps, { streamId: "spring-launch", attempt: 1 }, at, (health) => ({
      ...health,
      status: "NO_INPUT",
    }));
    expect(changed?.attempt.health).to.include({ status: "NO_INPUT" });
    expect(writes).to.equal(2);
    expect((await tables.attempts())[0]).to.have.nested.property("health.status", "NO_INPUT");
  });
});
