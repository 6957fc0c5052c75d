import { expect } from "chai";
import { endpointOf } from "../../../../handlers/shared/aws/endpoint";

describe("the endpoint of a service", () => {
  const { AWS_ENDPOINT_URL: before } = process.env;
  afterEach(() => {
    if (before === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = before;
  });

  for (const [region, url] of [
    ["eu-west-1", "https://states.eu-west-1.amazonaws.com"],
    ["us-gov-west-1", "https://states.us-gov-west-1.amazonaws.com"],
    ["cn-north-1", "https://states.cn-north-1.amazonaws.com.cn"],
    ["us-isob-east-1", "https://states.us-isob-east-1.sc2s.sgov.gov"],
    ["eusc-de-east-1", "https://states.eusc-de-east-1.amazonaws.eu"],
  ] as const) {
    it(`is of ${region}'s partition`, () => {
      delete process.env.AWS_ENDPOINT_URL;
      expect(endpointOf("states", region)).to.equal(url);
    });
  }

  it("is the one that the environment names", () => {
    process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:4566";
    expect(endpointOf("states", "eu-west-1")).to.equal("http://127.0.0.1:4566");
  });
});
