import { expect } from "chai";
import { type SignedParts, signatureOf } from "../../../local/auth/signature";

const scope = { region: "us-east-1", service: "service" };
const time = "20150830T123600Z";
const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const request: SignedParts = {
  method: "GET",
  path: "/",
  search: "",
  headers: { host: "example.amazonaws.com", "x-amz-date": time },
  body: Buffer.alloc(0),
};
const sign = (changes: Partial<SignedParts>) =>
  signatureOf({ ...request, ...changes }, scope, time, ["host", "x-amz-date"], secret);

/** From AWS's Signature Version 4 test suite. */
describe("the signature of a request", () => {
  it("is that of AWS's test suite: get-vanilla", () => {
    expect(sign({})).to.equal("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  });

  it("is that of AWS's test suite: post-vanilla", () => {
    expect(sign({ method: "POST" })).to.equal(
      "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    );
  });

  it("is that of AWS's test suite: get-vanilla-query-order-key-case", () => {
    expect(sign({ search: "Param2=value2&Param1=value1" })).to.equal(
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    );
  });
});
