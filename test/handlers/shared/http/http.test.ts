import { expect } from "chai";
import { restOperations } from "../../../../contracts";
import { json, methodsByPath, operation } from "../../../../handlers/shared/http/http";
import { recordingLog } from "../../support/fakes";
import { bodyOf, httpEvent, httpEventV1 } from "../../support/http-events";

describe("an operation of the API", () => {
  const post = operation({ method: "POST", path: "/streams" }, recordingLog(), async () =>
    json(202, { ok: true }),
  );

  it("knows the paths and methods of the contract", () => {
    const declared: Record<string, string[]> = {};
    for (const { path, method } of restOperations) declared[path] = [...(declared[path] ?? []), method];
    expect(methodsByPath).to.deep.equal(declared);
  });

  for (const [format, make] of [
    ["1.0", httpEventV1],
    ["2.0", httpEvent],
  ] as const) {
    describe(`in payload format ${format}`, () => {
      it("handles its own requests", async () => {
        expect((await post(make("POST", "/streams"))).statusCode).to.equal(202);
      });

      for (const method of ["GET", "DELETE", "PATCH", "HEAD", "OPTIONS"]) {
        it(`answers ${method} with 405 and what the path has`, async () => {
          const result = await post(make(method, "/streams"));
          expect(result.statusCode).to.equal(405);
          expect(result.headers).to.deep.equal({ "Content-Type": "application/json", Allow: "POST, PUT" });
          expect(bodyOf(result)).to.deep.equal({ message: `${method} not allowed. Expected POST, PUT.` });
        });
      }

      it("answers what the path's other function serves with 405 and what this one does", async () => {
        const result = await post(make("PUT", "/streams"));
        expect(result.statusCode).to.equal(405);
        expect(result.headers).to.include({ Allow: "POST" });
        expect(bodyOf(result)).to.deep.equal({ message: "PUT not allowed. Expected POST." });
      });

      for (const path of ["/", "/stream", "/streams/", "/streams/1", "/constructor", "/health"]) {
        it(`answers 404 for ${path}`, async () => {
          const result = await post(make(path === "/health" ? "GET" : "POST", path));
          expect(result.statusCode).to.equal(404);
          expect(result.headers).to.deep.equal({ "Content-Type": "application/json" });
          expect(bodyOf(result)).to.deep.equal({ message: `${path} not found. Expected /health, /streams.` });
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
    expect(bodyOf(await post({}))).to.deep.equal({ message: "GET not allowed. Expected POST, PUT." });
  });
});
