import { expect } from "chai";
import { RunLog } from "../../cli/run-log";
import type { Authorization } from "../../local/iam";
import type { Json } from "../../local/json";
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
    log.onRequest(
      { method: hostile, path: hostile, status: 400, milliseconds: 1, reason: hostile },
      JSON.stringify({ streamId: `${hostile}2` }),
    );
    log.onBusEvent("bus", {
      "detail-type": hostile,
      detail: { streamId: hostile, status: hostile, origin: hostile },
    });
    log.onUndelivered({ targetArn: hostile, message: hostile } as Parameters<RunLog["onUndelivered"]>[0]);
    log.onNotification({
      subject: hostile,
      topicArn: hostile,
      message: `${hostile}\r\n\n${hostile}`,
    } as Parameters<RunLog["onNotification"]>[0]);
    log.onAlarm({ name: hostile, state: "ALARM", reason: hostile } as Parameters<RunLog["onAlarm"]>[0]);
    log.onChannelState({ id: hostile, state: "IDLE" } as Channel);
    log.onPlayback({ method: hostile, path: hostile, status: 404, reason: hostile } as Parameters<
      RunLog["onPlayback"]
    >[0]);
    log.onPlayable(hostile);
    const error = { errorType: hostile, errorMessage: hostile, trace: [] };
    log.onInvocation({ functionName: hostile, requestId: "", milliseconds: 1, error });
    log.onLog(hostile, `${hostile} "level":"ERROR"`);
    log.onAuthorization({
      caller: { name: hostile },
      permission: { action: hostile, resource: hostile },
      decision: "denied",
    } as unknown as Authorization);
    // The message to on-call has four lines of text, a function's two; the failed task and its execution share a line.
    expect(lines.length).to.equal(20);

    for (const line of lines) {
      expect(line).to.match(/^\d\d:\d\d:\d\d\.\d{3} {2}\w+/);
      expect(line).to.not.match(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u);
    }
  });

  const execution = "arn:aws:states:us-east-1:000000000000:execution:machine:spring-launch_1";
  const advice = `No channel is free. ${"Wait for a stream to end, or add a channel. ".repeat(20)}`;
  const lambdaError = { errorType: "NoChannelAvailable", errorMessage: advice, trace: ["at index.js:1"] };
  const taskFailed = {
    type: "TaskFailed",
    taskFailedEventDetails: { error: "NoChannelAvailable", cause: JSON.stringify(lambdaError) },
  };

  function start() {
    const lines: string[] = [];
    const log = new RunLog(
      (line) => lines.push(line.slice("13:54:45.941  ".length)),
      () => 0,
    );
    const onHistoryEvent = (event: { type: string; [details: string]: Json }) =>
      log.onHistoryEvent(execution, { id: 1, previousEventId: 0, timestamp: 0, ...event });
    return { lines, log, onHistoryEvent };
  }

  it("tells an error with its whole advice once, and says that a Catch took it", () => {
    const { lines, log, onHistoryEvent } = start();
    log.onLog(
      "validate-1",
      '{"level":"ERROR","message":"The invocation failed.","service":"x","reason":"y"}',
    );
    log.onLog("validate-1", JSON.stringify({ level: "ERROR", message: "Invoke Error", ...lambdaError }));
    log.onInvocation({ functionName: "validate-1", requestId: "", milliseconds: 12, error: lambdaError });
    onHistoryEvent(taskFailed);
    onHistoryEvent({ type: "TaskStateExited", stateExitedEventDetails: { name: "Validate" } });
    onHistoryEvent({ type: "PassStateEntered", stateEnteredEventDetails: { name: "Refuse" } });
    expect(lines).to.deep.equal([
      `function  validate-1  (12 ms)  failed: NoChannelAvailable: ${advice}`,
      "workflow  spring-launch_1    failed: NoChannelAvailable  (handled)",
      "workflow  spring-launch_1  Refuse",
    ]);
  });

  it("names an error that a Fail state has from a Catch, and does not tell it again", () => {
    const { lines, log, onHistoryEvent } = start();
    log.onInvocation({ functionName: "validate-1", requestId: "", milliseconds: 12, error: lambdaError });
    onHistoryEvent(taskFailed);
    onHistoryEvent({ type: "TaskStateExited", stateExitedEventDetails: { name: "Validate" } });
    log.onInvocation({ functionName: "report-1", requestId: "", milliseconds: 5 });
    onHistoryEvent({
      type: "ExecutionFailed",
      executionFailedEventDetails: { error: "NoChannelAvailable", cause: advice },
    });
    onHistoryEvent({
      type: "ExecutionFailed",
      executionFailedEventDetails: { error: "NoChannelAvailable", cause: "another" },
    });
    expect(lines).to.deep.equal([
      `function  validate-1  (12 ms)  failed: NoChannelAvailable: ${advice}`,
      "workflow  spring-launch_1    failed: NoChannelAvailable  (handled)",
      "function  report-1  (5 ms)",
      "workflow  spring-launch_1  FAILED  NoChannelAvailable",
      "workflow  spring-launch_1  FAILED  NoChannelAvailable: another",
    ]);
  });

  it("says that a Retry took an error before the Retry waits", async () => {
    const { lines, onHistoryEvent } = start();
    onHistoryEvent({
      type: "TaskFailed",
      taskFailedEventDetails: { error: "MediaLive.TooManyRequestsException", cause: "Slow down." },
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(lines).to.deep.equal([
      "workflow  spring-launch_1    failed: MediaLive.TooManyRequestsException: Slow down.  (handled)",
    ]);
  });

  it("has one line for an error of which the execution fails, and calls it not handled", async () => {
    const { lines, onHistoryEvent } = start();
    onHistoryEvent(taskFailed);
    onHistoryEvent({
      type: "ExecutionFailed",
      executionFailedEventDetails: taskFailed.taskFailedEventDetails,
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(lines).to.deep.equal([`workflow  spring-launch_1  FAILED  NoChannelAvailable: ${advice}`]);
  });

  it("shows what the team's functions write, and of the component's what they warn of", () => {
    const { lines, log } = start();
    log.onLog("praise-1", "Congratulations, spring-launch");
    log.onLog("praise-1", '{"level":"INFO","message":"Sent","service":"praise","mails":2}');
    log.onLog("praise-1", "first line\n  second line");
    log.onLog("create-1", '{"level":"INFO","message":"Started","service":"create-stream-workflow"}');
    log.onLog("create-1", '{"level":"WARN","message":"Slow","service":"create-stream-workflow"}');
    log.onLog(
      "praise-1",
      '{"level":"ERROR","message":"Lost","error":{"name":"Error","message":"boom","stack":"Error: boom\\n  at x"}}',
    );
    expect(lines).to.deep.equal([
      "function  praise-1    Congratulations, spring-launch",
      "function  praise-1    INFO Sent mails=2",
      "function  praise-1    first line",
      "function  praise-1      second line",
      "function  create-1    WARN Slow",
      "function  praise-1    ERROR Lost error=Error: boom",
    ]);
  });

  it("names the stream of a request, and shows the text of an on-call message", () => {
    const { lines, log } = start();
    const request = { method: "PUT", path: "/streams", status: 200, milliseconds: 3 };
    log.onRequest(request, '{"streamId":"spring-launch","status":"READY"}');
    log.onRequest({ ...request, path: "/streams/spring-launch" }, '{"streamId":"spring-launch"}');
    log.onRequest(request, "no JSON");
    log.onNotification({
      ...{ subject: "A stream failed", topicArn: "arn:topic", message: "What to do:\n- Look.\n" },
    } as Parameters<RunLog["onNotification"]>[0]);
    expect(lines).to.deep.equal([
      "request   PUT /streams  spring-launch → 200 (3 ms)",
      "request   PUT /streams/spring-launch → 200 (3 ms)",
      "request   PUT /streams → 200 (3 ms)",
      "on-call   A stream failed  (arn:topic)",
      "on-call     What to do:",
      "on-call     - Look.",
    ]);
  });
});
