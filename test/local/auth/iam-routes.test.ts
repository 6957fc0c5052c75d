import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import { iamAuthorizer } from "../../../local/auth/iam-authorizer";
import type { Caller } from "../../../local/calls/caller";
import { credentialsOf } from "../../../local/calls/callers";
import { resourcesOfType } from "../../../local/record/graph";
import type { Clock } from "../../../local/time/clock";
import { aRequest } from "../../journeys/support/requests";
import { signed } from "../../support/sign";
import { useLocal } from "../../support/use-local";

const run = promisify(execFile);
const minute = 60_000;

describe("a route with IAM authorization", () => {
  const local = useLocal({ auth: "on" });
  const body = JSON.stringify(aRequest("signed"));
  const url = () => `${local.apiUrl}/streams`;
  const now = () => local.clock.now();
  const headers = { "content-type": "application/json" };
  const post = async (sent: Record<string, string>, text = body) => {
    const response = await fetch(url(), { method: "POST", headers: sent, body: text });
    return { status: response.status, body: (await response.json()) as object };
  };
  const sign = (changes: Partial<Parameters<typeof signed>[1]> = {}) =>
    signed({ method: "POST", url: url(), headers, body }, { now: now(), ...changes });

  it("lets a signed request through", async () => {
    expect(await post(sign())).to.have.property("status", 202);
  });

  const forbidden = { status: 403, body: { message: "Forbidden" } };
  const refusals: readonly (readonly [string, () => Record<string, string>, string?])[] = [
    ["no signature", () => headers],
    ["an unknown access key", () => sign({ accessKeyId: "AKIAUNKNOWN" })],
    ["another secret", () => sign({ secretAccessKey: "guessed" })],
    ["a signature for another Region", () => sign({ region: "eu-west-1" })],
    ["a signature for another service", () => sign({ service: "lambda" })],
    ["a signature that is six minutes old", () => sign({ now: now() - 6 * minute })],
    ["a signature from six minutes ahead", () => sign({ now: now() + 6 * minute })],
    ["another body than the signed one", () => sign(), JSON.stringify(aRequest("other"))],
    ["a security token that nobody gave", () => ({ ...sign(), "x-amz-security-token": "made-up" })],
    ["a header of Amazon's that is not signed", () => ({ ...sign(), "x-amz-meta": "1" })],
    ["a bearer token", () => ({ ...headers, authorization: "Bearer x" })],
    [
      "half an authorization",
      () => ({ ...headers, authorization: "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE" }),
    ],
  ];
  for (const [what, given, text] of refusals) {
    it(`refuses ${what} with 403, and says no more`, async () => {
      expect(await post(given(), text)).to.deep.equal(forbidden);
    });
  }

  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty", "no-such-header", ""]) {
    it(`refuses SignedHeaders with '${name}', which the request does not have`, async () => {
      const given = sign();
      for (const signedHeaders of [name, `host;x-amz-date;${name}`, `${name};host;x-amz-date`]) {
        const authorization = String(given.authorization).replace(
          /SignedHeaders=[^,]*/,
          `SignedHeaders=${signedHeaders}`,
        );
        expect(await post({ ...given, authorization }), signedHeaders).to.deep.equal(forbidden);
      }
    });

    it(`refuses the access key '${name}'`, async () => {
      expect(await post(sign({ accessKeyId: name }))).to.deep.equal(forbidden);
    });
  }

  it("takes a signature that is four minutes old, by the runtime's clock", async () => {
    expect(await post(sign({ now: now() - 4 * minute }))).to.have.property("status", 202);
  });

  it("leaves the health open", async () => {
    expect((await fetch(`${local.apiUrl}/health`)).status).to.equal(200);
  });

  it("refuses a function of the program whose role does not allow execute-api:Invoke", async () => {
    const [found] = resourcesOfType(local.runtime.graph, "aws:lambda/function:Function");
    const environment = credentialsOf(String(found?.outputs.name));
    const token = { ...headers, "x-amz-security-token": environment.AWS_SESSION_TOKEN ?? "" };
    const sent = signed(
      { method: "POST", url: url(), headers: token, body },
      {
        now: now(),
        accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "",
        secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? "",
      },
    );
    expect(await post(sent)).to.deep.equal(forbidden);
  });
});

describe("the reason of a wrong signature", () => {
  const url = "http://127.0.0.1:8787/streams";
  const authorize = iamAuthorizer({
    clock: { now: () => 0 } as Clock,
    region: "us-east-1",
    accountId: "000000000000",
    credentials: () => ({ secretAccessKey: "another", caller: { name: "local" } as Caller }),
    mayInvoke: () => true,
  });
  const reason = async (search: string) => {
    const headers = {
      ...signed({ method: "GET", url: `${url}?${search}` }, { now: 0 }),
      host: "127.0.0.1:8787",
    };
    const request = { method: "GET", path: "/streams", routedPath: "/streams", search, headers };
    const verdict = await authorize({ ...request, body: Buffer.from("") });
    return "reason" in verdict ? verdict.reason : "";
  };

  it("tells that the query is not in the order that signatures want, only where that is so", async () => {
    expect(await reason("status=READY&limit=5")).to.match(/does not match .* alphabetical order/);
    for (const search of ["limit=5&status=READY", "limit=5", ""]) {
      expect(await reason(search), search).to.match(/does not match the signature you provided\.$/);
    }
  });
});

describe("curl, as the README calls it", () => {
  // curl signs with the time of the machine.
  const local = useLocal(() => ({ auth: "on", startAt: new Date() }));

  it("signs what the API takes", async function () {
    const { stdout: version } = await run("curl", ["--version"]).catch(() => ({ stdout: "" }));
    const [, major = "0", minor = "0"] = /^curl (\d+)\.(\d+)/.exec(version) ?? [];
    // --aws-sigv4 came with 7.75.
    if (Number(major) * 1000 + Number(minor) < 7075) this.skip();
    const curl = (...args: string[]) => run("curl", ["-s", "-K", "examples/local.curlrc", ...args]);
    const url = `${local.apiUrl}/streams`;
    const posted = await curl(url, "-d", "@examples/spring-launch.json");
    expect(JSON.parse(posted.stdout)).to.include({ streamId: "spring-launch" });
    await local.streams.untilWaiting("spring-launch");
    const put = await curl("-X", "PUT", url, "-d", '{"streamId":"spring-launch","status":"READY"}');
    expect(JSON.parse(put.stdout)).to.include({ status: "READY" });
  });
});
