import { expect } from "chai";
import { signedWith } from "../../console/sign";
import { iamAuthorizer } from "../../local/auth/iam-authorizer";
import { systemClock } from "../../local/time/clock";

const keys = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "secret",
  sessionToken: "session",
  region: "us-east-1",
};

/** What a route with AWS_IAM authorization says of a request that the page signed. */
async function verdictOn(method: string, address: string, body: string, sent = body) {
  const url = new URL(address);
  const authorize = iamAuthorizer({
    ...{ clock: systemClock, region: "us-east-1", accountId: "000000000000", mayInvoke: () => true },
    credentials: () => ({ ...keys, caller: { kind: "user", name: "operator" } }),
  });
  return authorize({
    ...{ method, path: url.pathname, routedPath: url.pathname, search: url.search.slice(1) },
    headers: { ...(await signedWith(keys)({ method, url, body })), host: url.host },
    body: Buffer.from(sent),
  });
}

describe("a request that the page signs with temporary keys", () => {
  const api = "https://a1b2c3.execute-api.us-east-1.amazonaws.com/streams";

  it("is let in, with a query, a body of any characters, or neither", async () => {
    expect(await verdictOn("GET", api, "")).to.have.property("authorizer");
    expect(await verdictOn("GET", `${api}?limit=100&nextToken=a%2Bb%3D&status=READY`, "")).to.have.property(
      "authorizer",
    );
    expect(await verdictOn("POST", api, '{"title":"Finale 🎉 ü"}')).to.have.property("authorizer");
    expect(await verdictOn("DELETE", `${api}/spring-launch`, "")).to.have.property("authorizer");
  });

  it("is refused when somebody changed it", async () => {
    expect(await verdictOn("POST", api, '{"status":"READY"}', '{"status":"FAILED"}')).to.include({
      status: 403,
    });
  });
});
