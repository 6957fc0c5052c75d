import { expect } from "chai";
import { useLocal } from "../support/use-local";

const channelId = "4711";
const orchestrator = "streams-StreamLifecycleOrchestrator";
const teardown = "streams-StreamTeardown";
const sweep = "streams-StreamSweep";

type When = "before" | "after";

// The matrix stops and redrives at every call: proof/matrix/journeys/redrives.ts.
describe("an execution that is stopped at a call, and redriven once others have the channel", () => {
  const local = useLocal({ config: { channelIds: channelId, stopUnowned: "true" } });
  const state = () => local.encoder.get(channelId).state;
  let streams = 0;

  /** Stops the executions of a machine at its first call of an action of MediaLive. @returns the one that was stopped. */
  async function stopAt(
    [machine, action, when]: readonly [string, "StartChannel" | "StopChannel", When],
    act: () => Promise<unknown>,
  ): Promise<string> {
    let stopped: string | undefined;
    const site = { service: "MediaLive", action, caller: machine, when } as const;
    const remove = local.faults.meanwhile(site, async () => {
      stopped = local.executions.of(machine).findLast(({ status }) => status === "RUNNING")?.arn;
      await local.executions.stop(String(stopped));
    });
    // Behind the stop: a call before which its execution was stopped is never made.
    const removeFailure = when === "before" ? local.faults.fail({ ...site, when }) : () => undefined;
    await act();
    remove();
    removeFailure();
    return String(stopped);
  }

  async function expectNothingLeft(): Promise<void> {
    await local.clock.advance({ minutes: 1 });
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await local.streams.played()).to.deep.equal([]);
    expect(local.executions.running()).to.deep.equal([]);
    expect(state()).to.equal("IDLE");
  }

  /** A stream that gets the channel meanwhile, and has to keep it. */
  async function redriveBesideOther(execution: string): Promise<void> {
    const streamId = `other-${++streams}`;
    await local.streams.makeReady(streamId);
    const entry = await local.streams.playback(streamId);
    const lease = await local.streams.lease(streamId);
    const before = local.faults.calls().length;
    await local.executions.redrive(execution);
    await local.clock.advance({ minutes: 11 });
    const actions = local.faults
      .calls()
      .slice(before)
      .map(({ action }) => action);
    expect(actions).to.not.include("StartChannel").and.not.include("StopChannel");
    expect(await local.streams.latest(streamId)).to.include({ status: "READY" });
    expect(await local.streams.playback(streamId)).to.deep.equal(entry);
    expect(await local.streams.lease(streamId)).to.deep.equal(lease);
    expect(state()).to.equal("RUNNING");
    await local.streams.end(streamId);
  }

  for (const when of ["before", "after"] as const) {
    it(`is an orchestration that starts nothing, stopped ${when} its StartChannel`, async () => {
      const stopped = await stopAt([orchestrator, "StartChannel", when], async () => {
        await local.streams.request(`started-${when}`);
        await local.clock.advance({ seconds: 1 });
      });
      await local.clock.advance({ minutes: 11 });
      await expectNothingLeft();
      await redriveBesideOther(stopped);
      await expectNothingLeft();
    });
  }

  it("is a teardown that stops nothing, stopped before its StopChannel", async () => {
    await local.streams.makeReady("torn-down");
    const stopped = await stopAt([teardown, "StopChannel", "before"], async () => {
      await local.streams.update("torn-down", "COMPLETE");
      await local.clock.advance({ seconds: 30 });
    });
    // A teardown that died is replaced after an hour.
    await local.clock.advance({ minutes: 81 });
    await expectNothingLeft();
    await redriveBesideOther(stopped);
    await expectNothingLeft();
  });

  for (const startedLate of [false, true]) {
    const state = startedLate ? "StopStartedChannel" : "StopUnownedChannel";
    it(`is a sweep that stops nothing, stopped before its StopChannel: ${state}`, async () => {
      local.encoder.setState(channelId, "RUNNING");
      if (startedLate) {
        const startedAt = { S: new Date(local.clock.now()).toISOString() };
        await local.runtime.services.DynamoDB.call("PutItem", {
          TableName: local.streams.program.leaseTableName,
          Item: { channelId: { S: `start/${channelId}` }, startedBy: { S: "arn:other" }, startedAt },
        });
      }
      const stopped = await stopAt([sweep, "StopChannel", "before"], async () => {
        await local.streams.sweep();
        await local.clock.advance({ seconds: 1 });
      });
      expect(local.executions.get(stopped)?.path.at(-1)).to.equal(state);
      // The lease of the stopped sweep counts for four minutes: the next sweep may still find it.
      await local.clock.advance({ minutes: 21 });
      await expectNothingLeft();
      await redriveBesideOther(stopped);
      await expectNothingLeft();
    });
  }

  it("starts its channel where it is redriven before anybody has noticed", async () => {
    local.faults.refuse({ target: "streams-recover-execution", forGood: true });
    const stopped = await stopAt([orchestrator, "StartChannel", "before"], async () => {
      await local.streams.request("unnoticed");
      await local.clock.advance({ seconds: 1 });
    });
    await local.executions.redrive(stopped);
    await local.streams.untilWaiting("unnoticed");
    expect(state()).to.equal("STARTING");
    await local.clock.advance({ seconds: 5 });
    await local.streams.confirm("unnoticed", "READY");
    await local.streams.end("unnoticed");
    await expectNothingLeft();
  });

  for (const [machine, status] of [
    [orchestrator, "FAILED"],
    [teardown, "COMPLETE"],
  ] as const) {
    it(`stops its channel where it is redriven before anybody has noticed: ${machine}`, async () => {
      const streamId = `unnoticed-${status}`.toLowerCase();
      await (status === "FAILED" ? local.streams.provision(streamId) : local.streams.makeReady(streamId));
      local.faults.refuse({ target: "streams-recover-execution", forGood: true });
      const stopped = await stopAt([machine, "StopChannel", "before"], async () => {
        await local.streams.update(streamId, status);
        await local.clock.advance({ seconds: 1 });
      });
      await local.executions.redrive(stopped);
      await local.clock.advance({ seconds: 10 });
      const { path } = local.executions.get(stopped) ?? {};
      expect(path?.filter((name) => name === "ConfirmLease")).to.have.lengthOf(2);
      expect(path).to.include("ForgetEncoderStart");
      await expectNothingLeft();
    });
  }

  for (const [state, call] of [
    ["PublishReadyNotification", { service: "EventBridge", action: "PutEvents" }],
    ["ScheduleLiveLimit", { service: "Scheduler", action: "CreateSchedule" }],
  ] as const) {
    it(`is an orchestration that neither announces READY nor schedules an end: ${state}`, async () => {
      const streamId = `ended-${state}`.toLowerCase();
      await local.streams.provision(streamId);
      local.faults.meanwhile({ ...call, caller: orchestrator, times: 1 }, async () => {
        await local.executions.stop(streamId);
        throw new Error("The call is not made.");
      });
      await local.streams.update(streamId, "READY");
      await local.clock.advance({ minutes: 21 });
      expect(local.executions.get(streamId)?.path.at(-1)).to.equal(state);
      expect(await local.streams.latest(streamId)).to.include({ status: "FAILED" });
      const toldReady = () => local.streams.told(streamId).filter((told) => told === "READY by orchestrator");
      const readyBefore = toldReady();
      const before = local.faults.calls().length;
      await local.executions.redrive(streamId);
      await expectNothingLeft();
      expect(toldReady()).to.deep.equal(readyBefore);
      const actions = local.faults.calls().slice(before);
      expect(actions.map(({ action }) => action)).to.not.include("CreateSchedule");
    });
  }

  it("ends with its attempt where it is redriven at once", async () => {
    const stopped = await stopAt([orchestrator, "StartChannel", "after"], async () => {
      await local.streams.request("at-once");
      await local.clock.advance({ seconds: 1 });
    });
    await local.executions.redrive(stopped);
    await local.clock.advance({ minutes: 21 });
    expect((await local.streams.latest("at-once")).status).to.equal("FAILED");
    await expectNothingLeft();
  });
});
