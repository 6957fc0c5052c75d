import { expect } from "chai";
import type { StreamNotification } from "../../contracts";
import { createComposeNotification, type NotificationSource } from "../../handlers/compose-notification";
import { composeNotification } from "../../handlers/shared/events/failure-report";
import { fakeClient, recordingLog } from "./support/fakes";
import { useTables } from "./support/tables";

const time = "2027-03-20T18:00:00Z";

describe("what a notification is made of", () => {
  const tables = useTables();

  function setUp({ refuses = false } = {}) {
    const sent: StreamNotification[] = [];
    let calls = 0;
    const compose = createComposeNotification({
      ...{ dynamodb: tables.dynamodb, tableName: tables.tableName, eventBusName: "streams" },
      events: fakeClient({
        PutEvents: ({ Entries }) => {
          calls += 1;
          if (refuses) return { FailedEntryCount: 1 };
          sent.push(...(Entries as { Detail: string }[]).map(({ Detail }) => JSON.parse(Detail)));
          return { FailedEntryCount: 0 };
        },
      }),
      targets: [
        {
          name: "ops",
          severities: ["info", "warning", "critical"],
          statuses: ["READY"],
          form: "notification",
        },
      ],
      log: recordingLog(),
    });
    const message = (Subject: string, Message: string, MessageId = "m-1") =>
      compose({ Records: [{ Sns: { Subject, Message, MessageId, Timestamp: time } }] } as NotificationSource);
    const event = (type: string, detail: object, id = "e-1") =>
      compose({ id, time, "detail-type": type, detail } as NotificationSource);
    const told = () => sent.map(({ incident, phase }) => `${incident} ${phase}`);
    return { message, event, told, calls: () => calls };
  }

  /** On-call's message about a failed attempt. */
  const failure = (left: string[], attempt = 1) => {
    const { subject, message } = composeNotification({
      ...{ streamId: "spring-launch", attempt, executionArn: "arn:aws:states:x" },
      ...{ failure: { state: "X", error: "E", cause: "c" }, done: [], left, errors: [] },
    });
    return [subject, message] as const;
  };
  const trouble = [
    "Stream spring-launch: it has no input",
    "Channel 1000001 has no input. It is attempt 1.",
  ] as const;
  const teardown = (status: "DONE" | "INCOMPLETE") => ({
    teardown: { status, executionArn: "arn:aws:states:t", startedAt: time, endedAt: time },
  });
  const succeeded = { status: "SUCCEEDED", input: JSON.stringify({ streamId: "spring-launch", attempt: 1 }) };
  const executionEnded = "Step Functions Execution Status Change";
  const progress = { streamId: "spring-launch", attempt: 1, status: "READY", occurredAt: time };
  const healthy = {
    streamId: "spring-launch",
    attempt: 1,
    channelId: "1000001",
    alerts: [],
    occurredAt: time,
  };

  it("is no message about something else, and no event of another type", async () => {
    const { message, event, calls } = setUp();
    await message("Hello", "World");
    await tables.putAttempt({ status: "READY" });
    await event("SomethingElse", progress);
    await event("StreamLifecycleProgressed", { ...progress, status: "NONSENSE" });
    expect(calls()).to.equal(0);
  });

  it("is no status that the stream has not had, and none that nobody is told of", async () => {
    const attempt = await tables.putAttempt({ status: "PROVISIONING" });
    const { event, calls } = setUp();
    await event("StreamLifecycleProgressed", progress);
    await event("StreamLifecycleProgressed", { ...progress, status: "PROVISIONING" });
    expect(calls()).to.equal(0);
    expect(attempt.history.map(({ status }) => status)).to.include("PROVISIONING");
    expect((await tables.attempts())[0]).to.not.have.property("notices");
  });

  it("is no trouble that goes on, and none of an attempt that there is not", async () => {
    const { message, event, told } = setUp();
    await event("StreamHealthChanged", { ...healthy, health: "OK" });
    expect(told()).to.deep.equal([]);
    await tables.putAttempt({ status: "READY" });
    await message(...trouble);
    await event("StreamHealthChanged", { ...healthy, health: "NO_INPUT" });
    await event("StreamHealthChanged", { health: "OK" });
    expect(told()).to.deep.equal(["spring-launch/1/channel opened"]);
    await event("StreamHealthChanged", { ...healthy, health: "OK" });
    expect(told().slice(1)).to.deep.equal(["spring-launch/1/channel resolved"]);
  });

  it("is the end of a failed attempt once its cleanup is done, not before", async () => {
    const { message, event, told } = setUp();
    await tables.putAttempt({ status: "FAILED", ...teardown("INCOMPLETE") });
    await message(...failure(["Stop channel 1."]));
    await event(executionEnded, succeeded);
    expect(told()).to.deep.equal(["spring-launch/1/failure opened"]);
    const [item] = await tables.attempts();
    await tables.putAttemptItem({ ...item, ...teardown("DONE") });
    for (const wrong of [{ ...succeeded, status: "FAILED" }, { ...succeeded, input: "no JSON" }, {}]) {
      await event(executionEnded, wrong);
    }
    // The end is that of the cleanup, whatever else is told meanwhile.
    await message(...trouble, "m-2");
    expect(told().slice(1)).to.deep.equal(["spring-launch/1/channel opened"]);
    await event(executionEnded, succeeded);
    await event(executionEnded, succeeded, "e-2");
    expect(told().slice(2)).to.deep.equal(["spring-launch/1/failure resolved"]);
  });

  it("is the end of a failed attempt also where the message comes after its cleanup", async () => {
    const { message, told } = setUp();
    await tables.putAttempt({ status: "FAILED", ...teardown("DONE") });
    await message(...failure(["Stop channel 1."]));
    expect(told()).to.deep.equal(["spring-launch/1/failure opened", "spring-launch/1/failure resolved"]);
  });

  it("makes no item of an attempt that was never stored, and needs no number", async () => {
    const { message, told } = setUp();
    await message(...failure([]));
    await message("Stream spring-launch: failed in X", "It failed.", "m-2");
    expect(told()).to.deep.equal(["spring-launch/1/failure told", "spring-launch/none/failure told"]);
    expect(await tables.attempts()).to.deep.equal([]);
  });

  it("is sent again where the bus did not take it", async () => {
    await tables.putAttempt({ status: "FAILED" });
    const refused = await setUp({ refuses: true })
      .message(...failure([]))
      .then(
        () => "",
        (error: Error) => error.message,
      );
    expect(refused).to.equal("EventBridge did not take 1 notifications. Try again.");
    const again = setUp();
    await again.message(...failure([]));
    expect(again.told()).to.deep.equal(["spring-launch/1/failure told"]);
  });
});
