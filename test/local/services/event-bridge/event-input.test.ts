import { expect } from "chai";
import type { JsonObject } from "../../../../local/json";
import { targetInput } from "../../../../local/services/event-bridge/event-input";

const event: JsonObject = {
  id: "1",
  account: "111111111111",
  source: "my.app",
  region: "us-east-1",
  time: "2027-01-01T00:00:00Z",
  resources: [],
  version: "0",
  "detail-type": "T",
  detail: { id: "u1", payload: { acc: "a", sf: "b" }, list: ["ACTIVE", "INACTIVE"] },
};

describe("Input transformers, as recorded on AWS", () => {
  const transform = (inputPaths: Record<string, string>, inputTemplate: string) =>
    targetInput({ inputTransformer: { inputPaths, inputTemplate } }, structuredClone(event), {
      ruleArn: "arn:aws:events:us-east-1:111111111111:rule/r",
      ruleName: "r",
      acceptedAt: 0,
    });

  it("put an object into a text without its quotes", () => {
    expect(transform({ p: "$.detail.payload" }, '"Payload of <p>"')).to.equal("Payload of {acc:a,sf:b}");
  });

  it("put an object as JSON where no text is around it", () => {
    expect(transform({ p: "$.detail.payload" }, '{"p": <p>}')).to.deep.equal({ p: { acc: "a", sf: "b" } });
  });

  it("send several texts as lines", () => {
    expect(transform({ i: "$.detail.id" }, '"id <i>"\n"again <i>"')).to.equal('"id u1"\n"again u1"');
  });

  it("have detailType, and no detail, in <aws.events.event>", () => {
    const { e } = transform({}, '{"e": <aws.events.event>}') as { e: JsonObject };
    expect(e).to.include({ detailType: "T", id: "1" });
    expect(e).not.to.have.any.keys("detail", "detail-type");
  });
});
