import { expect } from "chai";
import { behavior, cachePolicy, configOf, EdgeFixture, viewerRequest } from "./edge-fixture";

const withCode = (code: string) =>
  new EdgeFixture({
    config: configOf(behavior("/a/*", "a", viewerRequest)),
    code,
    resources: [cachePolicy({ queryStringsConfig: { queryStringBehavior: "all" } })],
  });

describe("a viewer-request function", () => {
  it("gets the event of cloudfront-js-2.0", async () => {
    const edge = withCode(
      "function handler(event) { console.log(JSON.stringify(event)); return event.request; }",
    );
    await edge.get("/a/x%20y?m=1&m=2&n=", { "x-one": "1", cookie: "session=abc; theme=dark" });
    const event = JSON.parse(edge.logs[0] ?? "{}");
    expect(event.context.requestId).to.be.a("string");
    delete event.context.requestId;
    expect(event).to.deep.equal({
      version: "1.0",
      context: {
        distributionDomainName: "e1.cloudfront.net",
        distributionId: "E1",
        eventType: "viewer-request",
      },
      viewer: { ip: "127.0.0.1" },
      request: {
        method: "GET",
        uri: "/a/x%20y",
        querystring: { m: { value: "2", multiValue: [{ value: "1" }, { value: "2" }] }, n: { value: "" } },
        headers: { host: { value: "127.0.0.1:8789" }, "x-one": { value: "1" } },
        cookies: { session: { value: "abc" }, theme: { value: "dark" } },
      },
    });
  });

  it("sees the path as the viewer sent it, though the behaviour was found by the normalized one", async () => {
    const edge = withCode(
      "function handler(event) { console.log(event.request.uri); return event.request; }",
    );
    await edge.get("/b/..//a/./%78");
    expect(edge.logs).to.deep.equal(["/b/..//a/./%78"]);
  });

  it("changes path, query strings and headers", async () => {
    const edge = withCode(`async function handler(event) {
      var request = event.request;
      request.uri = "/other";
      request.querystring = { q: { value: "1" } };
      return request;
    }`);
    await edge.get("/a/x?y=1");
    expect(edge.asked[0]).to.deep.include({ path: "/other", query: [["q", "1"]] });
  });

  it("answers itself, and the origin is not asked", async () => {
    const edge = withCode(`function handler(event) {
      return { statusCode: 302, statusDescription: "Found", headers: { location: { value: "https://example.com/" } } };
    }`);
    const { status, headers } = await edge.get("/a/x");
    expect(status).to.equal(302);
    expect(headers).to.include({
      location: "https://example.com/",
      "x-cache": "FunctionGeneratedResponse from cloudfront",
    });
    expect(edge.asked).to.deep.equal([]);
  });

  it("tells the time by the runtime's clock, which stands still while it runs", async () => {
    const edge = withCode(`function handler(event) {
      console.log(new Date().toISOString(), Date.now(), new Date(0).toISOString(), typeof now);
      return event.request;
    }`);
    await edge.get("/a/x");
    const now = edge.clock.now();
    expect(edge.logs).to.deep.equal([
      `${new Date(now).toISOString()} ${now} 1970-01-01T00:00:00.000Z undefined`,
    ]);
  });

  const broken: readonly (readonly [what: string, code: string, status: number, reason: string])[] = [
    ["throws", "function handler() { throw new Error('broken'); }", 503, "broken"],
    ["rejects", "async function handler() { throw new TypeError('later'); }", 503, "later"],
    ["throws a text", "function handler() { throw 'text'; }", 503, "text"],
    ["does not compile", "function handler( {", 503, "Unexpected"],
    ["has no handler", "var x = 1;", 503, "handler is not defined"],
    ["never returns", "function handler() { for (;;); }", 503, "timed out"],
    [
      "is too long",
      `function handler(event) { return event.request; }${" ".repeat(10_240)}`,
      503,
      "10240 bytes",
    ],
    ["returns nothing", "function handler() {}", 502, "neither a request nor a response"],
    [
      "returns a relative path",
      "function handler(event) { event.request.uri = 'x'; return event.request; }",
      502,
      "must begin with '/'",
    ],
    [
      "changes the Host",
      "function handler(event) { event.request.headers.host = { value: 'x' }; return event.request; }",
      502,
      "'host', which is read-only",
    ],
    [
      "adds a disallowed header",
      "function handler(event) { event.request.headers['x-amz-cf-id'] = { value: 'x' }; return event.request; }",
      502,
      "disallowed",
    ],
    [
      "reaches for the process",
      "function handler(event) { return process.exit(1); }",
      503,
      "process is not defined",
    ],
    [
      "requires what CloudFront has not",
      "function handler(event) { return require('fs'); }",
      503,
      "'fs' is not available",
    ],
  ];
  for (const [what, code, status, reason] of broken) {
    it(`is answered ${status} when it ${what}`, async () => {
      const edge = withCode(code);
      const answer = await edge.get("/a/x");
      expect(answer.status).to.equal(status);
      expect(answer.reason).to.contain(reason);
      expect(answer.body.toString())
        .to.contain(`<H1>${status} ERROR</H1>`)
        .and.contain(
          "The CloudFront function associated with the CloudFront distribution is invalid or could not run.",
        );
      expect(edge.asked).to.deep.equal([]);
    });
  }
});
