import { expect } from "chai";
import type { HttpEvent } from "../../../../handlers/shared/http/http";
import { readRequester } from "../../../../handlers/shared/http/requester";

const userArn = "arn:aws:sts::111122223333:assumed-role/portal/session";

describe("who sent a request", () => {
  for (const [what, requestContext, expected] of [
    [
      "a caller by IAM, without the access key",
      { requestId: "1", authorizer: { iam: { userArn, accessKey: "AKIA", userId: "AID" } } },
      { principal: userArn, requestId: "1" },
    ],
    [
      "a token's subject",
      { requestId: "1", authorizer: { jwt: { claims: { sub: "operator", client_id: "portal" } } } },
      { principal: "operator", requestId: "1" },
    ],
    [
      "the client of a token without a subject",
      { authorizer: { jwt: { claims: { client_id: "portal" } } } },
      { principal: "portal" },
    ],
    [
      "a caller in format 1.0",
      { requestId: "2", identity: { userArn } },
      { principal: userArn, requestId: "2" },
    ],
    ["nobody, in a direct call", undefined, {}],
    ["nobody, where API Gateway says null", { identity: { userArn: null }, authorizer: null }, {}],
    [
      "no more than an item has room for",
      { authorizer: { jwt: { claims: { sub: "x".repeat(1000) } } }, requestId: {} },
      { principal: "x".repeat(256) },
    ],
  ] as const) {
    it(`is ${what}`, () => {
      expect(readRequester({ requestContext } as unknown as HttpEvent)).to.deep.equal(expected);
    });
  }
});
