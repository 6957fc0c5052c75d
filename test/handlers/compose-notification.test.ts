import { expect } from "chai";
import { check, type StreamNotification, streamNotificationSchema } from "../../contracts";
import type { Attempt } from "../../contracts/internal";
import { compose } from "../../handlers/act-on-health/messages";
import { readAlarmMessage } from "../../handlers/compose-notification/alarm-message";
import { chatMessage } from "../../handlers/compose-notification/chat";
import { endsOf } from "../../handlers/compose-notification/ends";
import { idOfEnd, noticeOf, readId } from "../../handlers/compose-notification/notice";
import { readOnCallMessage } from "../../handlers/compose-notification/on-call-message";
import { pagerDutyEvent } from "../../handlers/compose-notification/pager-duty";
import { composeNotification } from "../../handlers/shared/events/failure-report";

const sentAt = "2027-03-20T17:45:12.000Z";
const failure = {
  state: "ConfigurePlaybackEndpoints",
  error: "CloudFront.TooMany",
  cause: "Too many\nbehaviours.",
};

function failed(left: string[]) {
  const report = composeNotification({
    ...{ streamId: "spring-launch", attempt: 2, executionArn: "arn:aws:states:x", failure },
    ...{ done: ["The channel is stopped.", "Attempt 2 is marked FAILED."], left, errors: [] },
  });
  return readOnCallMessage(report.subject, report.message, sentAt);
}

describe("a notification", () => {
  it("says of a failed attempt what its message says", () => {
    const notice = failed([]);
    expect(notice).to.deep.include({
      ...{ incident: "spring-launch/2/failure", kind: "failure", severity: "warning", phase: "told" },
      title: "Stream spring-launch: failed in ConfigurePlaybackEndpoints",
      happened:
        "The provisioning of stream spring-launch failed in ConfigurePlaybackEndpoints. CloudFront.TooMany: Too many\\nbehaviours.",
      done: ["The channel is stopped.", "Attempt 2 is marked FAILED."],
      left: [],
      ...{ streamId: "spring-launch", attempt: 2, occurredAt: sentAt },
    });
    expect(check(streamNotificationSchema, { ...notice, target: "ops" })).to.include({ ok: true });
  });

  it("is critical where something is left to do, and another one where that changes", () => {
    const [first, second] = [failed(["Stop channel 1."]), failed(["Stop channel 1.", "Remove the entry."])];
    expect(first).to.deep.include({ severity: "critical", left: ["Stop channel 1."] });
    expect(second?.left).to.deep.equal(["Stop channel 1.", "Remove the entry."]);
    expect(first?.id).to.not.equal(second?.id);
    expect(failed(["Stop channel 1."])?.id).to.equal(first?.id);
    expect(first?.incident).to.equal(second?.incident);
  });

  for (const [headline, kind, severity, phase] of [
    ["its channel is down, and is restarted", "channel", "critical", "opened"],
    ["its channel is down, and it has FAILED", "stream", "critical", "told"],
    ["it has no input", "channel", "warning", "opened"],
    ["its channel has an alert", "channel", "warning", "opened"],
    ["ended, for want of input", "stream", "warning", "told"],
  ] as const) {
    it(`says of a channel what its message says: ${headline}`, () => {
      const attempt = { streamId: "spring-launch", attempt: 1, channelId: "1001" } as Attempt;
      const { subject, message } = compose(attempt, headline, "What it is.", "What comes now.");
      expect(readOnCallMessage(subject, message, sentAt)).to.deep.include({
        ...{ kind, severity, phase, happened: "What it is.", done: [], left: ["What comes now."] },
        ...{ streamId: "spring-launch", attempt: 1 },
      });
    });
  }

  it("says of a stream that nobody ended which attempt it was", () => {
    const message = "It was up for 12 hours. Stream spring-launch, attempt 3, is COMPLETE now.";
    const notice = readOnCallMessage("Stream spring-launch: ended, since nobody did", message, sentAt);
    expect(notice).to.deep.include({
      kind: "stream",
      severity: "warning",
      attempt: 3,
      happened: message,
      left: [],
    });
  });

  it("is made of no other message", () => {
    expect(readOnCallMessage("Welcome", "You have subscribed.", sentAt)).to.equal(undefined);
    expect(readAlarmMessage("{}", sentAt)).to.equal(undefined);
    expect(readAlarmMessage("no JSON", sentAt)).to.equal(undefined);
    expect(readAlarmMessage('{"AlarmName":"a","NewStateValue":"INSUFFICIENT_DATA"}', sentAt)).to.equal(
      undefined,
    );
  });

  it("says of an alarm what to do", () => {
    const message = {
      AlarmName: "a",
      NewStateValue: "ALARM",
      AlarmDescription: 'It is so. Do this. See docs/runbook.md, "X".',
    };
    expect(readAlarmMessage(JSON.stringify(message), sentAt)).to.deep.include({
      ...{ incident: "alarm/a", kind: "alarm", phase: "opened", severity: "critical", happened: "It is so." },
      left: ["Do this.", 'See docs/runbook.md, "X".'],
    });
  });

  it("has an id of which the id of its end is made", () => {
    const opened = noticeOf({
      ...{
        incident: "a/1/channel",
        kind: "channel",
        phase: "opened",
        severity: "warning",
        title: "t",
        happened: "h",
      },
      ...{ done: [], left: [], occurredAt: sentAt },
    } as const).id;
    expect(readId(opened)).to.include({ incident: "a/1/channel", phase: "opened", severity: "warning" });
    expect(readId(idOfEnd(opened))).to.deep.equal({ ...readId(opened), phase: "resolved" });
  });

  it("ends incidents of its kind alone, and none that was told without an end", () => {
    const [opened, told] = [failed(["Stop channel 1."]), failed([])];
    const channel = compose(
      { streamId: "spring-launch", attempt: 2, channelId: "1001" } as Attempt,
      "it has no input",
      "What it is.",
      "What comes now.",
    );
    const trouble = readOnCallMessage(channel.subject, channel.message, sentAt);
    const ids = [opened, told, trouble].flatMap((one) => (one ? [one.id, `${one.id}#a-message`] : []));
    const attempt = { streamId: "spring-launch", attempt: 2, notices: new Set(ids) } as unknown as Attempt;
    const ends = (kind: "channel" | "failure") =>
      endsOf(attempt, kind, "It is over.", sentAt).map((one) => [one.incident, one.phase, one.kind]);
    expect(ends("failure")).to.deep.equal([["spring-launch/2/failure", "resolved", "failure"]]);
    expect(ends("channel")).to.deep.equal([["spring-launch/2/channel", "resolved", "channel"]]);
  });

  it("is shown in a chat with what is left to do, in one thread with its end", () => {
    const notification = { ...failed(["Stop channel 1."]), target: "chat" } as StreamNotification;
    const shown = chatMessage(notification);
    expect(shown).to.deep.include({ version: "1.0", source: "custom", id: notification.id });
    expect(shown.content).to.deep.include({
      textType: "client-markdown",
      title: "🔴 Stream spring-launch: ACTION NEEDED, failed in ConfigurePlaybackEndpoints",
      keywords: ["spring-launch"],
    });
    expect(shown.content.description)
      .to.match(/\n\n\*Done\*\n- The channel is stopped\.\n/)
      .and.match(/\*Left to do\*\n- Stop channel 1\.$/);
    const end = chatMessage({ ...notification, phase: "resolved", done: [], left: [] });
    expect(end.content.title.startsWith("✅")).to.equal(true);
    expect(end.metadata.threadId).to.equal(shown.metadata.threadId);
  });

  it("resolves at PagerDuty what it triggered", () => {
    const notification = { ...failed([]), target: "pager" } as StreamNotification;
    expect(pagerDutyEvent(notification)).to.deep.include({
      event_action: "trigger",
      dedup_key: "spring-launch/2/failure",
    });
    expect(pagerDutyEvent({ ...notification, phase: "resolved" })).to.deep.include({
      event_action: "resolve",
      dedup_key: "spring-launch/2/failure",
    });
  });
});
