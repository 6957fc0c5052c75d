import { expect } from "chai";
import { unknownHealth } from "../../handlers/shared/health/health";
import { type ChannelEvent, createTrackHealth } from "../../handlers/track-health";
import { awsError, type Call, fakeBus, fakeClient, recordingLog } from "./support/fakes";
import { useTables } from "./support/tables";

const channel_arn = "arn:aws:medialive:eu-west-1:111122223333:channel:1000001";
const time = "2027-03-20T18:00:00Z";

describe("the tracking of a channel's health", () => {
  const tables = useTables();

  function setUp({ startExecution = (): unknown => ({}), sendTaskSuccess = (): unknown => ({}) } = {}) {
    const calls: Call[] = [];
    const bus = fakeBus();
    const track = createTrackHealth({
      ...bus,
      ...{ dynamodb: tables.dynamodb, tableName: tables.tableName, leaseTableName: tables.leaseTableName },
      sfn: fakeClient({ StartExecution: startExecution, SendTaskSuccess: sendTaskSuccess }, calls),
      healthStateMachineArn: "health",
      alertMinutes: 5,
      noInputMinutes: 30,
      log: recordingLog(),
    });
    const tell = (detailType: string, detail: object, more: Partial<ChannelEvent> = {}) =>
      track({
        ...{ version: "0", id: "e-1", source: "aws.medialive", account: "1", region: "eu-west-1", time },
        ...{ resources: [channel_arn], "detail-type": `MediaLive Channel ${detailType}` },
        detail: { channel_arn, ...detail },
        ...more,
      });
    const started = () =>
      calls
        .filter(({ action }) => action === "StartExecution")
        .map(({ input }) => [input.name, JSON.parse(String(input.input))]);
    return { tell, bus, calls, started };
  }

  const up = async () => {
    await tables.putAttempt({ status: "READY" });
    await tables.putLease({});
  };
  const of = { streamId: "spring-launch", attempt: 1, channelId: "1000001" };
  const stopped = { state: "STOPPED", pipelines_running_count: 0 };

  it("announces a channel that stops, and has StreamHealth look", async () => {
    await up();
    const { tell, bus, started } = setUp();
    await tell("State Change", stopped);
    expect(started()).to.deep.equal([["e-1-loss", { ...of, kind: "loss" }]]);
    expect(bus.types).to.deep.equal(["StreamHealthChanged"]);
    expect(bus.details[0]).to.deep.include({ ...of, health: "CHANNEL_DOWN", alerts: [] });
    expect((await tables.attempts())[0]).to.have.nested.property("health.status", "CHANNEL_DOWN");
    expect((await tables.attempts())[0]).to.include({ status: "READY" });
  });

  it("starts no look at the channel of an attempt that has ended, whatever its health was", async () => {
    const at = new Date(time).toISOString();
    await tables.putAttempt({
      status: "FAILED",
      health: { ...unknownHealth, status: "CHANNEL_DOWN", channelState: "STOPPED", channelStateAt: at },
    });
    await tables.putLease({});
    const { tell, bus, started } = setUp();
    await tell("State Change", stopped);
    expect(started()).to.deep.equal([]);
    expect(bus.details).to.deep.equal([]);
  });

  it("starts one look for an event that is delivered again, also where the first start failed", async () => {
    await up();
    const failing = setUp({
      startExecution: () => {
        throw awsError("ThrottlingException");
      },
    });
    expect(await failing.tell("State Change", stopped).catch(({ name }: Error) => name)).to.equal(
      "ThrottlingException",
    );
    const again = setUp();
    await again.tell("State Change", stopped);
    expect(again.started()).to.have.lengthOf(1);
    expect(again.bus.details).to.deep.equal([]);
    const closed = setUp({
      startExecution: () => {
        throw awsError("ExecutionAlreadyExists");
      },
    });
    await closed.tell("State Change", stopped);
  });

  it("has a trouble looked at when it may have lasted, once for each", async () => {
    await up();
    const { tell, started } = setUp();
    const alert = { alarm_state: "SET", alarm_id: "a", alert_type: "Video Not Detected", pipeline: "0" };
    await tell("Alert", alert);
    await tell(
      "Alert",
      { ...alert, alarm_id: "b", alert_type: "Audio Not Detected" },
      { id: "e-2", time: "2027-03-20T18:01:00Z" },
    );
    const since = "2027-03-20T18:00:00.000Z";
    expect(started()).to.deep.equal([
      ["e-1-alert", { ...of, kind: "alert", since, minutes: 5 }],
      ["e-1-noInput", { ...of, kind: "noInput", since, minutes: 30 }],
    ]);
  });

  it("sees no loss where one pipeline stops and the other runs", async () => {
    await up();
    const { tell, started, bus } = setUp();
    await tell("State Change", { state: "STOPPED", pipeline: "0", pipelines_running_count: 1 });
    expect({ started: started(), told: bus.details }).to.deep.equal({ started: [], told: [] });
  });

  it("wakes StreamReadiness when the channel runs, and notes since when", async () => {
    await tables.putAttempt({ readinessToken: "token" });
    await tables.putLease({});
    const { tell, calls } = setUp();
    await tell("State Change", { state: "RUNNING", pipelines_running_count: 1 });
    expect(calls).to.deep.equal([{ action: "SendTaskSuccess", input: { taskToken: "token", output: "{}" } }]);
    expect((await tables.attempts())[0]).to.include({ runningAt: "2027-03-20T18:00:00.000Z" });
    await tell("State Change", stopped, { time: "2027-03-20T18:00:05Z" });
    expect((await tables.attempts())[0]).to.not.have.property("runningAt");
  });

  it("goes on where StreamReadiness does not wait any more, and is delivered again where it cannot be told", async () => {
    await tables.putAttempt({ readinessToken: "token" });
    await tables.putLease({});
    const running = { state: "RUNNING", pipelines_running_count: 1 };
    const fail = (name: string) => () => {
      throw awsError(name);
    };
    for (const name of ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"]) {
      await setUp({ sendTaskSuccess: fail(name) }).tell("State Change", running);
    }
    const throttled = setUp({ sendTaskSuccess: fail("ThrottlingException") });
    const problem = await throttled.tell("State Change", running).catch(({ message }: Error) => message);
    expect(problem).to.equal("StreamReadiness could not be told that the channel runs.");
  });

  it("is not misled by an event that an earlier one overtook, and looks once however often a loss is told", async () => {
    await up();
    const { tell, started } = setUp();
    await tell("State Change", stopped);
    await tell("State Change", stopped, { id: "e-2", time: "2027-03-20T18:00:05Z" });
    await tell("State Change", { state: "RUNNING" }, { id: "e-3", time: "2027-03-20T17:59:59Z" });
    expect(started().map(([name]) => name)).to.deep.equal(["e-1-loss"]);
    expect((await tables.attempts())[0]).to.have.nested.property("health.status", "CHANNEL_DOWN");
  });

  it("knows no alert any more of a channel that stops", async () => {
    await up();
    const { tell } = setUp();
    const alert = { alarm_state: "SET", alarm_id: "a", alert_type: "Audio Not Detected", pipeline: "0" };
    await tell("Alert", alert);
    await tell("State Change", stopped, { time: "2027-03-20T18:00:05Z" });
    await tell("State Change", { state: "RUNNING" }, { time: "2027-03-20T18:00:10Z" });
    expect((await tables.attempts())[0]?.health).to.deep.include({ status: "OK", alerts: {} });
  });

  it("writes the input that a pipeline reads, once for each switch", async () => {
    await up();
    const { tell } = setUp();
    const input = { active_input_attachment_name: "backup", pipeline: "0" };
    await tell("Input Change", input);
    await tell("Input Change", input, { time: "2027-03-20T18:00:05Z" });
    const [attempt] = await tables.attempts();
    expect(attempt).to.have.nested.property("health.activeInputs.0", "backup");
    expect(attempt).to.have.property("healthVersion", 1);
  });

  const passedOver: { readonly [what: string]: () => Promise<unknown> } = {
    "of a channel that no stream has": async () => {
      await tables.putAttempt({ status: "READY" });
      await setUp().tell("State Change", stopped);
    },
    "of a time before the stream had the channel": async () => {
      await up();
      await setUp().tell("State Change", stopped, { time: "2027-03-20T16:59:59Z" });
    },
    "of a channel that a sweep looks at": async () => {
      await tables.putLeaseItem({
        channelId: "1000001",
        leasedBy: "sweep",
        leasedAt: "2027-03-20T17:00:00Z",
        purpose: "sweep",
      });
      await setUp().tell("State Change", stopped);
    },
    "of a channel that the stream's own cleanup stops": async () => {
      await tables.putAttempt({});
      await tables.putLease({ stoppedAt: "2027-03-20T17:59:59.000Z" });
      await setUp().tell("State Change", stopped);
    },
    "of a stream that has ended": async () => {
      await tables.putAttempt({ status: "COMPLETE" });
      await tables.putLease({});
      await setUp().tell("State Change", stopped);
    },
    "of another source": async () => {
      await up();
      await setUp().tell("State Change", stopped, { source: "com.example" });
    },
    "with a time that is none": async () => {
      await up();
      await setUp().tell("State Change", stopped, { time: "yesterday" });
    },
    "with members of the wrong type": async () => {
      await up();
      const { tell } = setUp();
      for (const detail of [
        null,
        {},
        { channel_arn: 1 },
        { channel_arn, state: {} },
        { channel_arn: "x:1000001", state: "STOPPED" },
      ]) {
        await tell("State Change", {}, { detail });
      }
      await tell("Alert", { alarm_state: "ON", alarm_id: "a", alert_type: "x" });
    },
  };
  for (const [what, deliver] of Object.entries(passedOver)) {
    it(`passes over an event ${what}`, async () => {
      await deliver();
      for (const attempt of await tables.attempts()) expect(attempt).to.not.have.property("health");
    });
  }
});
