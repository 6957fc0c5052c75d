import { join } from "node:path";
import { expect } from "chai";
import type { StateMachineDefinition } from "../../../../components/workflow/shared/asl";
import { restoreAdvice } from "../../../../components/workflow/sweep/restore-expressions";
import type { SweepState } from "../../../../components/workflow/sweep/stream-sweep";
import { checkDefinition } from "../../../../local/wiring/check-definition";
import { validateDefinition } from "../../../support/asl-validator";
import { buildSweep, decide, reachable, stateOf, statesOf, tasksOf } from "../../../support/definition";
import { itIsInOrder } from "../../../support/definition-suite";
import { evaluate } from "../../../support/jsonata";

/** With the state that stops channels. */
const definition = buildSweep();
const reporting = buildSweep({ stopUnowned: false });

/** What is done with each free channel. */
const channelOf = (sweep: StateMachineDefinition<SweepState>) =>
  stateOf(sweep, "CheckFreeChannels", "Map").ItemProcessor;
const channel = channelOf(definition);

describe("The definition of StreamSweep", () => {
  itIsInOrder(definition, join(__dirname, "stream-sweep.asl.json"));

  it("is over before the next sweep, which comes ten minutes later at the earliest", () => {
    expect(definition.TimeoutSeconds).to.be.below(600);
  });

  it("leaves time for the channels, however often the function has to be tried", () => {
    const { TimeoutSeconds, Retry = [] } = stateOf(definition, "SweepStreams", "Task");
    const tries = 1 + Retry.reduce((sum, { MaxAttempts = 3 }) => sum + MaxAttempts, 0);
    expect(tries * Number(TimeoutSeconds) + 60).to.be.below(definition.TimeoutSeconds ?? 0);
  });

  it("looks at each channel that the function leased, be there none, one or several", async () => {
    const { Output, Next } = stateOf(definition, "SweepStreams", "Task");
    const { Items } = stateOf(definition, "CheckFreeChannels", "Map");
    expect(Next).to.equal("CheckFreeChannels");
    for (const unowned of [[], ["1234567"], ["1234567", "7654321"]]) {
      const result = { Payload: { unowned } };
      const channelIds = await evaluate((Output as { channelIds: string }).channelIds, {
        states: { result },
      });
      expect(await evaluate(Items, { states: { input: { channelIds } } })).to.deep.equal(unowned);
    }
  });

  it("tells the function of its execution and of the pool", () => {
    const { Payload } = stateOf(definition, "SweepStreams", "Task").Arguments as { Payload: object };
    expect(Payload).to.have.all.keys("execution", "channels");
    expect((Payload as { channels: unknown }).channels).to.deep.equal([
      { channelId: "1234567" },
      { channelId: "7654321", originDomainName: "origin.example.com", originPath: "/live" },
    ]);
  });

  it("gives every channel back, whatever it found and whatever failed", () => {
    expect(reachable(channel, ["ReadFreeChannel"], ["ReturnFreeChannel"]).has("FreeChannelChecked")).to.equal(
      false,
    );
    for (const [name, { Catch = [], Next }] of tasksOf(channel)) {
      const [only, ...others] = Catch;
      expect(others, name).to.deep.equal([]);
      expect(only?.ErrorEquals, name).to.deep.equal(["States.ALL"]);
      expect(only?.Next, name).to.equal(name === "ReadFreeChannel" ? "ReturnFreeChannel" : Next);
    }
    expect(stateOf(channel, "ReturnFreeChannel", "Task").Arguments).to.deep.include({
      TableName: "leases",
      ConditionExpression: "leasedBy = :me",
      ExpressionAttributeValues: { ":me": { S: "{% $states.context.Execution.Id %}" } },
    });
  });

  it("stops a channel that runs, and no other", async () => {
    const next = (state: string) => decide(stateOf(channel, "DecideFreeChannel", "Choice"), { state });
    for (const state of ["STARTING", "RUNNING", "RECOVERING"]) {
      expect(await next(state), state).to.equal("StopUnownedChannel");
    }
    for (const state of ["IDLE", "STOPPING", "CREATING", "UPDATING", "DELETED"]) {
      expect(await next(state), state).to.equal("ReturnFreeChannel");
    }
  });

  it("reports a channel that runs, one that cannot be read, and one that cannot be stopped", async () => {
    const data = {
      states: { input: "1234567", errorOutput: { Error: "MediaLive.X", Cause: "why" } },
      channelId: "1234567",
      state: "RUNNING",
    };
    const [runs] = stateOf(channel, "DecideFreeChannel", "Choice").Choices;
    const [unread] = stateOf(channel, "ReadFreeChannel", "Task").Catch ?? [];
    const [unstopped] = stateOf(channel, "StopUnownedChannel", "Task").Catch ?? [];
    const reports = [runs, unread, unstopped].map((one) => evaluate(String(one?.Assign?.report), data));
    expect(await Promise.all(reports)).to.deep.equal([
      "Channel 1234567 was RUNNING and no stream has it; it is being stopped.",
      "Channel 1234567 cannot be read: MediaLive.X: why",
      "Channel 1234567 is RUNNING, no stream has it, and it could not be stopped: MediaLive.X: why",
    ]);
    expect(stateOf(channel, "ReadFreeChannel", "Task").Assign).to.deep.include({ report: null });
  });

  /** How a sweep ends, and with which cause. */
  async function endOf(result: readonly object[], problem: string | null = null, found = {}) {
    const { Assign: mapped } = stateOf(definition, "CheckFreeChannels", "Map");
    const { Assign: swept } = stateOf(definition, "SweepStreams", "Task");
    const data = {
      restored: [],
      lost: [],
      reports: await evaluate(String(mapped?.reports), { states: { result } }),
      problems: await evaluate(String(swept?.problems), { states: { result: { Payload: { problem } } } }),
      ...found,
    };
    const next = await decide(stateOf(definition, "DecideReport", "Choice"), data);
    const state = definition.States[next];
    if (state.Type !== "Fail") return [next];
    const error = state.Error.startsWith("{%") ? await evaluate(state.Error, data) : state.Error;
    return [error, await evaluate(state.Cause, data)];
  }

  it("fails, for the alarm, where there is any channel to report, and says all of it", async () => {
    const well = { report: null };
    expect(await endOf([])).to.deep.equal(["SweepSucceeded"]);
    expect(await endOf([well])).to.deep.equal(["SweepSucceeded"]);
    expect(await endOf([well, well])).to.deep.equal(["SweepSucceeded"]);
    expect(await endOf([{ report: "One." }])).to.deep.equal(["UnownedChannelFound", "One."]);
    expect(await endOf([well, { report: "Two." }, { report: "Three." }])).to.deep.equal([
      "UnownedChannelFound",
      "Two. Three.",
    ]);
  });

  it("fails where its function could not mend something, once the channels were looked at", async () => {
    const problem = "A lease could not be looked after.";
    expect(await endOf([], problem)).to.deep.equal(["SweepIncomplete", problem]);
    expect(await endOf([{ report: "One." }], problem)).to.deep.equal([
      "UnownedChannelFound",
      "One. A lease could not be looked after.",
    ]);
  });

  it("fails where a playback entry was missing, and says whether viewers get the stream again", async () => {
    expect(await endOf([], null, { restored: ["One was missing."] })).to.deep.equal([
      "PlaybackEntryRestored",
      `One was missing. ${restoreAdvice}`,
    ]);
    const both = { restored: ["One was missing."], lost: ["Two is missing."] };
    expect(await endOf([], "A problem.", both)).to.deep.equal([
      "PlaybackEntryMissing",
      `Two is missing. One was missing. ${restoreAdvice} A problem.`,
    ]);
    expect(await endOf([{ report: "A channel." }], null, both)).to.deep.equal([
      "UnownedChannelFound",
      "A channel. Two is missing. One was missing.",
    ]);
  });
});

describe("StreamSweep where it only reports", () => {
  const reported = channelOf(reporting);

  it("is valid, and has no state that stops a channel", async () => {
    expect(validateDefinition(reporting)).to.deep.equal([]);
    expect(checkDefinition(reporting)).to.deep.equal([]);
    expect(JSON.stringify(reporting)).to.not.contain("stopChannel");
    const without = statesOf(channel).filter(([name]) => name !== "StopUnownedChannel");
    expect(statesOf(reported).map(([name]) => name)).to.deep.equal(without.map(([name]) => name));
    expect([...reachable(reported, [reported.StartAt])]).to.have.length(without.length);
    expect(await decide(stateOf(reported, "DecideFreeChannel", "Choice"), { state: "RUNNING" })).to.equal(
      "ReturnFreeChannel",
    );
  });

  it("says how to end what it reports", async () => {
    const [runs] = stateOf(reported, "DecideFreeChannel", "Choice").Choices;
    const report = await evaluate(String(runs?.Assign?.report), { channelId: "1234567", state: "RUNNING" });
    expect(report).to.equal(
      "Channel 1234567 is RUNNING and no stream has it: stop it, or set encoder.stopUnowned.",
    );
  });
});
