import { escapeControls } from "../contracts";
import type { HistoryEvent } from "../local/asl/history";
import { givenName } from "../local/faults/named";
import type { RequestLine } from "../local/http/http-api";
import { type Authorization, describeDenial } from "../local/iam";
import { isJsonObject, type JsonObject } from "../local/json";
import type { PlaybackLine } from "../local/playback/playback-line";
import type { RuntimeListener } from "../local/runtime";
import type { AlarmChange, Channel, PublishedMessage, UndeliveredEvent } from "../local/services";

/** Writes what happens in a runtime, one line each, for people who watch it. */
export class RunLog implements RuntimeListener {
  constructor(private readonly write: (line: string) => unknown) {}

  onRequest = ({ method, path, status, milliseconds, reason }: RequestLine): void => {
    this.line("request", `${method} ${path} → ${status} (${milliseconds} ms)${reason ? `  ${reason}` : ""}`);
  };

  onAuthorization = ({ caller, permission, decision }: Authorization): void => {
    if (decision !== "allowed") this.line("denied", describeDenial(caller, permission, decision));
  };

  onHistoryEvent = (executionArn: string, event: HistoryEvent): void => {
    const execution = nameExecution(executionArn);
    const details = (name: string) => (isJsonObject(event[name]) ? event[name] : {});
    if (event.type.endsWith("StateEntered")) {
      this.line("workflow", `${execution}  ${String(details("stateEnteredEventDetails").name)}`);
    } else if (event.type === "TaskFailed") {
      const { error, cause } = details("taskFailedEventDetails");
      this.line("workflow", `${execution}    failed: ${String(error)}: ${shorten(String(cause ?? ""))}`);
    } else if (event.type === "ExecutionSucceeded") {
      this.line("workflow", `${execution}  SUCCEEDED`);
    } else if (event.type === "ExecutionFailed") {
      const { error, cause } = details("executionFailedEventDetails");
      this.line("workflow", `${execution}  FAILED  ${String(error)}: ${shorten(String(cause ?? ""))}`);
    } else if (event.type === "ExecutionRedriven") {
      this.line("workflow", `${execution}  redriven`);
    } else if (event.type === "ExecutionAborted" || event.type === "ExecutionTimedOut") {
      this.line("workflow", `${execution}  ${event.type.replace("Execution", "").toUpperCase()}`);
    }
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

  onNotification = ({ subject, topicArn }: PublishedMessage): void => {
    this.line("on-call", `${subject ?? "(no subject)"}  (${topicArn})`);
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

  /** Functions log a lot; what they warn of is worth a line here. */
  onLog = (functionName: string, line: string): void => {
    if (/"level":"(WARN|ERROR|CRITICAL)"/.test(line)) this.line("function", `${functionName}  ${line}`);
  };

  private line(subject: string, text: string): void {
    this.write(`${new Date().toISOString().slice(11, 23)}  ${subject.padEnd(8)}  ${escapeControls(text)}`);
  }
}

function shorten(text: string): string {
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

/** What rules and schedules start has a UUID for its name: it goes by its state machine. */
function nameExecution(executionArn: string): string {
  const [machine = "", name = ""] = executionArn.split(":").slice(-2);
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name)
    ? `${givenName(machine)} ${name.slice(0, 8)}`
    : name;
}
