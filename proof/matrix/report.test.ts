import { expect } from "chai";
import type { CaseResult } from "./case";
import { countCases, insertTable, lineOf, summaryOf, tableOf } from "./report";

const passed: CaseResult = {
  name: "ready | Machine.Claim: DynamoDB UpdateItem | throttled once",
  order: 0,
  findings: [],
  ended: "READY (execution SUCCEEDED)",
  saw: "POST 202, PUT 200",
  sweeps: 2,
  isClean: true,
};
const broken: CaseResult = {
  ...passed,
  name: "timeout | Machine.Claim: DynamoDB UpdateItem | denied for good",
  findings: [
    { guarantee: "leftover", text: "Channel 1001 is RUNNING, and no stream's." },
    { guarantee: "leftover", text: "1001 is leased by a_1." },
    { guarantee: "stuck", text: "Attempt 1 stays PROVISIONING." },
  ],
  isClean: false,
};

describe("the report of the matrix", () => {
  it("counts a case once against each guarantee that it broke", () => {
    expect(countCases([passed, broken])).to.deep.equal({
      ...{ cases: 2, passed: 1, confirmation: 0, stuck: 1, leftover: 1, double: 0, silent: 0 },
    });
    expect(summaryOf([passed, broken])).to.equal(
      "2 cases: 1 passed, 0 lost, 1 stuck, 1 left running, 0 double, 0 silent.",
    );
  });

  it("has one line for a case that broke a guarantee: where, what went wrong, and what was found", () => {
    expect(lineOf(broken)).to.equal(
      "RED timeout | Machine.Claim: DynamoDB UpdateItem | denied for good | saw POST 202, PUT 200 | " +
        "ended READY (execution SUCCEEDED) | left running: Channel 1001 is RUNNING, and no stream's. " +
        "left running: 1001 is leased by a_1. stuck: Attempt 1 stays PROVISIONING.",
    );
  });

  it("has a table with a row for each journey", () => {
    const [header, , ready, timeout, all] = tableOf([passed, broken]).split("\n");
    expect(header).to.equal("| Journey | Cases | Passed | Lost | Stuck | Left running | Double | Silent |");
    expect(ready).to.equal("| ready | 1 | 1 | 0 | 0 | 0 | 0 | 0 |");
    expect(timeout).to.equal("| timeout | 1 | 0 | 0 | 1 | 1 | 0 | 0 |");
    expect(all).to.equal("| all | 2 | 1 | 0 | 1 | 1 | 0 | 0 |");
  });

  it("goes between its markers in a document, and is an error where there are none", () => {
    const document = "# Title\n<!-- begin matrix -->\nold\n<!-- end matrix -->\nrest\n";
    expect(insertTable(document, "new")).to.equal(
      "# Title\n<!-- begin matrix -->\nnew\n<!-- end matrix -->\nrest\n",
    );
    expect(() => insertTable("# Title", "new")).to.throw("no markers");
  });
});
