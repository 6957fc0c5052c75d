import { expect } from "chai";
import {
  hasEnded,
  type StreamStatus,
  statusesAfter,
  statusesBefore,
  streamStatuses,
  transition,
} from "../../contracts";

/** Row: from. Columns, in the order of `streamStatuses`: `=` repeated, `+` changed, `.` forbidden. */
const table: Record<StreamStatus, string> = {
  //            PROVISIONING READY LIVE FAILED COMPLETE
  PROVISIONING: "=+.+.",
  READY: /*  */ ".=+++",
  LIVE: /*   */ "..=++",
  FAILED: /* */ "...=.",
  COMPLETE: /**/ "....=",
};
const outcomes = { "=": "repeated", "+": "changed", ".": "forbidden" };

describe("The lifecycle", () => {
  it("has five statuses, in the order of a stream without trouble", () => {
    expect(streamStatuses).to.deep.equal(["PROVISIONING", "READY", "LIVE", "FAILED", "COMPLETE"]);
  });

  for (const from of streamStatuses) {
    for (const [index, to] of streamStatuses.entries()) {
      const outcome = outcomes[table[from].charAt(index) as keyof typeof outcomes];
      it(`takes ${from} → ${to} for ${outcome}`, () => expect(transition(from, to)).to.equal(outcome));
    }
  }

  it("lists the statuses before and after one as its transitions have them", () => {
    for (const status of streamStatuses) {
      const others = streamStatuses.filter((other) => transition(status, other) === "changed");
      expect([...statusesAfter(status)].sort(), status).to.deep.equal(others.sort());
      expect(statusesBefore(status), status).to.deep.equal(
        streamStatuses.filter((other) => transition(other, status) === "changed"),
      );
    }
  });

  it("ends an attempt with FAILED and COMPLETE alone", () => {
    expect(streamStatuses.filter(hasEnded)).to.deep.equal(["FAILED", "COMPLETE"]);
  });

  it("never leaves a status that ends an attempt", () => {
    for (const status of streamStatuses.filter(hasEnded)) expect(statusesAfter(status)).to.deep.equal([]);
  });
});
