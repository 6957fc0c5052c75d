import { expect } from "chai";
import type { Attempt } from "../../../../contracts/internal";
import type { DynamoDBClient } from "../../../../handlers/shared/aws/dynamodb";
import { markPublished, republish } from "../../../../handlers/shared/store/publication";
import { type Call, fakeBus, interceptedClient, recordingLog } from "../../support/fakes";
import { useTables } from "../../support/tables";

const provisioned = {
  status: "PROVISIONING",
  at: "2027-03-20T17:00:00.000Z",
  origin: "orchestrator",
} as const;
const ready = { status: "READY", at: "2027-03-20T17:05:00.000Z", origin: "api" } as const;
const complete = { status: "COMPLETE", at: "2027-03-20T18:00:00.000Z", origin: "api" } as const;

describe("the mark of a status that is not announced", () => {
  const tables = useTables();

  /** @returns what writers work with, and the calls that they make. */
  function setUp() {
    const calls: Call[] = [];
    const dynamodb: DynamoDBClient = interceptedClient(tables.dynamodb, (call, pass) => {
      calls.push(call);
      return pass();
    });
    const bus = fakeBus();
    return { table: { ...bus, dynamodb, tableName: tables.tableName, log: recordingLog() }, bus, calls };
  }

  it("goes in two writes where others stay, though another writer has taken it off", async () => {
    const attempt = await tables.putAttempt({
      status: "COMPLETE",
      history: [provisioned, ready, complete],
      unpublishedSince: ready.at,
      unpublished: new Set(["READY", "COMPLETE"]),
    });
    const { table, calls } = setUp();
    await markPublished(table, attempt);
    expect((await tables.attempts())[0]?.unpublished).to.deep.equal(new Set(["READY"]));
    expect(calls).to.have.lengthOf(2);
    await tables.putAttempt({ ...attempt, unpublished: new Set(["READY", "FAILED"]) });
    await markPublished(table, attempt);
    expect((await tables.attempts())[0]?.unpublished).to.deep.equal(new Set(["READY", "FAILED"]));
    expect(calls).to.have.lengthOf(4);
  });

  it("goes in one write where it is the last, and in none where it is gone", async () => {
    const history = [provisioned, ready];
    const marked = {
      status: "READY" as const,
      history,
      unpublishedSince: ready.at,
      unpublished: new Set(["READY" as const]),
    };
    const { table, calls } = setUp();
    await markPublished(table, await tables.putAttempt(marked));
    expect((await tables.attempts())[0]).to.not.have.any.keys("unpublishedSince", "unpublished");
    expect(calls).to.have.lengthOf(1);
    await markPublished(table, await tables.putAttempt({ status: "READY", history }));
    expect(calls).to.have.lengthOf(1);
  });

  it("costs no call where the item has none", async () => {
    const attempt = await tables.putAttempt({ status: "READY", history: [provisioned, ready] });
    const { table, bus, calls } = setUp();
    expect(await republish(table, attempt)).to.equal(0);
    expect([bus.details, calls]).to.deep.equal([[], []]);
  });

  describe("in an item of an earlier release, which has one for all", () => {
    const marked: Partial<Attempt> = {
      status: "COMPLETE",
      history: [provisioned, ready, complete],
      unpublishedSince: ready.at,
    };

    it("goes when all of them are announced", async () => {
      const attempt = await tables.putAttempt(marked);
      const { table, bus } = setUp();
      expect(await republish(table, attempt)).to.equal(2);
      expect(bus.details).to.have.lengthOf(2);
      expect((await tables.attempts())[0]).to.not.have.property("unpublishedSince");
    });

    it("stays where one of several was announced", async () => {
      const attempt = await tables.putAttempt(marked);
      const { table, calls } = setUp();
      await markPublished(table, attempt);
      expect(await tables.attempts()).to.deep.equal([attempt]);
      expect(calls).to.deep.equal([]);
    });

    for (const [what, change] of [
      ["is of another status by now", { unpublishedSince: complete.at }],
      [
        "has another status behind it by now",
        { history: [provisioned, ready, complete, { ...complete, status: "FAILED" as const }] },
      ],
      ["has names beside it by now", { unpublished: new Set(["COMPLETE" as const]) }],
    ] as const) {
      it(`stays where it ${what}`, async () => {
        const attempt = await tables.putAttempt(marked);
        const changed = await tables.putAttempt({ ...marked, ...change } as Partial<Attempt>);
        await republish(setUp().table, attempt);
        expect(await tables.attempts()).to.deep.equal([changed]);
      });
    }
  });
});
