import { expect } from "chai";
import type { Attempt } from "../../../../contracts/internal";
import type { StatusChange } from "../../../../handlers/shared/store/change-status";
import { readLeadTime, timeToReady } from "../../../../handlers/shared/store/time-to-ready";

const ready = {
  status: "READY",
  requestedAt: "2027-03-20T12:00:00.000Z",
  startTime: "2027-03-20T18:00:00.000Z",
  updatedAt: "2027-03-20T17:40:00.500Z",
} as Attempt;

const timeOf = (leadTimeMinutes: number | null, attempt: Partial<Attempt> = {}, outcome = "changed") =>
  timeToReady({ tableName: "attempts", leadTimeMinutes }, {
    outcome,
    attempt: { ...ready, ...attempt },
  } as StatusChange) as { TimeToReady?: number };

describe("the time to READY", () => {
  it("begins with the request", () => {
    expect(timeOf(null)).to.include({ TimeToReady: 20_400.5, AttemptsTable: "attempts" });
  });

  it("begins with the scheduled start, where the request came before it", () => {
    expect(timeOf(30)).to.include({ TimeToReady: 600.5 });
    expect(timeOf(600)).to.include({ TimeToReady: 20_400.5 });
  });

  it("is never below zero", () => {
    expect(timeOf(10)).to.include({ TimeToReady: 0 });
  });

  it("is counted by the change to READY alone", () => {
    expect(timeOf(null, {}, "repeated")).to.deep.equal({});
    expect(timeOf(null, { status: "LIVE" })).to.deep.equal({});
    expect(
      timeToReady({ tableName: "attempts", leadTimeMinutes: null }, { outcome: "unknown" }),
    ).to.deep.equal({});
  });

  it("is told of a lead time by a variable that is a number, or none", () => {
    expect(["none", "0", "30"].map(readLeadTime)).to.deep.equal([null, 0, 30]);
    expect(() => readLeadTime("soon")).to.throw(
      "LEAD_TIME_MINUTES must be a number of minutes, or none, received 'soon'.",
    );
  });
});
