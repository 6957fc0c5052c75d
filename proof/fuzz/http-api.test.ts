import { expect } from "chai";
import fc from "fast-check";
import { toUtc } from "../../contracts";
import type { Attempt } from "../../contracts/internal";
import { Exchange, type ExchangeResponse } from "../../local/http/exchange";
import { program } from "../../test/support/root";
import { type Local, type ServiceCall, startLocal } from "../../testing";
import { fuzz } from "./support/fuzz";
import { type HttpCase, httpCases } from "./support/http-cases";
import { ingestUrls, tellsStreamKey } from "./support/ingest-urls";
import { LocalTable } from "./support/local-table";
import { judgeAttempt, judgeEvent, judgeStoredRequest, normalText, requestTextOf } from "./support/stored";
import { Tally } from "./support/tally";
import { judgeAnswer, judgeBody, type Verdict } from "./support/verdicts";

/** What a client says of its body: right, wrong, or nothing. */
const contentTypes = fc.constantFrom(
  "application/json",
  "application/json; charset=utf-8",
  "text/plain",
  "application/octet-stream",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/json; charset=utf-16",
  "application/xml",
  "image/png",
  "x",
  "",
  undefined,
);

/** Headers and queries that the operations do not look at, and must not fall over. */
const surroundings = fc.record({
  contentType: contentTypes,
  headers: fc.dictionary(
    fc.constantFrom(
      "content-encoding",
      "content-length",
      "expect",
      "x-http-method-override",
      "cookie",
      "accept",
      "__proto__",
      "host",
      "forwarded",
      "x-amzn-trace-id",
    ),
    fc.oneof(
      fc.constantFrom("gzip", "-1", "100-continue", "DELETE", "a=b; __proto__=c", "*/*", ""),
      ingestUrls,
    ),
    { maxKeys: 3 },
  ),
  query: fc.constantFrom(
    "",
    "",
    "?",
    "?a=1&a=2",
    "?__proto__=x&constructor[prototype]=y",
    "?%00=%ff",
    `?${"x".repeat(9_000)}`,
  ),
});

describe("whatever is sent to the API", () => {
  let local: Local;
  let table: LocalTable;
  let exchange: Exchange;
  /** The inputs with which functions were to start executions; none is, since each takes as long as twenty requests. */
  const started: string[] = [];
  before(async () => {
    local = await startLocal(program, { config: { channelIds: "1001" } });
    table = new LocalTable(local);
    exchange = new Exchange(local.runtime.servers.api);
    local.gate.use(async <T>({ action, caller, input }: ServiceCall, proceed: () => Promise<T>) => {
      if (action !== "StartExecution") return proceed();
      if (caller.kind === "function") started.push(requestTextOf((input as { input: string }).input));
      return {
        executionArn: "arn:aws:states:us-east-1:000000000000:execution:x:x",
        startDate: 1_767_225_600,
      } as T;
    });
  });
  after(() => local.stop());

  const share = 0.12;

  it("is answered as the OpenAPI document says, and leaves nothing else behind", async () => {
    const tally = new Tally();
    const cases = fc.tuple(fc.oneof(httpCases("POST"), httpCases("PUT")), surroundings);
    await fuzz(share, cases, async ([given, { contentType, headers, query }]) => {
      const before = priorOf(given);
      await table.reset(...before);
      started.splice(0);
      const seen = { logs: local.logs.all().length, events: local.events.all().length };
      const { method, path, body } = given;
      const type = contentType === undefined ? {} : { "content-type": contentType };
      const answer = await exchange.send({
        method,
        path: `${path}${query}`,
        headers: { host: "localhost", ...headers, ...type },
        body,
      });
      await local.settled();

      const told = [
        ...[JSON.stringify(answer.headers), answer.body.toString()],
        ...local.logs
          .all()
          .slice(seen.logs)
          .map(({ line }) => line),
        ...local.events
          .all()
          .slice(seen.events)
          .map(({ event }) => JSON.stringify(event)),
        ...local.notifications.all().map((message) => JSON.stringify(message)),
      ];
      for (const text of told) expect(text).to.not.satisfy(tellsStreamKey);
      expect(local.logs.all().filter(({ line }) => line.includes("ERROR"))).to.deep.equal([]);
      expect(problemsOf(given, answer)).to.deep.equal([]);
      for (const { busName, event } of local.events.all().slice(seen.events)) {
        if (busName !== "default")
          expect(judgeEvent(String(event["detail-type"]), event.detail)).to.deep.equal([]);
      }
      const items = await table.attempts();
      expect(items.flatMap(judgeAttempt)).to.deep.equal([]);
      expect(started.flatMap(judgeStoredRequest)).to.deep.equal([]);
      if (answer.status !== 200) expect(items).to.deep.equal(before);

      tally.add(answer.status);
      if (path !== "/streams" || (method !== "POST" && method !== "PUT")) return;
      const isText = /^(text\/|application\/(json|xml))/.test(contentType ?? "");
      const received = isText ? Buffer.from(body.toString()) : body;
      const verdict = judgeBody(`${method} /streams`, received);
      expect(answer.status, `${verdict}: ${answer.body.toString()}`).to.be.oneOf(statusesOf(method)[verdict]);
      expect(started).to.have.length(answer.status === 202 && !isActive(given) ? 1 : 0);
      for (const input of started) expect(input).to.equal(normalText(received.toString()));
    });
    // Two operations share them.
    tally.expectShares(0.04, [200, 202, 400, 404, 405, 409, 413]);
  });
});

function isActive({ prior }: HttpCase): boolean {
  return prior === "PROVISIONING" || prior === "READY" || prior === "LIVE";
}

function statusesOf(method: "POST" | "PUT"): Record<Verdict, number[]> {
  const valid = method === "POST" ? [202, 409] : [200, 400, 404];
  return { "too large": [413], unreadable: [400], invalid: [400], valid };
}

/** What is wrong with an answer: by the OpenAPI document, or by API Gateway's ways where no function was asked. */
function problemsOf({ method, path }: HttpCase, { status, headers, body }: ExchangeResponse): string[] {
  const contentType = String(headers["content-type"]);
  if (method === "HEAD")
    return [404, 405].includes(status) && body.length === 0 ? [] : [`${status}: ${body.toString()}`];
  return judgeAnswer(method, path, { status, contentType, body: body.toString() });
}

function priorOf({ prior, isPriorOfSame, requestText }: HttpCase): Attempt[] {
  if (prior === undefined) return [];
  const request = normalText(requestText);
  const at = toUtc("2025-12-31T23:00:00Z") ?? "";
  return [
    {
      ...{ streamId: "fuzz-stream", attempt: 3, status: prior, requestedAt: at, updatedAt: at },
      executionArn: "arn:aws:states:us-east-1:000000000000:execution:streams:fuzz-stream_3",
      history: [{ status: prior, at, origin: "orchestrator" }],
      request: isPriorOfSame
        ? request
        : JSON.stringify({ ...(JSON.parse(request) as object), title: "Another stream" }),
    },
  ];
}
