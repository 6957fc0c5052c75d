import { expect } from "chai";
import type { Json, JsonObject } from "../../../../local/json";
import {
  EventBridge,
  type TargetSpec,
  type UndeliveredEvent,
} from "../../../../local/services/event-bridge/event-bridge";
import { PermanentDeliveryError } from "../../../../local/services/event-bridge/event-delivery";
import { SteppedClock, settled } from "../../../support/stepped-clock";
import { expectAwsError } from "../expect-aws-error";

const busArn = "arn:aws:events:eu-central-1:123456789012:event-bus/streams";
const ruleArn = "arn:aws:events:eu-central-1:123456789012:rule/streams/ready";
const queueArn = "arn:aws:sqs:eu-central-1:123456789012:dead-letters";

describe("EventBridge", () => {
  let clock: SteppedClock;
  let bridge: EventBridge;
  let deliver: (targetArn: string, event: Json) => Promise<void>;
  let accepted: [string, JsonObject][];
  let delivered: [targetArn: string, event: Json][];
  let deadLetters: [queueArn: string, body: string, attributes: Record<string, string>][];
  let undelivered: UndeliveredEvent[];

  beforeEach(() => {
    clock = new SteppedClock(Date.parse("2026-03-01T12:00:00.250Z"));
    accepted = [];
    delivered = [];
    deadLetters = [];
    undelivered = [];
    deliver = async () => {};
    bridge = new EventBridge({
      clock,
      region: "eu-central-1",
      accountId: "123456789012",
      deliver: async (targetArn, event) => {
        delivered.push([targetArn, event]);
        await deliver(targetArn, event);
      },
      deadLetter: async (...letter) => void deadLetters.push(letter),
      onEvent: (...event) => void accepted.push(event),
      onUndelivered: (event) => void undelivered.push(event),
    });
    bridge.createEventBus("streams");
    bridge.putRule({
      name: "ready",
      eventBusName: "streams",
      eventPattern: { detail: { status: ["READY"] } },
    });
  });

  const target = (more: Partial<TargetSpec> = {}) =>
    bridge.putTarget({ rule: "ready", eventBusName: "streams", id: "resume", arn: "arn:resume", ...more });

  const entry = (status: string, more: JsonObject = {}): JsonObject => ({
    EventBusName: "streams",
    Source: "test",
    DetailType: "Tested",
    Detail: JSON.stringify({ status }),
    ...more,
  });

  const put = (...entries: Json[]) => bridge.call("PutEvents", { Entries: entries });

  describe("taking events", () => {
    it("puts each into an envelope with a time in whole seconds", async () => {
      const answer = await put(
        entry("READY", { Resources: ["arn:one"] }),
        entry("FAILED", { Time: 1_700_000_000.9 }),
      );

      expect(answer.FailedEntryCount).to.equal(0);
      const [first, second] = accepted;
      expect(first).to.deep.equal([
        "streams",
        {
          version: "0",
          id: (answer.Entries as JsonObject[])[0]?.EventId,
          "detail-type": "Tested",
          source: "test",
          account: "123456789012",
          time: "2026-03-01T12:00:00Z",
          region: "eu-central-1",
          resources: ["arn:one"],
          detail: { status: "READY" },
        },
      ]);
      expect(second?.[1].time).to.equal("2023-11-14T22:13:20Z");
    });

    it("says of each entry what is wrong with it, and takes the others", async () => {
      const answer = await put(
        entry("READY"),
        entry("READY", { Detail: "[]" }),
        entry("READY", { Source: "" }),
        entry("READY", { Source: "aws.medialive" }),
        entry("READY", { EventBusName: "nothing" }),
        entry("READY", { EventBusName: busArn }),
        entry("READY", { Time: "yesterday" }),
      );
      const codes = (answer.Entries as JsonObject[]).map((result) => result.ErrorCode);
      expect(answer.FailedEntryCount).to.equal(5);
      expect(codes).to.deep.equal([
        undefined,
        "MalformedDetail",
        "InvalidArgument",
        "NotAuthorizedForSourceException",
        "ResourceNotFoundException",
        undefined,
        "InvalidArgument",
      ]);
      expect(accepted).to.have.length(2);
    });

    it("takes 1 to 10 entries, and less than 1 MB", async () => {
      const large = entry("READY", { Detail: JSON.stringify({ text: "x".repeat(600_000) }) });
      await put(...Array.from({ length: 10 }, () => entry("READY")));
      await expectAwsError(put(), "ValidationException");
      await expectAwsError(put(...Array.from({ length: 11 }, () => entry("READY"))), "ValidationException");
      await expectAwsError(put(large, large), "ValidationException");
      await put(large);
    });

    it("lets AWS services emit under their own names", async () => {
      bridge.putRule({ name: "channels", eventPattern: { source: ["aws.medialive"] } });
      bridge.putTarget({ rule: "channels", id: "1", arn: "arn:channels" });
      bridge.emit("default", {
        source: "aws.medialive",
        detailType: "MediaLive Channel State Change",
        detail: {},
      });
      await settled();
      expect(delivered.map(([arn]) => arn)).to.deep.equal(["arn:channels"]);
    });
  });

  describe("rules", () => {
    it("deliver what matches, after the publisher has its answer", async () => {
      target();
      await put(entry("READY"), entry("FAILED"));
      expect(delivered).to.deep.equal([]);
      await settled();
      expect(delivered.map(([arn, event]) => [arn, (event as JsonObject).detail])).to.deep.equal([
        ["arn:resume", { status: "READY" }],
      ]);
    });

    it("deliver nothing while they are disabled, and keep their targets", async () => {
      target();
      const rule = { name: "ready", eventBusName: busArn, eventPattern: '{"source":["test"]}' };
      expect(bridge.putRule({ ...rule, state: "DISABLED" })).to.equal(ruleArn);
      await put(entry("READY"));
      await settled();
      expect(delivered).to.deep.equal([]);

      bridge.putRule({ ...rule, state: "ENABLED" });
      await put(entry("READY"));
      await settled();
      expect(delivered).to.have.length(1);
    });

    it("see the events of their own bus alone", async () => {
      target();
      await put(entry("READY", { EventBusName: "default" }));
      await settled();
      expect(delivered).to.deep.equal([]);
    });

    it("are refused with a wrong pattern, on an unknown bus, and as the target's unknown rule", async () => {
      const wrong = () => bridge.putRule({ name: "r", eventPattern: { detail: { status: [{ is: 1 }] } } });
      const error = await expectAwsError(wrong, "InvalidEventPatternException");
      expect(error.message).to.contain("$.detail.status[0].is");
      const elsewhere = () =>
        bridge.putRule({ name: "r", eventBusName: "nothing", eventPattern: { a: [1] } });
      await expectAwsError(elsewhere, "ResourceNotFoundException");
      await expectAwsError(() => target({ rule: "nothing" }), "ResourceNotFoundException");
    });

    it("send a target its own input", async () => {
      target({ id: "1", input: '{"fixed":true}' });
      target({ id: "2", inputPath: "$.detail.status" });
      target({
        id: "3",
        inputTransformer: {
          inputPaths: { status: "$.detail.status", none: "$.detail.none", detail: "$.detail" },
          inputTemplate:
            '{"text":"is \\"<status>\\"<none>","rule":<aws.events.rule-name>,"detail":<detail>,"other":"<x>"}',
        },
      });
      await put(entry("READY"));
      await settled();
      expect(delivered.map(([, event]) => event)).to.deep.equal([
        { fixed: true },
        "READY",
        { text: 'is "READY"', rule: "ready", detail: { status: "READY" }, other: "<x>" },
      ]);
    });
  });

  describe("a target that fails", () => {
    const failing = async () => {
      throw new Error("busy");
    };

    it("is tried again until it takes the event", async () => {
      target({ deadLetterArn: queueArn });
      let attempts = 0;
      deliver = async () => {
        attempts += 1;
        if (attempts < 3) throw new Error("busy");
      };
      await put(entry("READY"));
      await clock.advance({ milliseconds: 1000 });
      expect(attempts).to.equal(2);
      await clock.advance({ milliseconds: 2000 });
      expect(attempts).to.equal(3);
      expect([deadLetters, undelivered, clock.pending().length]).to.deep.equal([[], [], 0]);
    });

    it("loses the event to the dead-letter queue after the last retry", async () => {
      target({ deadLetterArn: queueArn, retryPolicy: { maximumRetryAttempts: 2 } });
      deliver = failing;
      await put(entry("READY"));
      await clock.advance({ milliseconds: 3000 });

      expect(delivered).to.have.length(3);
      expect(deadLetters).to.deep.equal([
        [
          queueArn,
          JSON.stringify(accepted[0]?.[1]),
          {
            RULE_ARN: ruleArn,
            TARGET_ARN: "arn:resume",
            ERROR_CODE: "ERROR_FROM_TARGET",
            ERROR_MESSAGE: "busy",
            RETRY_ATTEMPTS: "2",
            EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
          },
        ],
      ]);
      expect(undelivered.map((event) => event.deadLetterArn)).to.deep.equal([queueArn]);
    });

    it("loses the event when it has become too old", async () => {
      target({ deadLetterArn: queueArn, retryPolicy: { maximumEventAgeInSeconds: 60 } });
      deliver = failing;
      await put(entry("READY"));
      await clock.advance({ milliseconds: 60_000 });
      // At 0, 1, 3, 7, 15 and 31 seconds.
      expect(delivered).to.have.length(6);
      expect(deadLetters[0]?.[2].EXHAUSTED_RETRY_CONDITION).to.equal("MaximumEventAgeInSeconds");
    });

    it("is tried for a day when nothing else is said", async () => {
      target({ deadLetterArn: queueArn });
      deliver = failing;
      await put(entry("READY"));
      await clock.advance({ milliseconds: 80_000_000 });
      expect(deadLetters).to.have.length(0);
      await clock.advance({ milliseconds: 6_400_000 });
      expect(deadLetters).to.have.length(1);
      expect(delivered).to.have.length(186);
    });

    it("loses the event at once when no retry can help", async () => {
      target({ deadLetterArn: queueArn });
      target({
        id: "template",
        arn: "arn:template",
        deadLetterArn: queueArn,
        inputTransformer: { inputTemplate: "{" },
      });
      deliver = async () => {
        throw new PermanentDeliveryError("NO_RESOURCE", "no such function");
      };
      await put(entry("READY"));
      await settled();
      const attributes = deadLetters.map(
        ([, , { ERROR_CODE, RETRY_ATTEMPTS, EXHAUSTED_RETRY_CONDITION }]) => [
          ERROR_CODE,
          RETRY_ATTEMPTS,
          EXHAUSTED_RETRY_CONDITION,
        ],
      );
      expect(attributes).to.deep.equal([
        ["NO_RESOURCE", "0", undefined],
        ["INVALID_JSON", "0", undefined],
      ]);
    });

    it("makes it known that an event is lost for want of a queue", async () => {
      target({ retryPolicy: { maximumRetryAttempts: 0 } });
      deliver = failing;
      await put(entry("READY"));
      await settled();
      expect(undelivered).to.have.length(1);
      expect(undelivered[0])
        .to.deep.include({ targetArn: "arn:resume", message: "busy" })
        .and.not.have.property("deadLetterArn");
    });

    it("is given up when the runtime stops", async () => {
      target({ deadLetterArn: queueArn });
      deliver = failing;
      await put(entry("READY"));
      await settled();
      bridge.stop();
      await clock.advance({ milliseconds: 10_000 });
      expect([delivered.length, clock.pending().length, deadLetters.length]).to.deep.equal([1, 0, 0]);
    });
  });

  it("records archives", () => {
    bridge.createArchive({ name: "all", eventBusName: "streams", retentionDays: 30 });
    expect(bridge.archives()).to.deep.equal([{ name: "all", eventBusName: "streams", retentionDays: 30 }]);
  });
});
