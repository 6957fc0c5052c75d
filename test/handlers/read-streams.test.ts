import { createHmac } from "node:crypto";
import { expect } from "chai";
import type { ListStreamsResponse, Stream, StreamStatus } from "../../contracts";
import { createReadStreams } from "../../handlers/read-streams";
import { type Actions, awsError, fakeClient, interceptedClient, recordingLog } from "./support/fakes";
import { aRequest, bodyOf, httpEvent, httpEventV1 } from "./support/http-events";
import { stateMachineArn, useTables } from "./support/tables";

const noExecution: Actions[string] = () => {
  throw awsError("ExecutionDoesNotExist");
};

const now = "2027-03-20T17:45:12.345Z";

describe("reading streams", () => {
  const tables = useTables();

  function setUp({
    at = now,
    tableName = tables.tableName,
    describe = noExecution,
    dynamodb = tables.dynamodb,
  } = {}) {
    const handle = createReadStreams({
      dynamodb,
      sfn: fakeClient({ DescribeExecution: describe }),
      stateMachineArn,
      tableName,
      now: () => new Date(at),
      log: recordingLog(),
    });
    const get = (path: string, query = "") => handle({ ...httpEvent("GET", path), rawQueryString: query });
    return { handle, get };
  }

  /** Reads a page. */
  async function list(query: string, options = {}): Promise<ListStreamsResponse> {
    const result = await setUp(options).get("/streams", query);
    expect(result.statusCode, result.body).to.equal(200);
    return bodyOf(result) as ListStreamsResponse;
  }

  /** Reads all pages, and lets something happen after each. */
  async function listAll(query: string, between: (page: number) => Promise<void> = async () => {}) {
    const ids: string[] = [];
    let token: string | undefined;
    for (let page = 1; page === 1 || token !== undefined; page++) {
      const { streams, nextToken } = await list(
        `${query}${token === undefined ? "" : `&nextToken=${token}`}`,
      );
      ids.push(...streams.map(({ streamId }) => streamId));
      token = nextToken;
      await between(page);
    }
    return ids;
  }

  async function issuesOf(query: string, options = {}): Promise<string[]> {
    const result = await setUp(options).get("/streams", query);
    expect(result.statusCode, query).to.equal(400);
    return bodyOf(result).issues as string[];
  }

  const put = (streamId: string, minute: number, given: { attempt?: number; status?: StreamStatus } = {}) => {
    const requestedAt = `2027-03-20T17:${String(minute).padStart(2, "0")}:00.000Z`;
    return tables.putAttempt({ streamId, requestedAt, updatedAt: requestedAt, ...given });
  };

  describe("GET /streams/{streamId}", () => {
    it("tells the latest attempt, its URLs masked, and neither token nor ARN", async () => {
      await tables.putAttempt({ attempt: 1, status: "FAILED" });
      const attempt = await tables.putAttempt({
        attempt: 2,
        status: "COMPLETE",
        request: JSON.stringify(aRequest()),
        taskToken: "secret-token",
        failure: { state: "A", error: "B", cause: "at rtmps://ingest.example.com/live/secret-key" },
        teardown: {
          status: "INCOMPLETE",
          executionArn: "arn:aws:states:eu-west-1:111122223333:execution:teardown:1",
          startedAt: now,
          endedAt: now,
          leftovers: ["The channel runs."],
        },
      });
      const result = await setUp().get("/streams/spring-launch");
      expect(result.statusCode).to.equal(200);
      const stream = bodyOf(result) as unknown as Stream;
      expect(stream).to.deep.include({
        streamId: "spring-launch",
        status: "COMPLETE",
        attempt: 2,
        metadata: { region: "emea", desk: "7" },
        ingest: { endpoints: [{ protocol: "rtmps", url: "rtmps://ingest.example.com/…" }] },
        history: attempt.history,
        failure: { state: "A", error: "B", cause: "at rtmps://ingest.example.com/…" },
        cleanup: { status: "INCOMPLETE", startedAt: now, endedAt: now, leftovers: ["The channel runs."] },
      });
      expect(result.body).to.not.match(/secret|arn:/);
    });

    it("answers 404 for an unknown stream, and 400 for what can be none, with every problem", async () => {
      const unknown = await setUp().get("/streams/unknown");
      expect(unknown.statusCode).to.equal(404);
      expect(bodyOf(unknown)).to.deep.equal({
        message: "Stream not found.",
        issues: ['No stream has the streamId "unknown".'],
      });
      for (const path of [
        "/streams/ab",
        "/streams/__proto__",
        `/streams/${"a".repeat(5000)}`,
        "/streams/a\u0007b",
      ]) {
        const result = await setUp().get(path, "verbose=1");
        expect(result.statusCode, path).to.equal(400);
        const issues = bodyOf(result).issues as string[];
        expect(issues).to.have.lengthOf(2);
        expect(issues[0]).to.match(/^streamId must match .*received "/);
        expect(issues[0]?.length).to.be.below(200);
        expect(issues[1]).to.equal('"verbose" is no query parameter. None is allowed here.');
      }
    });

    it("knows a stream from its request on, though its workflow has not stored it", async () => {
      const requestedBy = { principal: "arn:aws:iam::111122223333:user/portal", requestId: "1" };
      const input = JSON.stringify({ ...aRequest(), requestedBy });
      const startDate = new Date("2027-03-20T17:45:00Z");
      const describe: Actions[string] = ({ executionArn }) => {
        expect(executionArn).to.match(/:execution:orchestrator:spring-launch_1$/);
        return { status: "RUNNING", input, startDate };
      };
      const stream = bodyOf(await setUp({ describe }).get("/streams/spring-launch"));
      const at = startDate.toISOString();
      expect(stream).to.deep.include({
        streamId: "spring-launch",
        status: "PROVISIONING",
        attempt: 1,
        requestedAt: at,
        ingest: { endpoints: [{ protocol: "rtmps", url: "rtmps://ingest.example.com/…" }] },
        history: [{ status: "PROVISIONING", at, origin: "orchestrator", ...requestedBy }],
      });
      const ended = setUp({ describe: () => ({ status: "FAILED", input, startDate }) });
      expect((await ended.get("/streams/spring-launch")).statusCode).to.equal(404);
      for (const sent of ["[]", "null"]) {
        const byHand = setUp({ describe: () => ({ status: "RUNNING", input: sent, startDate }) });
        expect((await byHand.get("/streams/spring-launch")).statusCode, sent).to.equal(404);
      }
    });

    it("has the attempts at a stream, the latest one first", async () => {
      for (const attempt of [1, 2, 10]) await tables.putAttempt({ attempt, status: "FAILED" });
      const result = await setUp().get("/streams/spring-launch/attempts");
      const { attempts } = bodyOf(result) as { attempts: Stream[] };
      expect(attempts.map(({ attempt }) => attempt)).to.deep.equal([10, 2, 1]);
      expect((await setUp().get("/streams/unknown/attempts")).statusCode).to.equal(404);
    });

    it("has the latest hundred attempts, where there are more", async () => {
      for (let attempt = 1; attempt <= 101; attempt++) await tables.putAttempt({ attempt, status: "FAILED" });
      const result = await setUp().get("/streams/spring-launch/attempts");
      const { attempts } = bodyOf(result) as { attempts: Stream[] };
      expect(attempts.map(({ attempt }) => attempt)).to.deep.equal(
        Array.from({ length: 100 }, (_, index) => 101 - index),
      );
    });

    it("has the ingest URLs in full under a path of their own", async () => {
      await tables.putAttempt({ request: JSON.stringify(aRequest()) });
      const result = await setUp().get("/ingest/spring-launch");
      expect(bodyOf(result)).to.deep.equal({
        streamId: "spring-launch",
        attempt: 1,
        endpoints: [{ protocol: "rtmps", url: "rtmps://ingest.example.com/live/secret-key" }],
      });
      expect((await setUp().get("/ingest/unknown")).statusCode).to.equal(404);
    });

    it("has the addresses of the channel's inputs: masked, and in full beside the ingest URLs", async () => {
      const input = { inputId: "7", type: "RTMP_PUSH", protocol: "rtmp" };
      const destinations = ["rtmp://198.51.100.1:1935/live/secret-key"];
      const inputs = JSON.stringify([
        { ...input, destinations },
        { ...input, type: "RTMP_PULL" },
      ]);
      await tables.putAttempt({ request: JSON.stringify(aRequest()), inputs });
      const { ingest } = bodyOf(await setUp().get("/streams/spring-launch")) as unknown as Stream;
      expect(ingest?.inputs).to.deep.equal([
        { ...input, destinations: ["rtmp://198.51.100.1:1935/…"] },
        { ...input, type: "RTMP_PULL" },
      ]);
      const full = bodyOf(await setUp().get("/ingest/spring-launch"));
      expect(full.inputs).to.deep.equal(JSON.parse(inputs));
    });
  });

  describe("GET /streams", () => {
    it("lists each stream once, the one requested last first, whatever its status", async () => {
      await put("first", 1, { status: "COMPLETE" });
      await put("second", 2, { status: "READY" });
      await put("third", 3, { attempt: 1, status: "FAILED" });
      await put("fourth", 4);
      await put("third", 5, { attempt: 2, status: "LIVE" });
      const { streams, nextToken } = await list("");
      expect(streams.map(({ streamId, attempt }) => [streamId, attempt])).to.deep.equal([
        ["third", 2],
        ["fourth", 1],
        ["second", 1],
        ["first", 1],
      ]);
      expect(nextToken).to.equal(undefined);
      expect(Object.keys(streams[0] ?? {})).to.not.include.members(["history"]);
    });

    it("lists the streams of a status, by the status of their latest attempt", async () => {
      await put("first", 1, { status: "FAILED" });
      await put("second", 2, { attempt: 1, status: "FAILED" });
      await put("second", 3, { attempt: 2, status: "READY" });
      expect(await listAll("status=FAILED")).to.deep.equal(["first"]);
      expect(await listAll("status=READY&limit=1")).to.deep.equal(["second"]);
      expect(await listAll("status=LIVE")).to.deep.equal([]);
    });

    it("turns pages through streams of one moment", async () => {
      const ids = Array.from({ length: 7 }, (_, index) => `same-${index}`);
      for (const [index, id] of ids.entries()) await put(id, 1, { status: index % 2 ? "READY" : "FAILED" });
      expect(await listAll("limit=2")).to.deep.equal(ids);
      expect(await listAll("limit=7")).to.deep.equal(ids);
    });

    it("lists nothing twice, and leaves nothing out, while streams change, come and are requested again", async () => {
      const ids = Array.from({ length: 9 }, (_, index) => `stream-${index}`);
      for (const [index, id] of ids.entries()) await put(id, 10 + index, { status: "PROVISIONING" });
      const listed = await listAll("limit=2", async (page) => {
        // What was listed, what is next, and what is last: each goes on in its lifecycle.
        await put("stream-8", 18, { status: "READY" });
        await put(`stream-${Math.max(8 - 2 * page - 1, 0)}`, 10 + Math.max(8 - 2 * page - 1, 0), {
          status: "LIVE",
        });
        if (page === 1) {
          await put("stream-0", 10, { status: "FAILED" });
          await put("stream-0", 40, { attempt: 2 });
          await put("stream-0", 41, { attempt: 3 });
        }
        await put(`new-${page}`, 30 + page);
      });
      expect(listed).to.deep.equal([...ids].reverse());
    });

    it("tells a stream as it is now, though it stands where it stood at the first page", async () => {
      await put("old", 1, { status: "FAILED" });
      await put("young", 2);
      const { nextToken } = await list("limit=1");
      await put("old", 3, { attempt: 2, status: "READY" });
      const { streams } = await list(`limit=1&nextToken=${nextToken}`);
      expect(streams[0]).to.include({ streamId: "old", attempt: 2, status: "READY" });
    });

    it("ends a page early where many attempts stand between two streams", async () => {
      await put("old", 0);
      for (let attempt = 1; attempt <= 310; attempt++) {
        const requestedAt = new Date(Date.parse("2027-03-20T17:10:00Z") + attempt).toISOString();
        await tables.putAttempt({ streamId: "stubborn", attempt, status: "FAILED", requestedAt });
      }
      const { streams, nextToken } = await list("limit=2");
      expect(streams.map(({ streamId }) => streamId)).to.deep.equal(["stubborn"]);
      const next = await list(`limit=2&nextToken=${nextToken}`);
      expect(next.streams.map(({ streamId }) => streamId)).to.deep.equal(["old"]);
    });

    it("reads the attempts at a stream only where one came after the first page", async () => {
      for (const attempt of [1, 2, 3]) await put("often", attempt, { attempt, status: "FAILED" });
      let reads = 0;
      const dynamodb = interceptedClient(tables.dynamodb, ({ action, input }, pass) => {
        if (action === "Query" && input.IndexName === undefined && input.Limit !== 1) reads += 1;
        return pass();
      });
      const { streams } = await list("", { dynamodb });
      expect(streams.map(({ attempt }) => attempt)).to.deep.equal([3]);
      expect(reads).to.equal(0);
    });

    it("refuses a query with every problem in it", async () => {
      expect(await issuesOf("limit=0&status=READIED&sort=title&limit=2")).to.deep.equal([
        "limit must be sent once, received 2 times.",
        '"sort" is no query parameter. Allowed are status, limit, nextToken.',
        "status must be one of PROVISIONING, READY, LIVE, FAILED, COMPLETE.",
      ]);
      expect(await issuesOf("limit=0&status=READIED&nextToken=none")).to.have.lengthOf(3);
      for (const limit of ["0", "-1", "101", "1e9", "1000000000", "abc", "", "1.5", "%00", "0x10", "+1"]) {
        const [issue] = await issuesOf(`limit=${limit}`);
        expect(issue, limit).to.match(/^limit must be a whole number from 1 to 100, received "/);
      }
      expect(await issuesOf("__proto__=1&constructor=2")).to.have.lengthOf(2);
      expect(await issuesOf("status=")).to.have.lengthOf(1);
    });

    it("reads a query of format 1.0", async () => {
      await put("first", 1);
      const { handle } = setUp();
      const event = {
        ...httpEventV1("GET", "/streams"),
        multiValueQueryStringParameters: { limit: ["1", "2"] },
      };
      expect(bodyOf(await handle(event)).issues).to.deep.equal([
        "limit must be sent once, received 2 times.",
      ]);
    });

    describe("refuses a token", () => {
      let token = "";
      beforeEach(async () => {
        await put("first", 1, { status: "READY" });
        await put("second", 2, { status: "READY" });
        token = (await list("limit=1&status=READY")).nextToken ?? "";
        expect(token).to.match(/^[\w-]+\.[\w-]+$/);
      });

      const isNone = /^nextToken must be the nextToken of a page of this list/;
      it("that is none, or was changed", async () => {
        const [body = "", digest = ""] = token.split(".");
        const forged = Buffer.from(
          Buffer.from(body, "base64url").toString().replace("second", "forged"),
        ).toString("base64url");
        for (const one of [
          "",
          "x",
          body,
          `${forged}.${digest}`,
          `${body}.${digest}x`,
          `${token}.x`,
          "%00.%00",
        ]) {
          const issues = await issuesOf(`status=READY&nextToken=${one}`);
          expect(issues, one).to.have.lengthOf(1);
          expect(issues[0]).to.match(isNone);
        }
      });

      it("that is no position, though it is signed by somebody who knows the table's name", async () => {
        for (const text of ["none", "{}", "null"]) {
          const body = Buffer.from(text).toString("base64url");
          const signature = createHmac("sha256", tables.tableName).update(body).digest("base64url");
          const [issue] = await issuesOf(`status=READY&nextToken=${body}.${signature}`);
          expect(issue, text).to.match(isNone);
        }
      });

      it("of another table", async () => {
        const issues = await issuesOf(`status=READY&nextToken=${token}`, { tableName: "another" });
        expect(issues[0]).to.match(isNone);
      });

      it("of a list of another status", async () => {
        expect(await issuesOf(`nextToken=${token}`)).to.deep.equal([
          "nextToken belongs to a list with status=READY, received one without status.",
        ]);
        expect(await issuesOf(`status=LIVE&nextToken=${token}`)).to.deep.equal([
          "nextToken belongs to a list with status=READY, received one with status=LIVE.",
        ]);
      });

      it("that is older than a day", async () => {
        const query = `status=READY&nextToken=${token}`;
        expect((await list(query, { at: "2027-03-21T17:45:12.345Z" })).streams).to.have.lengthOf(1);
        const [issue] = await issuesOf(query, { at: "2027-03-21T17:45:12.346Z" });
        expect(issue).to.match(/^nextToken has expired/);
      });
    });
  });
});
