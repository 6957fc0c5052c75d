import { expect } from "chai";
import { attemptsInOrder } from "../../../../handlers/shared/store/attempts-in-order";
import { interceptedClient } from "../../support/fakes";
import { useTables } from "../../support/tables";

const [earlier, later] = ["2027-03-20T17:00:00.000Z", "2027-03-20T17:00:01.000Z"] as const;

describe("the attempts in the order of their requests", () => {
  const tables = useTables();

  it("go on behind several of one time with as many as were asked for", async () => {
    const requests = { a: later, b: later, c: earlier, d: earlier, e: earlier };
    for (const [streamId, requestedAt] of Object.entries(requests)) {
      await tables.putAttempt({ streamId, status: "FAILED", requestedAt });
    }
    const after = { requestedAt: later, streamId: "b", attempt: 1 };
    const entries = await attemptsInOrder(tables, ["FAILED"], after, 2);
    expect(entries.map(({ streamId }) => streamId)).to.deep.equal(["c", "d"]);
  });

  it("are read no further than the last time that counts", async () => {
    for (const [index, streamId] of ["a", "b", "c", "d", "e", "f"].entries()) {
      const requestedAt = `2027-03-20T17:00:0${9 - index}.000Z`;
      await tables.putAttempt({ streamId, status: "FAILED", requestedAt });
    }
    let pages = 0;
    const dynamodb = interceptedClient(tables.dynamodb, (_, pass) => {
      pages += 1;
      return pass();
    });
    const entries = await attemptsInOrder({ ...tables, dynamodb }, ["FAILED"], undefined, 1);
    expect(entries.map(({ streamId }) => streamId)).to.deep.equal(["a"]);
    expect(pages).to.equal(1);
  });
});
