import { expect } from "chai";
import fc from "fast-check";
import { program } from "../../test/support/root";
import { AwsError, type Local, type ServiceCall, startLocal } from "../../testing";
import { fuzz } from "./support/fuzz";
import { httpCases, streamId } from "./support/http-cases";
import { tellsStreamKey, urlTexts } from "./support/ingest-urls";
import { judgeAttempt, judgeEvent, normalText, requestTextOf } from "./support/stored";
import { Tally } from "./support/tally";

/** Calls that AWS may refuse, quoting what it was sent. */
const calls = [
  "DynamoDB Query",
  "DynamoDB PutItem",
  "DynamoDB UpdateItem",
  "DynamoDB BatchGetItem",
  "StepFunctions StartExecution",
  "StepFunctions SendTaskFailure",
  "EventBridge PutEvents",
  "MediaLive StartChannel",
  "MediaLive StopChannel",
  "CloudFront UpdateDistribution",
  "SNS Publish",
] as const;

const journeys = fc.record({
  request: httpCases("POST").map(({ requestText }) => requestText),
  status: fc.constantFrom("READY", "FAILED"),
  reason: urlTexts.map((text) => text.slice(0, 280)),
  refused: fc.option(fc.constantFrom(...calls), { nil: undefined }),
  quoted: urlTexts,
});

/** Journeys of one runtime: each may leave its channel leased. */
const journeysOfRuntime = 10;
const channelIds = Array.from({ length: journeysOfRuntime }, (_, index) => 1001 + index).join();

describe("whatever is requested", () => {
  let local: Local | undefined;
  let count = 0;
  after(() => local?.stop());

  /** A runtime whose functions are loaded, most of the time. */
  async function runtime(): Promise<Local> {
    if (count % journeysOfRuntime === 0) {
      await local?.stop();
      local = await startLocal(program, { config: { channelIds } });
    }
    count += 1;
    return local as Local;
  }

  const share = 0.002;

  it("is stored and announced as it was accepted, and no way that it takes tells a stream key", async () => {
    const tally = new Tally();
    await fuzz(share, journeys, async ({ request: text, status, reason, refused, quoted }) => {
      const running = await runtime();
      const id = `${streamId}-${count}`;
      const request = text.replace(streamId, id);
      const restore = running.gate.use(async <T>(call: ServiceCall, proceed: () => Promise<T>) => {
        if (call.caller.kind === "user" || refused !== `${call.service} ${call.action}`) return proceed();
        throw new AwsError("ValidationException", `1 validation error detected: Value '${quoted}' is none.`);
      });
      const answers = [await send(running, "POST", request)];
      await running.clock.advance({ seconds: 30 });
      answers.push(await send(running, "PUT", JSON.stringify({ streamId: id, status, reason })));
      await running.clock.advance({ minutes: 10 });
      restore();
      expectNoKey(running, answers);
      await expectStored(running, id, normalText(request));
      tally.add(running.executions.get(id)?.status ?? "not started");
    });
    tally.expectShares(0.1, ["SUCCEEDED", "FAILED"]);
  });
});

async function send(local: Local, method: string, body: string): Promise<string> {
  const response = await local.api("/streams", {
    method,
    body,
    headers: { "content-type": "application/json" },
  });
  return `${response.status} ${await response.text()}`;
}

/** The contracted event alone may tell it, and those of AWS about its own services. */
function expectNoKey(local: Local, answers: readonly string[]): void {
  const events = local.events.all(
    (event, bus) => bus !== "default" && event["detail-type"] !== "StreamProvisionRequested",
  );
  const told = [
    ...answers,
    ...local.logs.all().map(({ line }) => line),
    ...events.map(({ event }) => JSON.stringify(event)),
    ...local.notifications.all().map((message) => JSON.stringify(message)),
  ];
  for (const text of told) expect(text).to.not.satisfy(tellsStreamKey);
}

async function expectStored(local: Local, id: string, request: string): Promise<void> {
  for (const attempt of await local.streams.attempts(id)) {
    expect(judgeAttempt(attempt)).to.deep.equal([]);
    expect(attempt.request).to.equal(request);
  }
  const execution = local.executions.get(id);
  if (execution) expect(requestTextOf(JSON.stringify(execution.input))).to.equal(request);
  for (const { busName, event } of local.events.all()) {
    if (busName !== "default")
      expect(judgeEvent(String(event["detail-type"]), event.detail)).to.deep.equal([]);
  }
}
