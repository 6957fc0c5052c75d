import { expect } from "chai";
import {
  behavior,
  cachePolicy,
  configOf,
  EdgeFixture,
  functionArn,
  ok,
  recorded,
  viewerRequest,
} from "./edge-fixture";

const queryStrings = (queryStringBehavior: string, ...items: string[]) => ({
  queryStringsConfig: { queryStringBehavior, queryStrings: { items } },
});

describe("an edge location", () => {
  const policy = cachePolicy();

  it("takes the first behaviour in order that matches, and the default one otherwise", async () => {
    const config = configOf(
      behavior("/a/special/*", "special"),
      behavior("a/*", "a"),
      behavior("/a/special/x", "late"),
    );
    const edge = new EdgeFixture({ config, resources: [policy] });
    expect(await edge.see("/a/special/x")).to.equal("200 Miss special.example.com /a/special/x");
    expect(await edge.see("/a/x?b=/a/special/")).to.equal("200 Miss a.example.com /a/x");
    expect(await edge.see("/A/x")).to.equal("200 Miss default.example.com /A/x");
    expect(await edge.see("/a/special/../y")).to.equal("200 Miss a.example.com /a/special/../y");
  });

  it("keeps an object until its lifetime is over on the clock, and says how old it is", async () => {
    const edge = new EdgeFixture({ config: configOf(behavior("/a/*", "a")), resources: [policy] });
    let count = 0;
    edge.origin = () => ok(String(++count), count === 2 ? { "cache-control": "max-age=3" } : {});
    expect(await edge.see("/a/x")).to.equal("200 Miss 1");
    await edge.clock.advance({ milliseconds: 9_999 });
    expect(await edge.see("/a/x")).to.equal("200 Hit 1");
    expect((await edge.get("/a/x")).headers.age).to.equal("9");
    await edge.clock.advance({ milliseconds: 1 });
    expect(await edge.see("/a/x")).to.equal("200 Miss 2");
    await edge.clock.advance({ seconds: 3 });
    expect(await edge.see("/a/x")).to.equal("200 Miss 3");
  });

  const lifetimes: readonly (readonly [
    control: string | undefined,
    ttl: [number, number, number],
    seconds: number,
  ])[] = [
    [undefined, [0, 86_400, 31_536_000], 86_400],
    [undefined, [5, 0, 60], 5],
    ["max-age=100", [0, 10, 60], 60],
    ["max-age=1", [5, 10, 60], 5],
    ["max-age=1, s-maxage=20", [0, 10, 60], 20],
    ["no-store", [0, 10, 60], 0],
    ["private, max-age=20", [0, 10, 60], 0],
    ["no-cache", [7, 10, 60], 7],
    ["max-age=20", [0, 0, 0], 0],
  ];
  for (const [control, [minTtl, defaultTtl, maxTtl], seconds] of lifetimes) {
    it(`keeps '${control ?? "(no Cache-Control)"}' for ${seconds} s with TTLs of ${minTtl}, ${defaultTtl} and ${maxTtl}`, async () => {
      const resources = [cachePolicy({}, { minTtl, defaultTtl, maxTtl })];
      const edge = new EdgeFixture({ config: configOf(behavior("/a/*", "a")), resources });
      edge.origin = () => ok("x", control === undefined ? {} : { "cache-control": control });
      await edge.get("/a/x");
      if (seconds > 0) {
        await edge.clock.advance({ milliseconds: seconds * 1000 - 1 });
        expect(await edge.see("/a/x")).to.equal("200 Hit x");
        await edge.clock.advance({ milliseconds: 1 });
      }
      expect(await edge.see("/a/x")).to.equal("200 Miss x");
    });
  }

  it("lets two behaviours share an object whose keys are equal", async () => {
    const config = configOf(behavior("/a/*", "a", viewerRequest), behavior("/b/*", "b", viewerRequest));
    const edge = new EdgeFixture({ config, resources: [policy] });
    expect(await edge.see("/a/index.m3u8")).to.equal("200 Miss a.example.com /index.m3u8");
    expect(await edge.see("/b/index.m3u8")).to.equal("200 Hit a.example.com /index.m3u8");
  });

  it("tells them apart by a header that the function sets, whatever the viewer sent", async () => {
    const code = `function handler({ request }) {
      var id = request.uri.split("/")[1];
      request.headers["x-stream"] = { value: id };
      request.uri = request.uri.slice(id.length + 1);
      return request;
    }`;
    const headersConfig = { headerBehavior: "whitelist", headers: { items: ["X-Stream"] } };
    const config = configOf(behavior("/a/*", "a", viewerRequest), behavior("/b/*", "b", viewerRequest));
    const edge = new EdgeFixture({ config, code, resources: [cachePolicy({ headersConfig })] });
    await edge.get("/a/index.m3u8");
    expect(await edge.see("/b/index.m3u8", { "x-stream": "a" })).to.equal(
      "200 Miss b.example.com /index.m3u8",
    );
    expect(await edge.see("/a/index.m3u8", { "x-stream": "b" })).to.equal(
      "200 Hit a.example.com /index.m3u8",
    );
    expect(edge.asked.map(({ headers }) => headers["x-stream"])).to.deep.equal(["a", "b"]);
  });

  it("keys and forwards the query strings that the policy names, and no others", async () => {
    const config = configOf(behavior("/a/*", "a"));
    const edge = new EdgeFixture({ config, resources: [cachePolicy(queryStrings("whitelist", "start"))] });
    await edge.get("/a/x?start=1&token=secret");
    expect(edge.asked.at(-1)?.query).to.deep.equal([["start", "1"]]);
    expect((await edge.get("/a/x?token=other&start=1")).headers["x-cache"]).to.equal("Hit from cloudfront");
    expect((await edge.get("/a/x?start=2")).headers["x-cache"]).to.equal("Miss from cloudfront");
  });

  it("knows the managed policy of MediaPackage: _HLS_msn is not in its key, start is", async () => {
    const managed = { CachePolicyId: "08627262-05a9-4f76-9ded-b50ca2e3a84f" };
    const edge = new EdgeFixture({ config: configOf(behavior("/a/*", "a", managed)) });
    await edge.get("/a/x?_HLS_msn=1");
    expect(await edge.see("/a/x?_HLS_msn=2")).to.contain("Hit");
    expect(await edge.see("/a/x?start=2")).to.contain("Miss");
    expect(await edge.see("/a/x", { origin: "https://player.example.com" })).to.contain("Miss");
    await edge.clock.advance({ seconds: 86_399 });
    expect(await edge.see("/a/x"), "without Cache-Control, a day").to.contain("Hit");
  });

  it("normalizes Accept-Encoding where the policy enables encodings", async () => {
    const parameters = { enableAcceptEncodingBrotli: true, enableAcceptEncodingGzip: true };
    const edge = new EdgeFixture({
      config: configOf(behavior("/a/*", "a")),
      resources: [cachePolicy(parameters)],
    });
    await edge.get("/a/x", { "accept-encoding": "gzip, deflate, br" });
    expect(await edge.see("/a/x", { "accept-encoding": "br;q=1.0, gzip" })).to.contain("Hit");
    expect(await edge.see("/a/x", { "accept-encoding": "gzip" })).to.contain("Miss");
    expect(await edge.see("/a/x", { "accept-encoding": "gzip, br;q=0" })).to.contain("Hit");
    expect(edge.asked[0]?.headers["accept-encoding"]).to.equal("br,gzip");
  });

  it("keeps a 404 for ten seconds, or as long as the distribution says, and a 403 not at all", async () => {
    const CustomErrorResponses = { Quantity: 1, Items: [{ ErrorCode: 500, ErrorCachingMinTTL: 1 }] };
    const config = { ...configOf(behavior("/a/*", "a")), CustomErrorResponses };
    const edge = new EdgeFixture({ config, resources: [policy] });
    const status = { now: 404 };
    edge.origin = () => ({ status: status.now, headers: {}, body: Buffer.from("no") });
    for (const [code, kept] of [
      [404, 10],
      [500, 1],
      [403, 0],
    ] as const) {
      status.now = code;
      expect(await edge.see(`/a/${code}`)).to.equal(`${code} Error no`);
      status.now = 200;
      if (kept > 0) {
        await edge.clock.advance({ milliseconds: kept * 1000 - 1 });
        expect(await edge.see(`/a/${code}`)).to.equal(`${code} Error no`);
        await edge.clock.advance({ milliseconds: 1 });
      }
      expect(await edge.see(`/a/${code}`)).to.equal("200 Miss no");
    }
  });

  it("shows the distribution's own page for an error", async () => {
    const Items = [{ ErrorCode: 404, ResponsePagePath: "/errors/404.html", ResponseCode: "200" }];
    const CustomErrorResponses = { Quantity: 1, Items };
    const config = {
      ...configOf(behavior("/a/*", "a"), behavior("/errors/*", "pages")),
      CustomErrorResponses,
    };
    const edge = new EdgeFixture({ config, resources: [policy] });
    edge.origin = ({ domainName }) =>
      domainName === "pages.example.com"
        ? ok("sorry")
        : { status: 404, headers: {}, body: Buffer.from("no") };
    expect(await edge.see("/a/x")).to.equal("200 Error sorry");
  });

  it("answers HEAD without a body, from the object of a GET where it has one", async () => {
    const edge = new EdgeFixture({ config: configOf(behavior("/a/*", "a")), resources: [policy] });
    const first = await edge.send("HEAD", "/a/x");
    expect([first.status, first.headers["x-cache"], first.body.length]).to.deep.equal([
      200,
      "Miss from cloudfront",
      0,
    ]);
    expect(await edge.see("/a/x"), "what HEAD brought has no body for GET").to.contain("Miss a.example.com");
    const second = await edge.send("HEAD", "/a/x");
    expect(second.headers).to.include({ "x-cache": "Hit from cloudfront", "content-length": "18" });
    expect(edge.asked.map(({ method }) => method)).to.deep.equal(["HEAD", "GET"]);
  });

  it("refuses methods that the behaviour does not allow", async () => {
    const edge = new EdgeFixture({ config: configOf(behavior("/a/*", "a")), resources: [policy] });
    const post = await edge.send("POST", "/a/x");
    expect(post.status).to.equal(403);
    expect(post.body.toString()).to.contain("not configured to allow the HTTP request method");
    expect((await edge.send("TRACE", "/a/x")).status).to.equal(405);
    expect(edge.asked).to.deep.equal([]);
  });

  it("sends the origin its domain as Host, its path and its own headers, and no viewer's header that is not in the key", async () => {
    const config = configOf(behavior("/a/*", "a"));
    const CustomHeaders = { Quantity: 1, Items: [{ HeaderName: "X-CDN-Secret", HeaderValue: "s3cret" }] };
    const origins = [
      { Id: "default", DomainName: "d.example.com" },
      { Id: "a", DomainName: "a.example.com", OriginPath: "/out/v1", CustomHeaders },
    ];
    const edge = new EdgeFixture({
      config: { ...config, Origins: { Quantity: 2, Items: origins } },
      resources: [policy],
    });
    await edge.get("/a/x", { "x-cdn-secret": "guess", referer: "https://example.com", cookie: "a=b" });
    const [{ path, headers } = { path: "", headers: {} }] = edge.asked;
    expect(path).to.equal("/out/v1/a/x");
    expect(headers).to.deep.equal({
      host: "a.example.com",
      "user-agent": "Amazon CloudFront",
      "x-forwarded-for": "127.0.0.1",
      "x-cdn-secret": "s3cret",
    });
  });

  it("says for which kind of origin an access control signs", async () => {
    const control = (id: string, signingBehavior: string) =>
      recorded(
        "originAccessControl:OriginAccessControl",
        { signingBehavior, originAccessControlOriginType: "mediapackagev2" },
        {},
        id,
      );
    const config = configOf(behavior("/a/*", "a"), behavior("/b/*", "b"), behavior("/c/*", "c"));
    const origins = ["default", "a", "b", "c"].map((Id) => ({
      Id,
      DomainName: "d",
      OriginAccessControlId: { a: "ALWAYS", b: "NEVER" }[Id] ?? "",
    }));
    const edge = new EdgeFixture({
      config: { ...config, Origins: { Quantity: 4, Items: origins } },
      resources: [policy, control("ALWAYS", "always"), control("NEVER", "never")],
    });
    for (const path of ["/a/x", "/b/x", "/c/x"]) await edge.get(path);
    expect(edge.asked.map(({ signedFor }) => signedFor)).to.deep.equal([
      "mediapackagev2",
      undefined,
      undefined,
    ]);
  });

  it("asks the next origin of a group where the first one fails", async () => {
    const config = configOf(behavior("/a/*", "group"), behavior("/x/*", "first"), behavior("/y/*", "second"));
    const OriginGroups = {
      Quantity: 1,
      Items: [
        {
          Id: "group",
          FailoverCriteria: { StatusCodes: { Quantity: 1, Items: [503] } },
          Members: { Quantity: 2, Items: [{ OriginId: "first" }, { OriginId: "second" }] },
        },
      ],
    };
    const edge = new EdgeFixture({ config: { ...config, OriginGroups }, resources: [policy] });
    edge.origin = ({ domainName }) =>
      domainName === "first.example.com"
        ? { status: 503, headers: {}, body: Buffer.alloc(0) }
        : ok(domainName);
    expect(await edge.see("/a/x")).to.equal("200 Miss second.example.com");
  });

  it("finds one of several distributions by its domain, and else says what there is", async () => {
    const edge = new EdgeFixture({ config: configOf(behavior("/a/*", "a")), resources: [policy] });
    edge.cloudFront.addDistribution("E2", {
      ...configOf(),
      Aliases: { Quantity: 1, Items: ["tv.example.com"] },
    });
    expect(await edge.see("/a/x", { host: "e1.cloudfront.net" })).to.contain("a.example.com");
    expect(await edge.see("/a/x", { host: "e1.localhost:8789" })).to.contain("Hit");
    expect(await edge.see("/a/x", { host: "tv.example.com" })).to.equal("200 Miss default.example.com /a/x");
    const { status, reason } = await edge.get("/a/x");
    expect(status).to.equal(403);
    expect(reason).to.contain("e1.cloudfront.net, e2.cloudfront.net");
  });

  const unserved: readonly (readonly [what: string, more: Parameters<typeof behavior>[2], named: string])[] =
    [
      ["an unknown cache policy", { CachePolicyId: "other" }, "the cache policy other"],
      ["Lambda@Edge", { LambdaFunctionAssociations: { Quantity: 1, Items: [{}] } }, "Lambda@Edge"],
      [
        "a viewer-response function",
        {
          FunctionAssociations: {
            Quantity: 1,
            Items: [{ EventType: "viewer-response", FunctionARN: functionArn }],
          },
        },
        "viewer-response",
      ],
      [
        "a function of another program",
        {
          FunctionAssociations: {
            Quantity: 1,
            Items: [{ EventType: "viewer-request", FunctionARN: "arn:other" }],
          },
        },
        "arn:other",
      ],
    ];
  for (const [what, more, named] of unserved) {
    it(`refuses ${what} by name`, async () => {
      const edge = new EdgeFixture({ config: configOf(behavior("/a/*", "a", more)), resources: [policy] });
      const { status, body } = await edge.get("/a/x");
      expect(status).to.equal(502);
      expect(body.toString()).to.contain("Local runtime").and.contain(named);
    });
  }
});
