import { expect } from "chai";
import { eventContracts, type LifecycleEvent, parseLifecycleEvent, type StreamStatus } from "../../contracts";
import { type Equal, typeHolds } from "../support/types";

/** An event of a contract as EventBridge delivers it. */
function delivered(detailType: string, detail: unknown) {
  return {
    version: "0",
    id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": detailType,
    source: "com.guidogerb.streams",
    account: "123456789012",
    time: "2027-03-20T17:45:12Z",
    region: "eu-west-1",
    resources: [],
    detail,
  };
}

const progressed = delivered("StreamLifecycleProgressed", { streamId: "spring-launch", status: "READY" });

/** Nothing here runs: `tsc` is the judge. */
function eventTypes(event: LifecycleEvent): void {
  if (event["detail-type"] === "StreamLifecycleProgressed")
    typeHolds<Equal<typeof event.detail.status, StreamStatus>>();
  if (event["detail-type"] === "StreamHealthChanged") void event.detail.alerts;
  // @ts-expect-error only one of the events has a status
  void event.detail.status.length;
}

describe("parseLifecycleEvent", () => {
  it("has types by which a consumer can switch", () => expect(eventTypes).to.be.a("function"));

  for (const { detailType, example } of eventContracts) {
    const event = delivered(detailType, example);

    it(`reads ${detailType}`, () => {
      expect(parseLifecycleEvent(event)).to.deep.equal({ ok: true, value: event });
    });

    it(`keeps members of ${detailType} that a later release adds`, () => {
      const later = { ...event, addedLater: 1, detail: { ...example, addedLater: { of: "any type" } } };
      expect(parseLifecycleEvent(later)).to.deep.equal({ ok: true, value: later });
    });
  }

  it("takes an ingest endpoint with a member that a later release adds", () => {
    const { example } = eventContracts[0];
    const [endpoint] = example.ingestEndpoints;
    const ingestEndpoints = [{ ...endpoint, addedLater: true }];
    expect(
      parseLifecycleEvent(delivered("StreamProvisionRequested", { ...example, ingestEndpoints })).ok,
    ).to.equal(true);
  });

  for (const [where, wrapped] of [
    ["the body of an SQS record", JSON.stringify(progressed)],
    [
      "the body of an SQS record from SNS",
      JSON.stringify({ Type: "Notification", Message: JSON.stringify(progressed) }),
    ],
    ["a notification of SNS", { Type: "Notification", Message: JSON.stringify(progressed) }],
  ] as const) {
    it(`reads the event in ${where}`, () => {
      expect(parseLifecycleEvent(wrapped)).to.deep.equal({ ok: true, value: progressed });
    });
  }

  for (const [what, value, issues] of [
    [
      "all that is wrong at once",
      {
        source: "aws.ec2",
        "detail-type": "StreamLifecycleProgressed",
        time: "now",
        detail: { status: "UP", attempt: "1" },
      },
      [
        "id is required.",
        'source must be com.guidogerb.streams, received "aws.ec2".',
        'time must be an RFC 3339 date-time, received "now".',
        "detail.streamId is required.",
        "detail.status must be one of PROVISIONING, READY, LIVE, FAILED, COMPLETE.",
        'detail.attempt must be a number, received "1".',
      ],
    ],
    [
      "an event that this release does not know, with those that it knows",
      delivered("StreamPaused", {}),
      [
        'detail-type must be one of StreamProvisionRequested, StreamLifecycleProgressed, StreamHealthChanged, received "StreamPaused".',
      ],
    ],
    [
      "a name that objects inherit",
      delivered("constructor", {}),
      [/^detail-type must be one of .*, received "constructor"\.$/],
    ],
    ["an event without a detail", { ...progressed, detail: undefined }, ["detail is required."]],
    ["no event", 5, ["event must be an event of EventBridge or its JSON text, received a number."]],
    ["nothing", undefined, ["event must be an event of EventBridge or its JSON text, received undefined."]],
    [
      "a text",
      "{",
      ["event must be an event of EventBridge or its JSON text, received a text that is no JSON."],
    ],
    ["a list", [progressed], ["event must be an event of EventBridge or its JSON text, received an array."]],
    [
      "a notification without a message",
      { Type: "Notification" },
      ["event must be an event of EventBridge or its JSON text, received undefined."],
    ],
  ] as const) {
    it(`names ${what}`, () => {
      const result = parseLifecycleEvent(value);
      expect(result.ok).to.equal(false);
      const found = result.ok ? [] : result.issues;
      expect(found).to.have.length(issues.length);
      for (const [index, issue] of issues.entries()) {
        if (typeof issue === "string") expect(found[index]).to.equal(issue);
        else expect(found[index]).to.match(issue);
      }
    });
  }
});
