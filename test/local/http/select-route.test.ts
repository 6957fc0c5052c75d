import { expect } from "chai";
import { readPath, routeSelector } from "../../../local/http/select-route";

const selectorOf = (...routeKeys: string[]) => routeSelector(routeKeys.map((routeKey) => ({ routeKey })));

describe("the choice of a route", () => {
  // The example of API Gateway's developer guide, its routes in another order.
  const select = selectorOf(
    "$default",
    "ANY /{proxy+}",
    "GET /pets/{proxy+}",
    "GET /pets/dog/{id}",
    "GET /pets/dog/1",
  );
  for (const [method, path, routeKey, parameters] of [
    ["GET", "/pets/dog/1", "GET /pets/dog/1", undefined],
    ["GET", "/pets/dog/2", "GET /pets/dog/{id}", { id: "2" }],
    ["GET", "/pets/cat/1", "GET /pets/{proxy+}", { proxy: "cat/1" }],
    ["POST", "/pets/dog/1", "ANY /{proxy+}", { proxy: "pets/dog/1" }],
    ["POST", "/test/5", "ANY /{proxy+}", { proxy: "test/5" }],
    ["GET", "/pets", "ANY /{proxy+}", { proxy: "pets" }],
    ["GET", "/", "$default", undefined],
  ] as const) {
    it(`sends ${method} ${path} to ${routeKey}`, () => {
      expect(select(method, path)).to.deep.equal({ route: { routeKey }, pathParameters: parameters });
    });
  }

  for (const [what, keys, request, expected] of [
    ["a plain segment to a parameter", ["GET /{a}/c", "GET /b/{c}"], "GET /b/c", "GET /b/{c}"],
    ["a plain path for any method to a parameter", ["GET /{a}", "ANY /b"], "GET /b", "ANY /b"],
    ["the very method to any", ["ANY /{a}", "GET /{a}"], "GET /b", "GET /{a}"],
    ["a full match to a greedy one", ["GET /a/{b+}", "GET /{a}/b/c"], "GET /a/b/c", "GET /{a}/b/c"],
    ["the longer of two greedy ones", ["GET /{a+}", "GET /a/{b+}"], "GET /a/b/c", "GET /a/{b+}"],
  ] as const) {
    it(`prefers ${what}`, () => {
      const [method, path] = request.split(" ") as [string, string];
      expect(selectorOf(...keys)(method, path)?.route.routeKey).to.equal(expected);
      expect(selectorOf(...[...keys].reverse())(method, path)?.route.routeKey).to.equal(expected);
    });
  }

  for (const [routeKey, path] of [
    ["GET /pets/{id}", "/pets"],
    ["GET /pets/{id}", "/pets/"],
    ["GET /pets/{id}", "/pets/1/"],
    ["GET /pets/{id}", "/pets/1/2"],
    ["GET /pets/{id}", "//pets/1"],
    ["GET /pets/{proxy+}", "/pets"],
    ["GET /pets/{proxy+}", "/pets/"],
    ["POST /pets/{id}", "/pets/1"],
  ] as const) {
    it(`sends GET ${path} not to ${routeKey}`, () => {
      expect(selectorOf(routeKey)("GET", path)).to.equal(undefined);
    });
  }

  for (const routeKey of [
    "GET pets",
    "/pets",
    "GET /{id}.json",
    "GET /{a+}/b",
    "GET /{}",
    "GET /{a}{b}",
    "GET",
  ]) {
    it(`refuses the key '${routeKey}', which API Gateway does not take`, () => {
      expect(() => selectorOf(routeKey)).to.throw(`API Gateway does not take the route key '${routeKey}'.`);
    });
  }
});

describe("the path of a request", () => {
  // What an HTTP API made of these paths, as observed on AWS.
  for (const [sent, decoded] of [
    ["/capture/plain", "/capture/plain"],
    ["/capture/space%20value", "/capture/space value"],
    ["/capture/plus+value", "/capture/plus+value"],
    ["/capture/question%3Fvalue", "/capture/question"],
    ["/capture/percent%25done", undefined],
    ["/capture/hash%23value", "/capture/hash#value"],
    ["/capture/slash%2Fvalue", "/capture/slash/value"],
    ["/capture/unicode-%CE%BB", "/capture/unicode-λ"],
    ["/capture/literal%252Fvalue", "/capture/literal/value"],
    ["/capture/literal%253Fvalue", "/capture/literal?value"],
    ["/capture/literal%2525value", "/capture/literal%value"],
    ["/capture/%zz", undefined],
  ] as const) {
    it(`is ${decoded ?? "no path"} where ${sent} was sent`, () => {
      expect(readPath(sent)?.decoded).to.equal(decoded);
    });
  }

  it("is decoded once for the choice of a route: an encoded slash separates, one encoded twice does not", () => {
    const select = selectorOf("GET /{name}/thing");
    const choose = (sent: string) => select("GET", readPath(sent)?.routed ?? "")?.pathParameters;
    expect(choose("/a%2Fb/thing")).to.equal(undefined);
    expect(choose("/a%252Fb/thing")).to.deep.equal({ name: "a/b" });
  });
});
