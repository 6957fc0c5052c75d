import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { createHttpApi, type HttpApiSettings } from "../../../local/http/http-api";
import { isJsonObject, type Json, type JsonObject } from "../../../local/json";
import type { InvocationResult, LambdaFunction } from "../../../local/lambda/function";
import { SteppedClock } from "../../support/stepped-clock";

interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

describe("the gateway", () => {
  let server: Server;
  let events: JsonObject[];
  let result: InvocationResult;
  let settings: HttpApiSettings;

  beforeEach(async () => {
    events = [];
    result = { payload: { statusCode: 200, body: "{}" } };
    const target = {
      invoke: async (event: Json) => {
        if (isJsonObject(event)) events.push(event);
        return result;
      },
    } as unknown as LambdaFunction;
    settings = {
      apiId: "a1b2c3",
      accountId: "000000000000",
      routes: [
        { routeKey: "POST /streams", target },
        { routeKey: "ANY /streams", target },
      ],
      clock: new SteppedClock(),
    };
    let handler: ReturnType<typeof createHttpApi> | undefined;
    // Made at the first request, so that a test may change the settings.
    server = createServer((request, response) => {
      handler ??= createHttpApi(settings);
      handler(request, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });

  async function send(
    method: string,
    path: string,
    headers: { [name: string]: string | string[] } = {},
    body: string | Buffer = "",
  ): Promise<Received> {
    const { port } = server.address() as AddressInfo;
    const request = httpRequest({ port, method, path, headers });
    request.end(body);
    const [response] = (await once(request, "response")) as [import("node:http").IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: Buffer.concat(chunks).toString("utf8"),
    };
  }

  async function sent(...args: Parameters<typeof send>): Promise<JsonObject> {
    await send(...args);
    const [event] = events;
    if (!event) throw new Error("No event reached the function.");
    return event;
  }

  it("takes header, parameter and member names that objects inherit", async () => {
    const names = ["__proto__", "constructor", "toString", "valueOf", "hasOwnProperty"];
    const headers = Object.fromEntries(names.map((name) => [name, "given"]));
    const search = names.map((name) => `${name}=1&${name}=2`).join("&");
    const { status } = await send("POST", `/streams?${search}`, headers);
    expect(status).to.equal(200);
    const received = events[0] as { headers: JsonObject; queryStringParameters: JsonObject };
    for (const name of names) {
      expect(Object.entries(received.headers)).to.deep.include([name.toLowerCase(), "given"]);
      expect(Object.entries(received.queryStringParameters)).to.deep.include([name, "1,2"]);
    }
  });

  it("sends a request as a payload of format 2.0", async () => {
    const event = await sent(
      "POST",
      "/streams?a=1&b=two%20words&a=2",
      {
        "Content-Type": "application/json",
        "User-Agent": "curl",
        Cookie: "one=1; two=2",
        "X-Many": ["a", "b"],
      },
      '{"streamId":"spring-launch"}',
    );
    expect(event).to.deep.include({
      version: "2.0",
      routeKey: "POST /streams",
      rawPath: "/streams",
      rawQueryString: "a=1&b=two%20words&a=2",
      cookies: ["one=1", "two=2"],
      queryStringParameters: { a: "1,2", b: "two words" },
      body: '{"streamId":"spring-launch"}',
      isBase64Encoded: false,
    });
    expect(event.headers).to.include({ "content-type": "application/json", "x-many": "a,b" });
    expect(event.headers).not.to.have.property("cookie");
    const context = event.requestContext as JsonObject;
    expect(context).to.deep.include({
      accountId: "000000000000",
      apiId: "a1b2c3",
      routeKey: "POST /streams",
      stage: "$default",
      time: "02/Jan/2026:03:04:05 +0000",
      timeEpoch: Date.parse("2026-01-02T03:04:05Z"),
    });
    expect(context.http).to.include({
      method: "POST",
      path: "/streams",
      protocol: "HTTP/1.1",
      userAgent: "curl",
    });
  });

  it("leaves out what a request does not have", async () => {
    const event = await sent("POST", "/streams");
    expect(event).not.to.have.any.keys("body", "cookies", "queryStringParameters");
    expect(event).to.include({ rawQueryString: "", isBase64Encoded: false });
  });

  for (const [type, isText] of [
    ["application/json", true],
    ["application/json; charset=utf-8", true],
    ["application/problem+json", true],
    ["text/plain", true],
    ["application/x-www-form-urlencoded", false],
    ["application/octet-stream", false],
    ["image/png", false],
  ] as const) {
    it(`sends a body of ${type} ${isText ? "as text" : "in base 64"}`, async () => {
      const event = await sent("POST", "/streams", { "content-type": type }, "Grüße");
      expect(event.isBase64Encoded).to.equal(!isText);
      expect(event.body).to.equal(isText ? "Grüße" : Buffer.from("Grüße").toString("base64"));
    });
  }

  it("prefers a route of the very method to one for any, and any to none", async () => {
    await send("POST", "/streams");
    await send("DELETE", "/streams");
    expect(events.map(({ routeKey }) => routeKey)).to.deep.equal(["POST /streams", "ANY /streams"]);
  });

  for (const path of ["/", "/streams/", "/Streams", "/streams/a", "/streams/../streams", "//streams"]) {
    it(`answers 404 by itself for ${path}`, async () => {
      const { status, headers, body } = await send("POST", path);
      expect([status, headers["content-type"], body]).to.deep.equal([
        404,
        "application/json",
        '{"message":"Not Found"}',
      ]);
      expect(events).to.deep.equal([]);
    });
  }

  it("answers 413 by itself for more than 10 MB, and takes 10 MB", async () => {
    const limit = 10 * 1024 * 1024;
    const over = await send("POST", "/streams", {}, Buffer.alloc(limit + 1));
    expect([over.status, over.body]).to.deep.equal([413, '{"message":"Request Entity Too Large"}']);
    expect(events).to.deep.equal([]);
    expect(await send("POST", "/streams", {}, Buffer.alloc(limit))).to.have.property("status", 200);
  });

  for (const [what, outcome] of [
    ["a function fails", { error: { errorType: "Error", errorMessage: "secret", trace: [] } }],
    ["its status is no status", { payload: { statusCode: "ok" } }],
    ["its status is out of range", { payload: { statusCode: 42 } }],
  ] as [string, InvocationResult][]) {
    it(`answers 500, and does not say why, where ${what}`, async () => {
      result = outcome;
      const { status, headers, body } = await send("POST", "/streams");
      expect([status, headers["content-type"], body]).to.deep.equal([
        500,
        "application/json",
        '{"message":"Internal Server Error"}',
      ]);
    });
  }

  it("passes on status, headers, cookies and body", async () => {
    result = {
      payload: {
        statusCode: 201,
        headers: { "Content-Type": "application/json", Allow: "POST" },
        cookies: ["a=1; Secure", "b=2"],
        body: '{"ok":true}',
      },
    };
    const { status, headers, body } = await send("POST", "/streams");
    expect([status, body]).to.deep.equal([201, '{"ok":true}']);
    expect(headers).to.deep.include({
      "content-type": "application/json",
      allow: "POST",
      "set-cookie": ["a=1; Secure", "b=2"],
    });
    expect(headers["apigw-requestid"]).to.be.a("string");
  });

  it("decodes a body in base 64", async () => {
    result = {
      payload: { statusCode: 200, body: Buffer.from("Grüße").toString("base64"), isBase64Encoded: true },
    };
    expect((await send("POST", "/streams")).body).to.equal("Grüße");
  });

  it("takes a result that is no answer for the body of a 200", async () => {
    result = { payload: { streamId: "spring-launch" } };
    const { status, headers, body } = await send("POST", "/streams");
    expect([status, headers["content-type"], body]).to.deep.equal([
      200,
      "application/json",
      '{"streamId":"spring-launch"}',
    ]);
  });

  it("sends no body in answer to HEAD", async () => {
    result = { payload: { statusCode: 200, headers: { "content-length": "2" }, body: "{}" } };
    const { status, body } = await send("HEAD", "/streams");
    expect([status, body]).to.deep.equal([200, ""]);
  });

  it("survives headers that no HTTP answer may have", async () => {
    result = { payload: { statusCode: 200, headers: { "x-text": "two\nlines" }, body: "{}" } };
    expect(await send("POST", "/streams")).to.have.property("status", 500);
    result = { payload: { statusCode: 200, body: "{}" } };
    expect(await send("POST", "/streams")).to.have.property("status", 200);
  });

  it("hands OPTIONS to the function where no page of another origin may call", async () => {
    await send("OPTIONS", "/streams", { Origin: "https://studio.example.com" });
    expect(events.map(({ routeKey }) => routeKey)).to.deep.equal(["ANY /streams"]);
  });

  describe("with the pages of one origin allowed", () => {
    const origin = "https://studio.example.com";
    beforeEach(() => {
      settings = {
        ...settings,
        cors: {
          allowOrigins: [origin],
          allowMethods: ["POST", "PUT"],
          allowHeaders: ["content-type"],
          exposeHeaders: ["retry-after"],
          maxAge: 600,
        },
      };
    });

    it("answers a preflight by itself", async () => {
      const { status, headers, body } = await send("OPTIONS", "/streams", {
        Origin: origin,
        "Access-Control-Request-Method": "POST",
      });
      expect([status, body]).to.deep.equal([204, ""]);
      expect(headers).to.include({
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "POST,PUT",
        "access-control-allow-headers": "content-type",
        "access-control-max-age": "600",
      });
      expect(events).to.deep.equal([]);
    });

    it("names the origin in a function's answers to it", async () => {
      const { headers } = await send("POST", "/streams", { Origin: origin });
      expect(headers).to.include({
        ...{ "access-control-allow-origin": origin, vary: "origin" },
        "access-control-expose-headers": "retry-after",
      });
    });

    it("names no origin to others", async () => {
      for (const headers of [{}, { Origin: "https://evil.example.com" }]) {
        const { headers: received } = await send("POST", "/streams", headers);
        expect(received).not.to.have.property("access-control-allow-origin");
      }
    });
  });
});
