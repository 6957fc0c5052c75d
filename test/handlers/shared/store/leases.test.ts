import { expect } from "chai";
import { removeLateCallRecord } from "../../../../handlers/shared/store/late-call-records";
import { giveBackLease, readLeases, removeSweepLease } from "../../../../handlers/shared/store/leases";
import { interceptedClient } from "../../support/fakes";
import { executionArn, useTables } from "../../support/tables";

const at = "2027-03-20T17:00:00.000Z";
const later = "2027-03-20T17:00:01.000Z";

describe("the table of leases", () => {
  const tables = useTables();
  const table = () => ({
    dynamodb: tables.dynamodb,
    leaseTableName: tables.leaseTableName,
    wait: async () => {
      throw new Error("Nothing has to be waited for.");
    },
  });

  it("is read at once", async () => {
    await tables.putLease({});
    expect([...(await readLeases(table(), ["1000001", "1000002"])).keys()]).to.deep.equal(["1000001"]);
  });

  it("is read again after a wait where a batch left keys out", async () => {
    await tables.putLease({});
    const waits: number[] = [];
    let left = 2;
    const dynamodb = interceptedClient(tables.dynamodb, async ({ input }, pass) =>
      left-- > 0 ? { Responses: {}, UnprocessedKeys: input.RequestItems } : pass(),
    );
    const wait = async (milliseconds: number) => void waits.push(milliseconds);
    const leases = await readLeases({ ...table(), dynamodb, wait }, ["1000001"]);
    expect(leases.size).to.equal(1);
    expect(waits).to.have.lengthOf(2);
  });

  it("tells whether a lease was given back: another's stays", async () => {
    await tables.putLease({});
    expect(await giveBackLease(table(), "1000001", executionArn("other_1"))).to.equal(false);
    expect(await tables.leases()).to.have.lengthOf(1);
    expect(await giveBackLease(table(), "1000001", executionArn("spring-launch_1"))).to.equal(true);
    expect(await tables.leases()).to.deep.equal([]);
  });

  const sweepLease = {
    channelId: "1000001",
    leasedBy: executionArn("sweep"),
    leasedAt: at,
    purpose: "sweep" as const,
  };
  for (const [what, change] of [
    ["another sweep has taken in the same moment", { leasedBy: executionArn("other-sweep") }],
    ["the sweep has taken again", { leasedAt: later }],
  ] as const) {
    it(`keeps a sweep's lease that ${what}`, async () => {
      await tables.putLeaseItem({ ...sweepLease, ...change });
      expect(await removeSweepLease(table(), sweepLease)).to.equal(false);
      expect(await tables.leases()).to.deep.equal([{ ...sweepLease, ...change }]);
    });
  }

  for (const [what, record, newer] of [
    [
      "start",
      { channelId: "start/1000001" as const, startedBy: executionArn("spring-launch_1"), startedAt: at },
      { startedAt: later },
    ],
    [
      "playback entry",
      {
        channelId: "entry/origin" as const,
        playbackEntry: { distributionId: "E1", originId: "origin" },
        cleanedAt: at,
      },
      { cleanedAt: later },
    ],
  ] as const) {
    it(`keeps the record of a late ${what} that is newer than the one to remove`, async () => {
      await tables.putLeaseItem({ ...record, ...newer });
      expect(await removeLateCallRecord(table(), record)).to.equal(false);
      expect(await tables.leases()).to.have.lengthOf(1);
      await tables.putLeaseItem(record);
      expect(await removeLateCallRecord(table(), record)).to.equal(true);
      expect(await tables.leases()).to.deep.equal([]);
    });
  }
});
