import { expect } from "chai";
import fc from "fast-check";
import type { Attempt } from "../../contracts/internal";
import { createCreateStreamWorkflow } from "../../handlers/create-stream-workflow";
import { createGetHealthStatus } from "../../handlers/get-health-status";
import type { HttpEvent, HttpResult } from "../../handlers/shared/http/http";
import { createUpdateStreamStatus } from "../../handlers/update-stream-status";
import { fakeBus, fakeClient, recordingLog } from "../../test/handlers/support/fakes";
import { anAttempt, executionArn, stateMachineArn } from "../../test/handlers/support/tables";
import { fuzz } from "./support/fuzz";
import { type HttpCase, httpCases, streamId } from "./support/http-cases";
import { deliveries, eventOf, receivedBody } from "./support/http-events";
import { tellsStreamKey } from "./support/ingest-urls";
import { judgeAttempt, judgeEvent, judgeStoredRequest, normalText, requestTextOf } from "./support/stored";
import { FuzzTables } from "./support/table";
import { Tally } from "./support/tally";
import { judgeAnswer, judgeBody } from "./support/verdicts";

const now = "2027-03-20T17:45:13.000Z";

describe("whatever is sent to", () => {
  let tables: FuzzTables;
  before(async () => {
    tables = await FuzzTables.start();
  });
  after(() => tables.stop());

  const share = 0.25;

  it("POST /streams: the answer is one of the contract's, and what the workflow gets is valid", async () => {
    const tally = new Tally();
    await fuzz(share, fc.tuple(httpCases("POST"), deliveries), async ([given, delivery]) => {
      await tables.reset(...priorOf(given));
      const log = recordingLog();
      const started: { name: string; input: string }[] = [];
      const handle = createCreateStreamWorkflow({
        ...tables,
        dynamodb: tables.dynamodb,
        sfn: fakeClient({
          StartExecution: (sent) => {
            const { name, input } = sent as { name: string; input: string };
            started.push({ name, input: requestTextOf(input) });
            return { startDate: new Date(now) };
          },
        }),
        stateMachineArn,
        now: () => new Date(now),
        wait: async () => {},
        log,
      });
      const result = await answerOf(handle, given, eventOf(given, delivery), delivery.instead !== undefined);
      expect(log.text()).to.not.satisfy(tellsStreamKey);
      for (const { name, input } of started) {
        expect(name).to.match(/^[A-Za-z0-9_-]{1,80}$/);
        expect(judgeStoredRequest(input)).to.deep.equal([]);
      }
      expect(await tables.attempts(), "the table").to.deep.equal(priorOf(given));
      if (delivery.instead) return;
      tally.add(result.statusCode);
      if (given.path !== "/streams" || given.method !== "POST") return;
      const isActive = ["PROVISIONING", "READY", "LIVE"].includes(given.prior ?? "");
      const body = receivedBody(given, delivery);
      const verdict = judgeBody("POST /streams", body);
      const isSame = verdict === "valid" && normalText(body.toString()) === priorOf(given)[0]?.request;
      const expected = {
        "too large": 413,
        unreadable: 400,
        invalid: 400,
        valid: isActive && !isSame ? 409 : 202,
      };
      expect(result.statusCode, `${verdict}: ${result.body}`).to.equal(expected[verdict]);
      const isStarted = verdict === "valid" && !isActive;
      expect(started.map(({ input }) => input)).to.deep.equal(isStarted ? [normalText(body.toString())] : []);
    });
    tally.expectShares(0.08, [202, 400, 404, 405, 409, 413]);
  });

  it("PUT /streams: the answer is one of the contract's, and so are the item and the event", async () => {
    const tally = new Tally();
    await fuzz(share, fc.tuple(httpCases("PUT"), deliveries), async ([given, delivery]) => {
      const [prior] = priorOf(given);
      await tables.reset(...priorOf(given));
      const bus = fakeBus();
      const log = recordingLog();
      const handle = createUpdateStreamStatus({
        ...{ ...bus, ...tables, dynamodb: tables.dynamodb },
        leadTimeMinutes: null,
        now: () => new Date(now),
        log,
      });
      const result = await answerOf(handle, given, eventOf(given, delivery), delivery.instead !== undefined);
      expect(log.text()).to.not.satisfy(tellsStreamKey);
      for (const detail of bus.details) {
        expect(judgeEvent("StreamLifecycleProgressed", detail)).to.deep.equal([]);
        expect(JSON.stringify(detail)).to.not.satisfy(tellsStreamKey);
      }
      expect(bus.details, "announcements").to.have.length(result.statusCode === 200 ? 1 : 0);
      const items = await tables.attempts();
      expect(items).to.have.length(prior ? 1 : 0);
      expect(items.flatMap(judgeAttempt)).to.deep.equal([]);
      if (result.statusCode !== 200) expect(items).to.deep.equal(prior ? [prior] : []);
      if (delivery.instead) return;
      tally.add(result.statusCode);
      if (given.path !== "/streams" || given.method !== "PUT") return;
      const verdict = judgeBody("PUT /streams", receivedBody(given, delivery));
      const isOurs = items[0]?.streamId === streamId;
      const allowed = {
        "too large": [413],
        unreadable: [400],
        invalid: [400],
        valid: isOurs ? [200, 400, 404] : [404],
      };
      expect(result.statusCode, `${verdict}: ${result.body}`).to.be.oneOf(allowed[verdict]);
      if (verdict === "valid" && result.statusCode === 400)
        expect(result.body).to.contain(`that is ${prior?.status}`);
    });
    tally.expectShares(0.1, [200, 400, 404, 405, 413]);
  });

  it("GET /health: the answer is one of the contract's, whatever the services say", async () => {
    const tally = new Tally();
    const states = fc.constantFrom("ACTIVE", "UPDATING", "DELETING", "", undefined, null, 7);
    await fuzz(0.03, fc.tuple(healthCases, deliveries, states), async ([given, delivery, state]) => {
      const handle = createGetHealthStatus({
        dynamodb: fakeClient({ DescribeTable: () => ({ Table: { TableStatus: state } }) }),
        sfn: fakeClient({ DescribeStateMachine: () => ({ status: state }) }),
        events: fakeClient({ DescribeEventBus: () => ({}) }),
        ...{ tableName: "attempts", stateMachineArn, eventBusName: "streams" },
        now: () => Date.parse(now),
        deadline: () => new AbortController().signal,
        log: recordingLog(),
      });
      const result = await answerOf(handle, given, eventOf(given, delivery), delivery.instead !== undefined);
      if (!delivery.instead) tally.add(result.statusCode);
    });
    tally.expectShares(0.1, [200, 405, 503]);
  });
});

const healthCases = httpCases("PUT").map((given) =>
  given.path === "/streams" && given.method === "PUT" ? { ...given, method: "GET", path: "/health" } : given,
);

/** The stream's latest attempt, as the case has it. */
function priorOf({ prior, isPriorOfSame, requestText }: HttpCase): Attempt[] {
  if (prior === undefined) return [];
  const request = normalText(requestText);
  return [
    {
      ...anAttempt({ status: prior, attempt: 3 }),
      streamId,
      executionArn: executionArn(`${streamId}_3`),
      request: isPriorOfSame
        ? request
        : JSON.stringify({ ...(JSON.parse(request) as object), title: "Another stream" }),
    },
  ];
}

/** Expects an answer of the contract, which tells no stream key. */
async function answerOf(
  handle: (event: HttpEvent) => Promise<HttpResult>,
  { method, path }: HttpCase,
  event: HttpEvent,
  isDirect: boolean,
): Promise<HttpResult> {
  const result = await handle(event);
  const { statusCode: status, headers, body } = result;
  expect(body).to.not.satisfy(tellsStreamKey);
  expect(JSON.stringify(headers)).to.not.satisfy(tellsStreamKey);
  const answer = { status, contentType: headers["Content-Type"] ?? "", body };
  // A direct call may mean another operation than the case; and this function answers for no other.
  const lines = isDirect
    ? [
        ["POST", "/streams"] as const,
        ["PUT", "/streams"] as const,
        ["GET", "/health"] as const,
        ["", ""] as const,
      ]
    : [[method, path] as const, ["", path] as const];
  const problems = lines.map((line) => judgeAnswer(...line, answer));
  expect(problems, body).to.satisfy((lists: string[][]) => lists.some((list) => list.length === 0));
  return result;
}
