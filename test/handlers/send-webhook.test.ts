import { expect } from "chai";
import { createSendWebhook } from "../../handlers/send-webhook";
import { fakeClient, recordingLog } from "./support/fakes";

describe("a webhook whose requests are signed", () => {
  const send = createSendWebhook({
    secrets: fakeClient({}),
    targets: [{ name: "ops", url: "https://ops.example.com/", secretArn: "arn:aws:secretsmanager:x" }],
    post: () => Promise.reject(new Error("The test expects no request.")),
    now: () => new Date(0),
    log: recordingLog(),
  });
  const notification = {
    ...{ id: "i", kind: "alarm", incident: "alarm/x", phase: "opened", severity: "critical", target: "gone" },
    ...{ title: "t", happened: "h", done: [], left: [], occurredAt: "2027-03-20T18:00:00.000Z" },
  };

  for (const [what, wrong] of Object.entries({
    "of a target that is no more": notification,
    "that is invalid": {},
  })) {
    it(`is sent no notification ${what}, and no other try is made`, async () => {
      const error = await send({ version: 1, notification: wrong } as never, undefined as never).catch(
        (thrown: Error) => thrown,
      );
      expect(error).to.include({ message: "The notification is invalid, or of a target that is no more." });
      expect((error as Error).name).to.match(/WebhookRefused$/);
    });
  }
});
