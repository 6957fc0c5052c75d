import { type Notice, noticeOf } from "./notice";

/**
 * Reads what CloudWatch publishes when an alarm changes its state.
 *
 * @returns undefined for another message.
 */
export function readAlarmMessage(message: string, sentAt: string): Notice | undefined {
  const { AlarmName: name, AlarmDescription: description, ...alarm } = parse(message);
  const { NewStateValue: state, NewStateReason: reason, StateChangeTime: changedAt } = alarm;
  if (typeof name !== "string" || (state !== "ALARM" && state !== "OK")) return undefined;
  const [what = "", ...todo] = String(description ?? reason).split(/(?<=\.) +/);
  const isOn = state === "ALARM";
  return noticeOf(
    {
      kind: "alarm",
      incident: `alarm/${name}`.slice(0, 200),
      phase: isOn ? "opened" : "resolved",
      severity: "critical",
      title: `Alarm ${name}: ${isOn ? "on" : "over"}`,
      happened: isOn ? what : "The alarm is over.",
      done: [],
      left: isOn ? todo : [],
      occurredAt: sentAt,
    },
    `${name} ${state} ${String(changedAt)}`,
  );
}

function parse(text: string): { readonly [member: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as { [member: string]: unknown }) : {};
  } catch {
    return {};
  }
}
