import { escapeControls } from "../contracts";
import type { HistoryEvent } from "../local/asl/history";
import { givenName } from "../local/faults/named";
import type { RequestLine } from "../local/http/http-api";
import { type Authorization, describeDenial } from "../local/iam";
import { isJsonObject, type Json, type JsonObject } from "../local/json";
import type { InvocationLine } from "../local/lambda/function";
import type { PlaybackLine } from "../local/playback/playback-line";
import type { RuntimeListener } from "../local/runtime";
import type { AlarmChange, Channel, PublishedMessage, UndeliveredEvent } from "../local/services";
import { endsExecution } from "../testing/execution-view";
import { logText, parseObject } from "./log-text";

/** Writes what happens in a runtime, one line each, for people who watch it. */
export class RunLog implements RuntimeListener {
  /** Failed tasks of which the execution's next event will say whether a Retry or a Catch takes them. */
  private readonly failures = new Map<string, string[]>();
  /** The error that each execution under way told last, in full. */
  private readonly told = new Map<string, string>();
  private lastError = "";

  /** @param now milliseconds since the Unix epoch, by the clock that the runtime runs on. */
  constructor(
    private readonly write: (line: string) => unknown,
    private readonly now: () => number = Date.now,
  ) {}

  onRequest = ({ method, path, status, milliseconds, reason }: RequestLine, body: string): void => {
    const streamId = streamIdOf(body);
    const stream = streamId === undefined || path.includes(streamId) ? "" : `  ${streamId}`;
    const why = reason ? `  ${reason}` : "";
    this.line("request", `${method} ${path}${stream} → ${status} (${milliseconds} ms)${why}`);
  };

  onAuthorization = ({ caller, permission, decision }: Authorization): void => {
    if (decision !== "allowed") this.line("denied", describeDenial(caller, permission, decision));
  };

  onHistoryEvent = (executionArn: string, event: HistoryEvent): void => {
    const execution = nameExecution(executionArn);
    const details = (name: string) => (isJsonObject(event[name]) ? event[name] : {});
    if (/^TaskScheduled$|State(Entered|Exited)$/.test(event.type))
      this.endFailures(executionArn, "  (handled)");
    if (event.type.endsWith("StateEntered")) {
      this.line("workflow", `${execution}  ${String(details("stateEnteredEventDetails").name)}`);
    } else if (event.type === "TaskFailed") {
      const { error, cause } = details("taskFailedEventDetails");
      const description = describe(String(error), causeOf(cause));
      const failure = this.tellOnce(String(error), description);
      this.told.set(executionArn, description);
      this.failures.set(executionArn, [...(this.failures.get(executionArn) ?? []), failure]);
      // An execution that fails of it does so before anything else happens. A Retry may wait for minutes.
      setImmediate(() => this.endFailures(executionArn, "  (handled)"));
    } else if (event.type === "ExecutionSucceeded") {
      this.line("workflow", `${execution}  SUCCEEDED`);
    } else if (event.type === "ExecutionFailed") {
      const { error, cause } = details("executionFailedEventDetails");
      // The task's failure is the execution's: one error, one line. A Fail state may fail with what a Catch took before.
      const description = describe(String(error), causeOf(cause));
      const isTold = this.told.get(executionArn) === description;
      const failure =
        this.failures.get(executionArn)?.pop() ??
        (isTold ? String(error) : this.tellOnce(String(error), description));
      this.endFailures(executionArn, "");
      this.line("workflow", `${execution}  FAILED  ${failure}`);
    } else if (event.type === "ExecutionRedriven") {
      this.line("workflow", `${execution}  redriven`);
    } else if (event.type === "ExecutionAborted" || event.type === "ExecutionTimedOut") {
      this.line("workflow", `${execution}  ${event.type.replace("Execution", "").toUpperCase()}`);
    }
    if (endsExecution(event)) this.told.delete(executionArn);
  };

  onBusEvent = (busName: string, event: JsonObject): void => {
    if (busName === "default") return;
    const detail = isJsonObject(event.detail) ? event.detail : {};
    const status = detail.status === undefined ? "" : `  ${String(detail.status)}`;
    const origin = detail.origin === undefined ? "" : `  from ${String(detail.origin)}`;
    this.line("event", `${String(event["detail-type"])}  ${String(detail.streamId)}${status}${origin}`);
  };

  onUndelivered = ({ targetArn, message }: UndeliveredEvent): void => {
    this.line("event", `not delivered to ${targetArn}: ${message}`);
  };

  /** The message's text follows, a line for each of its own: it says what to do. */
  onNotification = ({ subject, topicArn, message }: PublishedMessage): void => {
    this.line("on-call", `${subject ?? "(no subject)"}  (${topicArn})`);
    for (const text of message.split(/\r?\n/)) if (text.trim() !== "") this.line("on-call", `  ${text}`);
  };

  onAlarm = ({ name, state, reason }: AlarmChange): void => {
    this.line("alarm", `${name}  ${state}  ${reason}`);
  };

  onChannelState = ({ id, state }: Channel): void => {
    this.line("channel", `${id}  ${state}`);
  };

  /** Players ask every few seconds: only what went wrong is worth a line. */
  onPlayback = ({ method, path, status, reason }: PlaybackLine): void => {
    if (reason !== undefined) this.line("viewer", `${method} ${path} → ${status}  ${reason}`);
  };

  /** Tells where a stream can be watched, or why it cannot. */
  onPlayable = (line: string): void => {
    this.line("playback", line);
  };

  onInvocation = ({ functionName, milliseconds, error }: InvocationLine): void => {
    this.lastError = "";
    const end = error
      ? `  failed: ${this.tellOnce(error.errorType, describe(error.errorType, error.errorMessage))}`
      : "";
    this.line("function", `${functionName}  (${milliseconds} ms)${end}`);
  };

  private endFailures(executionArn: string, end: string): void {
    for (const failure of this.failures.get(executionArn) ?? []) {
      this.line("workflow", `${nameExecution(executionArn)}    failed: ${failure}${end}`);
    }
    this.failures.delete(executionArn);
  }

  /** What the team's own functions write, and what the component's warn of. */
  onLog = (functionName: string, line: string): void => {
    const text = logText(line);
    for (const each of text?.split(/\r?\n/) ?? []) this.line("function", `${functionName}    ${each}`);
  };

  /** Tells an error in full once: when the invocation's line has just told it, the workflow's line names it. */
  private tellOnce(error: string, description: string): string {
    const isTold = description === this.lastError;
    this.lastError = description;
    return isTold ? error : description;
  }

  private line(subject: string, text: string): void {
    this.write(
      `${new Date(this.now()).toISOString().slice(11, 23)}  ${subject.padEnd(8)}  ${escapeControls(text)}`,
    );
  }
}

function describe(error: string, message: string): string {
  return message === "" ? error : `${error}: ${message}`;
}

/** A function's error is JSON in the cause, with a stack that the reader of a log line has no use for. */
function causeOf(cause: Json | undefined): string {
  const text = typeof cause === "string" ? cause : "";
  const { errorMessage } = parseObject(text) ?? {};
  return typeof errorMessage === "string" ? errorMessage : text;
}

function streamIdOf(body: string): string | undefined {
  const { streamId } = parseObject(body) ?? {};
  return typeof streamId === "string" ? streamId : undefined;
}

/** What rules and schedules start has a UUID for its name: it goes by its state machine. */
function nameExecution(executionArn: string): string {
  const [machine = "", name = ""] = executionArn.split(":").slice(-2);
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name)
    ? `${givenName(machine)} ${name.slice(0, 8)}`
    : name;
}
