import type { ServerResponse } from "node:http";
import { expect } from "chai";
import type { StreamApiError, StreamClientOptions } from "../../client";
import { send } from "../../client/send";
import { readSettings } from "../../client/settings";
import { createClient } from "../../client/stream-client";
import { getStream } from "../../contracts";
import { aRequest } from "../journeys/support/requests";
import { json, useServer } from "./support/server";
import { stream } from "./support/stream";

const accepted = json(202, {
  streamId: "spring-launch",
  detailType: "StreamProvisionRequested",
  stateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:streams",
  acceptedAt: "2027-03-20T17:40:00.000Z",
});
const drop = (response: ServerResponse) => {
  response.destroy();
};

describe("the client's retries", () => {
  const server = useServer();
  let waits: number[] = [];
  beforeEach(() => {
    waits = [];
  });
  const clientOf = (options: Partial<StreamClientOptions> = {}) =>
    createClient({ url: server.url, ...options }, async (milliseconds) => {
      waits.push(milliseconds);
    });
  const read = (options?: Partial<StreamClientOptions>) =>
    clientOf(options).getStream({ streamId: "spring-launch" });
  const failureOf = (call: Promise<unknown>) =>
    call.then(
      () => expect.fail("The call succeeded."),
      (error: StreamApiError) => error,
    );

  it("send a request again whose connection broke, or that the API was too busy for", async () => {
    server.script(drop, json(429, { message: "Too Many Requests" }), json(200, stream));
    expect(await read()).to.deep.equal(stream);
    expect(server.received).to.have.length(3);
    expect(waits[0]).to.be.within(1, 200);
    expect(waits[1]).to.be.within(1, 400);
  });

  it("send POST /streams again, which the execution's name makes idempotent", async () => {
    server.script(drop, json(503, { message: "Service Unavailable" }), accepted);
    const { acceptedAt } = await clientOf().createStreamWorkflow(aRequest("spring-launch"));
    expect(acceptedAt).to.equal("2027-03-20T17:40:00.000Z");
    const bodies = server.received.map(({ method, url, body }) => `${method} ${url} ${body}`);
    expect(bodies).to.deep.equal(Array(3).fill(`POST /streams ${JSON.stringify(aRequest("spring-launch"))}`));
  });

  it("send an operation once that the contract does not call idempotent", async () => {
    server.script(drop, json(200, stream));
    const settings = readSettings({ url: server.url });
    const operation = { ...getStream, method: "POST" as const };
    const error = await failureOf(
      send(settings, async () => undefined, operation, { streamId: "spring-launch" }, {}),
    );
    expect(error.code).to.equal("NoAnswer");
    expect(server.received).to.have.length(1);
  });

  it("end after maxTries, with the last error", async () => {
    server.script(drop, drop, json(500, { message: "Internal Server Error" }), json(200, stream));
    const error = await failureOf(read());
    expect(error).to.include({
      code: "Unavailable",
      status: 500,
      message: "GetStream: 500 Internal Server Error",
    });
    expect(waits).to.have.length(2);
    server.script(drop, json(200, stream));
    expect((await failureOf(read({ maxTries: 1 }))).code).to.equal("NoAnswer");
  });

  it("wait as long as the server asks for, in seconds or until a date", async () => {
    const now = () => Date.parse("2027-03-20T18:00:00Z");
    server.script(
      json(429, { message: "Too Many Requests" }, { "retry-after": "7" }),
      json(503, { message: "Service Unavailable" }, { "retry-after": "Sat, 20 Mar 2027 18:00:11 GMT" }),
      json(200, stream),
    );
    await read({ now });
    expect(waits).to.deep.equal([7_000, 11_000]);
  });

  it("do not wait for more than a minute", async () => {
    server.script(json(429, { message: "Too Many Requests" }, { "retry-after": "61" }), json(200, stream));
    expect((await failureOf(read())).code).to.equal("TooManyRequests");
    expect(waits).to.deep.equal([]);
  });

  for (const status of [400, 401, 403, 404, 409, 413]) {
    it(`are none after ${status}, which is the same the next time`, async () => {
      server.script(
        json(status, { message: "Refused.", issues: ["Because."] }, { "apigw-requestid": "r-1" }),
        json(200, stream),
      );
      const error = await failureOf(read());
      expect(error).to.deep.include({ status, issues: ["Because."], requestId: "r-1" });
      expect(error.message).to.equal(`GetStream: ${status} Refused. Because.`);
      expect(server.received).to.have.length(1);
    });
  }

  it("are none of a degraded health, which is an answer, and some of the gateway's own 503", async () => {
    const service = { name: "tables", state: "unavailable", observedAt: "2027-03-20T18:00:00Z" };
    server.script(
      json(503, { message: "Service Unavailable" }),
      json(503, { status: "degraded", services: [service] }),
    );
    expect(await clientOf().getHealthStatus()).to.deep.equal({ status: "degraded", services: [service] });
    expect(server.received).to.have.length(2);
  });

  it("sign each try anew, with what the provider has then", async () => {
    server.script(drop, json(200, stream));
    let asked = 0;
    await read({ token: async () => `token-${++asked}` });
    expect(server.received.map(({ headers }) => headers.authorization)).to.deep.equal([
      "Bearer token-1",
      "Bearer token-2",
    ]);
  });

  describe("of a caller that aborts", () => {
    const reason = new Error("enough");

    it("end while an answer is awaited", async () => {
      const controller = new AbortController();
      server.script(() => controller.abort(reason));
      const call = clientOf().getStream({ streamId: "spring-launch" }, { signal: controller.signal });
      expect(await failureOf(call)).to.equal(reason);
      expect(server.received).to.have.length(1);
    });

    it("end while they wait", async () => {
      const controller = new AbortController();
      server.script(drop);
      const client = createClient({ url: server.url }, async (_, signal) => {
        controller.abort(reason);
        signal?.throwIfAborted();
      });
      expect(
        await failureOf(client.getStream({ streamId: "spring-launch" }, { signal: controller.signal })),
      ).to.equal(reason);
    });

    it("are none where it was aborted before", async () => {
      server.script(json(200, stream));
      const call = clientOf().getStream({ streamId: "spring-launch" }, { signal: AbortSignal.abort(reason) });
      expect(await failureOf(call)).to.equal(reason);
      expect(server.received).to.deep.equal([]);
    });
  });
});
