import { expect } from "chai";
import { routes } from "../../../../contracts";
import { json, operation, operationsOf } from "../../../../handlers/shared/http/http";
import { recordingLog } from "../../support/fakes";
import { bodyOf, httpEvent, httpEventV1 } from "../../support/http-events";

const paths = [...new Set(Object.values(routes).map(({ path }) => path))].join(", ");

describe("an operation of the API", () => {
  const post = operation("CreateStreamWorkflow", recordingLog(), async () => json(202, { ok: true }));

  for (const [format, make] of [
    ["1.0", httpEventV1],
    ["2.0", httpEvent],
  ] as const) {
    describe(`in payload format ${format}`, () => {
      it("handles its own requests", async () => {
        expect((await post(make("POST", "/streams"))).statusCode).to.equal(202);
      });

      for (const method of ["DELETE", "PATCH", "HEAD", "OPTIONS"]) {
        it(`answers ${method} with 405 and what the path has`, async () => {
          const result = await post(make(method, "/streams"));
          expect(result.statusCode).to.equal(405);
          expect(result.headers).to.deep.equal({
            "Content-Type": "application/json",
            Allow: "POST, PUT, GET",
          });
          expect(bodyOf(result)).to.deep.equal({
            message: `${method} not allowed. Expected POST, PUT, GET.`,
          });
        });
      }

      it("answers what the path's other function serves with 405 and what this one does", async () => {
        const result = await post(make("PUT", "/streams"));
        expect(result.statusCode).to.equal(405);
        expect(result.headers).to.include({ Allow: "POST" });
        expect(bodyOf(result)).to.deep.equal({ message: "PUT not allowed. Expected POST." });
      });

      for (const path of ["/", "/stream", "/streams/", "/streams/1/2", "/constructor", "/health"]) {
        it(`answers 404 for ${path}`, async () => {
          const result = await post(make(path === "/health" ? "GET" : "POST", path));
          expect(result.statusCode).to.equal(404);
          expect(result.headers).to.deep.equal({ "Content-Type": "application/json" });
          expect(bodyOf(result)).to.deep.equal({ message: `${path} not found. Expected ${paths}.` });
        });
      }
    });
  }

  it("looks behind the name of a stage", async () => {
    const event = httpEvent("POST", "/live/streams");
    (event.requestContext as { stage: string }).stage = "live";
    expect((await post(event)).statusCode).to.equal(202);
    expect((await post(httpEvent("POST", "/live/streams"))).statusCode).to.equal(404);
  });

  it("takes an event without a path for its own, and one without a method for GET", async () => {
    expect((await post({ httpMethod: "POST", body: "{}" })).statusCode).to.equal(202);
    expect(bodyOf(await post({}))).to.deep.equal({ message: "GET not allowed. Expected POST." });
  });
});

describe("an operation whose path has parameters", () => {
  const operationsHere = operationsOf({
    CreateStream: { method: "POST", path: "/streams", isOpen: false },
    GetStream: { method: "GET", path: "/streams/{streamId}", isOpen: false },
    DeleteStream: { method: "DELETE", path: "/streams/{streamId}", isOpen: false },
    GetSummary: { method: "GET", path: "/streams/summary", isOpen: false },
    GetAttempt: { method: "GET", path: "/streams/{streamId}/attempts/{attempt}", isOpen: false },
  });
  const getStream = operationsHere(recordingLog(), {
    GetStream: async (_event, { streamId }) => json(200, { streamId }),
  });
  const getAttempt = operationsHere(recordingLog(), {
    GetAttempt: async (_event, { streamId, attempt }) => json(200, { streamId, attempt }),
  });
  // @ts-expect-error the path has no such parameter
  operationsHere(recordingLog(), { GetStream: async (_event, { attempt }) => json(200, { attempt }) });
  // @ts-expect-error the path has no parameter
  operationsHere(recordingLog(), { GetSummary: async (_event, { streamId }) => json(200, { streamId }) });

  for (const [format, make] of [
    ["1.0", httpEventV1],
    ["2.0", httpEvent],
  ] as const) {
    const request = (method: string, path: string, pathParameters?: { [name: string]: string }) => ({
      ...make(method, path),
      ...(pathParameters && { pathParameters }),
    });

    describe(`in payload format ${format}`, () => {
      it("gets the parameters that API Gateway read, as it decoded them", async () => {
        const result = await getStream(request("GET", "/streams/a%b", { streamId: "a%b" }));
        expect([result.statusCode, bodyOf(result)]).to.deep.equal([200, { streamId: "a%b" }]);
      });

      it("reads the parameters of a direct call from its path", async () => {
        const result = await getAttempt(request("GET", "/streams/spring-launch/attempts/2"));
        expect(bodyOf(result)).to.deep.equal({ streamId: "spring-launch", attempt: "2" });
      });

      for (const [sent, received] of [
        ["spring%2Dlaunch", "spring-launch"],
        ["a%20b", "a b"],
        ["a+b", "a+b"],
        ["gr%C3%BC%C3%9Fe", "grüße"],
        ["a%252Fb", "a/b"],
        ["a%2525b", "a%b"],
      ] as const) {
        it(`decodes ${sent} twice, as API Gateway does`, async () => {
          expect(bodyOf(await getStream(request("GET", `/streams/${sent}`)))).to.deep.equal({
            streamId: received,
          });
        });
      }

      for (const path of [
        "/streams/",
        "/streams/a%2Fb",
        "/streams/a/b",
        "/streams/%zz",
        "/streams/a%25",
        "/streams/%",
      ]) {
        it(`answers 404 for ${path}`, async () => {
          const result = await getStream(request("GET", path));
          expect(result.statusCode).to.equal(404);
          expect(bodyOf(result)).to.deep.equal({
            message: `${path} not found. Expected /streams, /streams/{streamId}, /streams/summary, /streams/{streamId}/attempts/{attempt}.`,
          });
        });
      }

      it("answers another method with 405 and what the path has", async () => {
        const result = await getStream(
          request("PUT", "/streams/spring-launch", { streamId: "spring-launch" }),
        );
        expect(result.statusCode).to.equal(405);
        expect(result.headers).to.include({ Allow: "GET, DELETE" });
        expect(bodyOf(result)).to.deep.equal({ message: "PUT not allowed. Expected GET, DELETE." });
      });

      it("answers what the path's other function serves with 405 and what this one does", async () => {
        const result = await getStream(request("DELETE", "/streams/spring-launch"));
        expect([result.statusCode, result.headers.Allow]).to.deep.equal([405, "GET"]);
      });

      it("takes a path without parameters for itself, not for a parameter's value", async () => {
        expect((await getStream(request("GET", "/streams/summary"))).statusCode).to.equal(404);
      });
    });
  }

  it("looks behind the name of a stage", async () => {
    const event = httpEvent("GET", "/live/streams/spring-launch");
    (event.requestContext as { stage: string }).stage = "live";
    expect(bodyOf(await getStream(event))).to.deep.equal({ streamId: "spring-launch" });
  });
});
