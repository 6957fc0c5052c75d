import { expect } from "chai";
import type { CaseResult } from "./case";
import { countCases, insertTable, lineOf, summaryOf, tablesOf } from "./report";

const passed: CaseResult = {
  name: "ready | Machine.Claim: DynamoDB UpdateItem | throttled once",
  order: 0,
  dimension: "call",
  findings: [],
  ended: "READY (execution SUCCEEDED)",
  saw: "POST 202, PUT 200",
  sweeps: 2,
  isClean: true,
};
const broken: CaseResult = {
  ...passed,
  name: "timeout | Machine.Claim: DynamoDB UpdateItem | execution stopped",
  dimension: "stop",
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
      ...{ foreign: 0, believed: 0, paged: 0 },
    });
    expect(summaryOf([passed, broken])).to.equal(
      "2 cases: 1 passed, 0 lost, 1 stuck, 1 left running, 0 double, 0 silent, 0 touched, 0 believed, 0 paged.",
    );
  });

  it("has one line for a case that broke a guarantee: where, what went wrong, and what was found", () => {
    expect(lineOf(broken)).to.equal(
      "RED timeout | Machine.Claim: DynamoDB UpdateItem | execution stopped | saw POST 202, PUT 200 | " +
        "ended READY (execution SUCCEEDED) | left running: Channel 1001 is RUNNING, and no stream's. " +
        "left running: 1001 is leased by a_1. stuck: Attempt 1 stays PROVISIONING.",
    );
  });

  it("has a table with a row for each thing that goes wrong, and one with a row for each journey", () => {
    const titles =
      "Cases | Passed | Lost | Stuck | Left running | Double | Silent | Touched | Believed | Paged";
    const line = "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |";
    expect(tablesOf([passed, broken]).split("\n")).to.deep.equal([
      `| What goes wrong | ${titles} |`,
      line,
      "| a call fails, or its answer is lost | 1 | 1 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |",
      "| an execution is stopped after a call | 1 | 0 | 0 | 1 | 1 | 0 | 0 | 0 | 0 | 0 |",
      "| all | 2 | 1 | 0 | 1 | 1 | 0 | 0 | 0 | 0 | 0 |",
      "",
      `| Journey | ${titles} |`,
      line,
      "| ready | 1 | 1 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |",
      "| timeout | 1 | 0 | 0 | 1 | 1 | 0 | 0 | 0 | 0 | 0 |",
      "| all | 2 | 1 | 0 | 1 | 1 | 0 | 0 | 0 | 0 | 0 |",
    ]);
  });

  it("goes between its markers in a document, and is an error where there are none", () => {
    const document = "# Title\n<!-- begin matrix -->\nold\n<!-- end matrix -->\nrest\n";
    expect(insertTable(document, "new")).to.equal(
      "# Title\n<!-- begin matrix -->\nnew\n<!-- end matrix -->\nrest\n",
    );
    expect(() => insertTable("# Title", "new")).to.throw("no markers");
  });
});
