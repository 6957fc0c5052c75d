import { expect } from "chai";
import { RunLog } from "../../cli/run-log";
import type { Authorization } from "../../local/iam";
import type { Channel } from "../../local/services";

const hostile = "x\u001b[2J\n23:59:59.000  workflow  forged  SUCCEEDED\u009b31m\u202e\u2028\u007f\ud800";

describe("The log on the terminal", () => {
  it("shows control characters of whoever sent them, and gives each its one line", () => {
    const lines: string[] = [];
    const log = new RunLog((line) => lines.push(line));
    const entered = { type: "TaskStateEntered", stateEnteredEventDetails: { name: hostile } };
    const failed = { type: "TaskFailed", taskFailedEventDetails: { error: hostile, cause: hostile } };
    const ended = {
      type: "ExecutionFailed",
      executionFailedEventDetails: { error: hostile, cause: hostile },
    };
    const execution = `arn:aws:states:us-east-1:000000000000:execution:machine:${hostile}`;
    for (const event of [
      entered,
      failed,
      ended,
      { type: "ExecutionSucceeded" },
      { type: "ExecutionAborted" },
    ]) {
      log.onHistoryEvent(execution, { id: 1, previousEventId: 0, timestamp: 0, ...event });
    }
    log.onRequest({ method: hostile, path: hostile, status: 400, milliseconds: 1, reason: hostile });
    log.onBusEvent("bus", {
      "detail-type": hostile,
      detail: { streamId: hostile, status: hostile, origin: hostile },
    });
    log.onUndelivered({ targetArn: hostile, message: hostile } as Parameters<RunLog["onUndelivered"]>[0]);
    log.onNotification({ subject: hostile, topicArn: hostile, message: "" } as Parameters<
      RunLog["onNotification"]
    >[0]);
    log.onAlarm({ name: hostile, state: "ALARM", reason: hostile } as Parameters<RunLog["onAlarm"]>[0]);
    log.onChannelState({ id: hostile, state: "IDLE" } as Channel);
    log.onPlayback({ method: hostile, path: hostile, status: 404, reason: hostile } as Parameters<
      RunLog["onPlayback"]
    >[0]);
    log.onPlayable(hostile);
    log.onLog(hostile, `${hostile} "level":"ERROR"`);
    log.onAuthorization({
      caller: { name: hostile },
      permission: { action: hostile, resource: hostile },
      decision: "denied",
    } as unknown as Authorization);
    expect(lines.length).to.equal(15);
    for (const line of lines) {
      expect(line).to.match(/^\d\d:\d\d:\d\d\.\d{3} {2}\w+/);
      expect(line).to.not.match(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u);
    }
  });
});
