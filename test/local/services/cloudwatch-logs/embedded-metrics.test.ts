import { expect } from "chai";
import { embeddedMetrics } from "../../../../local/services/cloudwatch-logs/embedded-metrics";

const document = {
  _aws: {
    Timestamp: 1767225600000,
    CloudWatchMetrics: [
      {
        Namespace: "Shop",
        Dimensions: [["Till"], ["Till", "Floor"]],
        Metrics: [{ Name: "Sales", Unit: "Count" }, { Name: "Waits" }],
      },
    ],
  },
  ...{ Till: "1", Floor: "2", Sales: 3, Waits: [4, 5], message: "It was sold." },
};

describe("a log line in CloudWatch's embedded metric format", () => {
  it("reports each metric for each set of dimensions", () => {
    const floor = { Till: "1", Floor: "2" };
    expect(embeddedMetrics(JSON.stringify(document))).to.deep.equal([
      { namespace: "Shop", name: "Sales", dimensions: { Till: "1" }, value: 3 },
      { namespace: "Shop", name: "Waits", dimensions: { Till: "1" }, value: 4 },
      { namespace: "Shop", name: "Waits", dimensions: { Till: "1" }, value: 5 },
      { namespace: "Shop", name: "Sales", dimensions: floor, value: 3 },
      { namespace: "Shop", name: "Waits", dimensions: floor, value: 4 },
      { namespace: "Shop", name: "Waits", dimensions: floor, value: 5 },
    ]);
  });

  for (const [what, line] of [
    ["without a time", { ...document, _aws: { ...document._aws, Timestamp: undefined } }],
    ["whose dimensions are no text", { ...document, Till: 1 }],
    ["whose values are no numbers", { ...document, Sales: "3", Waits: [null] }],
    ["that does not say how", { ...document, _aws: {} }],
  ] as const) {
    it(`reports nothing ${what}`, () => {
      expect(embeddedMetrics(JSON.stringify(line))).to.deep.equal([]);
    });
  }

  it("is JSON: any other text reports nothing", () => {
    expect(embeddedMetrics('START "_aws" { not JSON')).to.deep.equal([]);
    expect(embeddedMetrics('["_aws"]')).to.deep.equal([]);
  });
});
