import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { expect } from "chai";
import { type ApiAnswer, readAnswer } from "../../testing";
import { useLocal } from "../support/use-local";
import { manyChannels } from "./support/channels";
import { aRequest } from "./support/requests";

describe("the API", () => {
  const local = useLocal({
    config: { channelIds: manyChannels, corsAllowOrigins: "https://studio.example.com" },
  });

  /** Calls the API over the wire. A body that is a text is sent as it is. */
  async function send(
    method: string,
    path: string,
    body?: unknown,
    headers?: { [name: string]: string },
  ): Promise<ApiAnswer> {
    const response = await fetch(`${local.apiUrl}${path}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return readAnswer(response);
  }
  const post = (body: unknown) => send("POST", "/streams", body);

  const refusals: [string, unknown, string, string[]][] = [
    [
      "an empty object",
      {},
      "Validation failed.",
      [
        "streamId is required.",
        "title is required.",
        "startTime is required.",
        "ingestEndpoints is required.",
      ],
    ],
    [
      "wrong types and values",
      {
        streamId: 7,
        title: "",
        startTime: "tomorrow",
        ingestEndpoints: [{ protocol: "ftp", url: "no url", backupUrl: 1, priority: 1 }],
        metadata: { region: 1 },
        channel: "1234567",
      },
      "Validation failed.",
      [
        "streamId must be a string, received a number.",
        "title must have 1 to 140 characters, received 0.",
        "startTime must be ",
        "ingestEndpoints[0].protocol must be one of rtmp, rtmps, srt.",
        "ingestEndpoints[0].url must be ",
        "ingestEndpoints[0].backupUrl must be a string, received a number.",
        "ingestEndpoints[0].priority is not allowed.",
        "metadata.region must be a string, received a number.",
        "channel is not allowed.",
      ],
    ],
    [
      "no endpoint",
      aRequest("no-endpoint", { ingestEndpoints: [] }),
      "Validation failed.",
      ["ingestEndpoints must have at least 1 element, received none."],
    ],
    ["no body", undefined, "Invalid request body.", ["The body is required, and must be a JSON object."]],
    ["no JSON", "{", "Invalid request body.", ["The body must be JSON."]],
    ["an array", [], "Invalid request body.", ["The body must be a JSON object."]],
    ["null", "null", "Invalid request body.", ["The body must be a JSON object."]],
  ];
  for (const [what, body, message, issues] of refusals) {
    it(`refuses ${what} with every issue`, async () => {
      const refused = await post(body);
      expect(refused.status).to.equal(400);
      expect(refused.headers.get("content-type")).to.equal("application/json");
      expect(refused.body.message).to.equal(message);
      expect(refused.body.issues).to.have.lengthOf(issues.length);
      for (const [index, issue] of issues.entries()) {
        expect(refused.body.issues?.[index]).to.satisfy((text: string) => text.startsWith(issue), issue);
      }
    });
  }

  it("refuses an unknown status by naming the known ones", async () => {
    const { status, body } = await send("PUT", "/streams", {
      streamId: "spring-launch",
      status: "DONE",
      reason: "x".repeat(281),
    });
    expect(status).to.equal(400);
    expect(body).to.deep.equal({
      message: "Validation failed.",
      issues: [
        "status must be one of PROVISIONING, READY, LIVE, FAILED, COMPLETE.",
        "reason must have 0 to 280 characters, received 281.",
      ],
    });
  });

  it("answers 404 to the status of a stream that nobody requested", async () => {
    const { status, body } = await send("PUT", "/streams", { streamId: "unheard-of", status: "READY" });
    expect(status).to.equal(404);
    expect(body.message).to.equal("Stream not found.");
  });

  for (const [method, path, allow] of [
    ["DELETE", "/streams", "POST, PUT, GET"],
    ["PATCH", "/streams", "POST, PUT, GET"],
    ["POST", "/health", "GET"],
    ["DELETE", "/health", "GET"],
  ] as const) {
    it(`answers 405 to ${method} ${path}, and says what is allowed`, async () => {
      const { status, headers, body } = await send(method, path);
      expect(status).to.equal(405);
      expect(headers.get("allow")).to.equal(allow);
      expect(headers.get("content-type")).to.equal("application/json");
      expect(body).to.deep.equal({ message: `${method} not allowed. Expected ${allow}.` });
    });
  }

  it("answers 405 without a body to HEAD", async () => {
    const { status, body } = await send("HEAD", "/streams");
    expect([status, body]).to.deep.equal([405, {}]);
  });

  for (const path of ["/", "/stream", "/streams/spring-launch/", "/streams/a/b", "/STREAMS"]) {
    it(`answers 404 to ${path}`, async () => {
      const { status, headers, body } = await send("GET", path);
      expect([status, headers.get("content-type")]).to.deep.equal([404, "application/json"]);
      expect(body).to.deep.equal({ message: "Not Found" });
    });
  }

  it("answers 413 to what neither the gateway nor the workflow could carry", async () => {
    const huge = await post(Buffer.alloc(10 * 1024 * 1024 + 1, "x").toString());
    expect([huge.status, huge.body]).to.deep.equal([413, { message: "Request Entity Too Large" }]);
    const large = await post(aRequest("large", { metadata: { text: "x".repeat(65_536) } }));
    expect(large.status).to.equal(413);
    expect(large.body.issues?.[0]).to.match(/^The body must have at most 65536 bytes, received \d+\.$/);
  });

  it("answers 500 and gives nothing away when AWS refuses to work for it", async () => {
    const error = { code: "AccessDeniedException", message: "arn:aws:iam::1:role/secret may not" };
    local.faults.fail({ service: "DynamoDB", action: "Query", error });
    const { status, headers, body } = await post(aRequest("refused-by-aws"));
    expect([status, headers.get("content-type")]).to.deep.equal([500, "application/json"]);
    expect(body).to.deep.equal({ message: "Internal Server Error" });
    expect(await post(aRequest("refused-by-aws"))).to.have.property("status", 202);
  });

  it("takes a body whatever its type says, with query and cookies around it", async () => {
    for (const [streamId, type] of [
      ["sent-as-a-form", "application/x-www-form-urlencoded"],
      ["sent-as-bytes", "application/octet-stream"],
      ["sent-as-text", "text/plain"],
    ] as const) {
      const { status } = await send("POST", "/streams?trace=1&trace=2", aRequest(streamId), {
        "content-type": type,
        cookie: "session=1; theme=dark",
      });
      expect(status, type).to.equal(202);
    }
  });

  it("takes a body that comes in pieces, without a length", async () => {
    const { hostname, port } = new URL(local.apiUrl);
    const request = httpRequest({ hostname, port, method: "POST", path: "/streams" });
    request.setHeader("content-type", "application/json");
    for (const piece of JSON.stringify(aRequest("in-pieces", { title: "Grüße 🎥" })).match(/.{1,20}/gsu) ??
      []) {
      request.write(piece);
    }
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).to.equal(202);
    await local.streams.untilWaiting("in-pieces");
    expect(JSON.parse((await local.streams.latest("in-pieces")).request ?? "")).to.have.property(
      "title",
      "Grüße 🎥",
    );
  });

  it("keeps names that objects have by themselves as metadata", async () => {
    const streamId = "odd-names";
    const body = JSON.stringify(aRequest(streamId)).replace(
      '"region"',
      '"__proto__":"a","constructor":"b","region"',
    );
    expect(await post(body)).to.have.property("status", 202);
    await local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
    const { request = "" } = await local.streams.latest(streamId);
    expect(request).to.include('"__proto__":"a"').and.include('"constructor":"b"');
    expect(await post(body), "a retry").to.have.property("status", 202);
  });

  it("lets the pages of the configured origin call, and no others", async () => {
    const origin = "https://studio.example.com";
    const preflight = await send("OPTIONS", "/streams", undefined, {
      origin,
      "access-control-request-method": "POST",
    });
    expect(preflight.status).to.equal(204);
    expect(preflight.headers.get("access-control-allow-origin")).to.equal(origin);
    expect(preflight.headers.get("access-control-allow-methods")).to.equal("GET,POST,PUT,DELETE");
    const { headers } = await send("GET", "/health", undefined, {
      origin: "https://evil.example.com",
    });
    expect(headers.get("access-control-allow-origin")).to.equal(null);
  });
});
