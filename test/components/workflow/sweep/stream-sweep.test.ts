import { join } from "node:path";
import { expect } from "chai";
import type { StateMachineDefinition } from "../../../../components/workflow/shared/asl";
import { restoreAdvice } from "../../../../components/workflow/sweep/restore-expressions";
import type { SweepState } from "../../../../components/workflow/sweep/stream-sweep";
import { sweepLeaseSeconds, sweepStopSeconds } from "../../../../contracts/internal";
import { checkDefinition } from "../../../../local/wiring/check-definition";
import { validateDefinition } from "../../../support/asl-validator";
import {
  buildSweep,
  decide,
  reachable,
  settings,
  stateOf,
  statesOf,
  tasksOf,
} from "../../../support/definition";
import { itIsInOrder } from "../../../support/definition-suite";
import { evaluate } from "../../../support/jsonata";

/** With the state that stops channels. */
const definition = buildSweep();
const reporting = buildSweep({ stopUnowned: false });

/** What is done with each free channel. */
const channelOf = (sweep: StateMachineDefinition<SweepState>) =>
  stateOf(sweep, "CheckFreeChannels", "Map").ItemProcessor;
const channel = channelOf(definition);

const nothingStarted = { channelId: "1234567", startedAt: null, startIsSettled: false };
const up = ["STARTING", "RUNNING", "RECOVERING"];
const down = ["IDLE", "STOPPING", "CREATING", "UPDATING", "DELETED"];

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

  it("looks at each channel that the function names, be there none, one or several", async () => {
    const { Output, Next } = stateOf(definition, "SweepStreams", "Task");
    const { Items } = stateOf(definition, "CheckFreeChannels", "Map");
    expect(Next).to.equal("CheckFreeChannels");
    const other = { ...nothingStarted, channelId: "7654321" };
    for (const named of [[], [nothingStarted], [nothingStarted, other]]) {
      const result = { Payload: { freeChannels: named, unowned: [] } };
      const freeChannels = await evaluate((Output as { freeChannels: string }).freeChannels, {
        states: { result },
      });
      expect(await evaluate(Items, { states: { input: { freeChannels } } })).to.deep.equal(named);
    }
  });

  it("tells the function of its execution and of the pool", () => {
    const { Payload } = stateOf(definition, "SweepStreams", "Task").Arguments as { Payload: object };
    expect(Payload).to.have.all.keys("version", "execution", "channels");
    expect((Payload as { channels: unknown }).channels).to.deep.equal([
      { channelId: "1234567" },
      { channelId: "7654321", originDomainName: "origin.example.com", originPath: "/live" },
    ]);
  });

  it("gives every channel back that it leased, whatever it found and whatever failed", () => {
    const held = reachable(channel, ["ReadLeasedChannel"], ["ReturnFreeChannel", "LeaseFreeChannel"]);
    expect(held.has("FreeChannelChecked")).to.equal(false);
    for (const [name, { Catch = [] }] of tasksOf(channel)) {
      expect(Catch.at(-1)?.ErrorEquals, name).to.deep.equal(["States.ALL"]);
    }
    expect(stateOf(channel, "ReturnFreeChannel", "Task").Arguments).to.deep.include({
      TableName: "leases",
      ConditionExpression: "leasedBy = :me",
      ExpressionAttributeValues: { ":me": { S: "{% $states.context.Execution.Id %}" } },
    });
  });

  it("stops no channel that it has not leased", () => {
    const without = reachable(channel, ["ReadFreeChannel"], ["LeaseFreeChannel"]);
    expect([...without]).to.have.members(["ReadFreeChannel", "FreeChannelChecked"]);
  });

  it("reads again what it has leased, and reports nothing of what it saw before", () => {
    expect(stateOf(channel, "LeaseFreeChannel", "Task").Next).to.equal("ReadLeasedChannel");
    const [taken] = stateOf(channel, "LeaseFreeChannel", "Task").Catch ?? [];
    expect(taken).to.deep.equal({
      ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
      Assign: { report: null },
      Output: {},
      Next: "FreeChannelChecked",
    });
    expect(stateOf(channel, "ReadLeasedChannel", "Task").Assign).to.deep.include({ report: null });
  });

  for (const name of ["StopStartedChannel", "StopUnownedChannel"] as const) {
    it(`takes the lease again before ${name} where it may have expired`, async () => {
      const { Arguments, Catch = [] } = stateOf(channel, name, "Task");
      const { ChannelId } = Arguments as { ChannelId: string };
      const leased = (secondsAgo: number) =>
        evaluate(ChannelId, {
          channelId: "1234567",
          leasedAt: new Date(Date.now() - secondsAgo * 1000).toISOString(),
        });
      expect(await leased(sweepStopSeconds - 5)).to.equal("1234567");
      expect(await leased(sweepStopSeconds + 5).catch(() => "taken again")).to.equal("taken again");
      expect(Catch[0]).to.deep.equal({
        ErrorEquals: ["States.QueryEvaluationError"],
        Output: {},
        Next: "LeaseFreeChannel",
      });
    });

    it(`is done with all tries of ${name} a minute before the lease expires`, () => {
      const { TimeoutSeconds, Retry = [] } = stateOf(channel, name, "Task");
      const tries = Retry.flatMap(({ MaxAttempts = 3, IntervalSeconds = 1, BackoffRate = 2 }) =>
        Array.from({ length: MaxAttempts }, (_, index) => IntervalSeconds * BackoffRate ** index),
      );
      const seconds = (tries.length + 1) * Number(TimeoutSeconds) + tries.reduce((sum, one) => sum + one, 0);
      expect(tries).to.not.deep.equal([]);
      expect(sweepStopSeconds + seconds).to.be.at.most(sweepLeaseSeconds - 60);
    });
  }

  it("leases a channel that is up, or whose start is long ago, and no other", async () => {
    const { Output, Catch = [] } = stateOf(channel, "ReadFreeChannel", "Task");
    expect(Catch[0]).to.deep.include({
      ErrorEquals: ["States.QueryEvaluationError"],
      Next: "LeaseFreeChannel",
    });
    const next = (State: string, given = {}) =>
      evaluate(String(Output), {
        states: { result: { State }, input: { ...nothingStarted, ...given } },
      }).catch(() => "leased");
    const isDown = { channelId: "1234567", report: null, stopped: false };
    for (const state of up) expect(await next(state), state).to.equal("leased");
    for (const state of down) {
      expect(await next(state), state).to.deep.equal(isDown);
      expect(await next(state, { startIsSettled: true }), state).to.equal("leased");
    }
  });

  it("stops a leased channel that runs, and no other", async () => {
    const next = (state: string) =>
      decide(stateOf(channel, "DecideLeasedChannel", "Choice"), { ...nothingStarted, state });
    for (const state of up) expect(await next(state), state).to.equal("StopUnownedChannel");
    for (const state of down) expect(await next(state), state).to.equal("ReturnFreeChannel");
  });

  it("stops a channel that was started here, whether or not it stops those that others started", async () => {
    for (const sweep of [definition, reporting]) {
      const next = (state: string, startIsSettled = false) =>
        decide(stateOf(channelOf(sweep), "DecideLeasedChannel", "Choice"), {
          channelId: "1234567",
          startedAt: "2027-03-20T17:00:00.000Z",
          startIsSettled,
          state,
        });
      for (const state of up) {
        expect(await next(state), state).to.equal("StopStartedChannel");
        expect(await next(state, true), state).to.equal("StopStartedChannel");
      }
      expect(await next("IDLE")).to.equal("ReturnFreeChannel");
      expect(await next("IDLE", true)).to.equal("ForgetEncoderStart");
    }
  });

  it("keeps the record of a start while the channel cannot be stopped, and reports nothing yet", () => {
    const { Catch = [], Next } = stateOf(channel, "StopStartedChannel", "Task");
    expect(Next).to.equal("ForgetEncoderStart");
    expect(Catch[1]).to.deep.equal({
      ErrorEquals: ["MediaLive.ConflictException"],
      Output: {},
      Next: "ReturnFreeChannel",
    });
  });

  it("reports a channel that runs, one that cannot be read, and one that cannot be stopped", async () => {
    const data = {
      states: { input: nothingStarted, errorOutput: { Error: "MediaLive.X", Cause: "why" } },
      channelId: "1234567",
      state: "RUNNING",
    };
    const runs = stateOf(channel, "DecideLeasedChannel", "Choice").Choices.at(-1);
    const unread = stateOf(channel, "ReadFreeChannel", "Task").Catch?.at(-1);
    const unleased = stateOf(channel, "LeaseFreeChannel", "Task").Catch?.at(-1);
    const [lost] = stateOf(channel, "ReadLeasedChannel", "Task").Catch ?? [];
    const unstopped = stateOf(channel, "StopUnownedChannel", "Task").Catch?.at(-1);
    const late = stateOf(channel, "StopStartedChannel", "Task").Catch?.at(-1);
    const reports = [runs, unread, unleased, lost, unstopped, late].map((one) =>
      evaluate(String(one?.Assign?.report), data),
    );
    expect(await Promise.all(reports)).to.deep.equal([
      "Channel 1234567 was RUNNING and no stream has it; it is being stopped.",
      "Channel 1234567 cannot be read: MediaLive.X: why",
      "Channel 1234567 may run, and it could not be leased to find out whether a stream has it: MediaLive.X: why",
      "Channel 1234567 cannot be read: MediaLive.X: why",
      "Channel 1234567 is RUNNING, no stream has it, and it could not be stopped: MediaLive.X: why",
      "Channel 1234567 is RUNNING by a start that took effect late, and it could not be stopped: MediaLive.X: why",
    ]);
    const [leased] = stateOf(channel, "ReadFreeChannel", "Task").Catch ?? [];
    expect(leased?.Assign).to.deep.include({ report: null });
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

describe("StreamSweep, at a playback entry that may have come late", () => {
  const sweep = buildSweep({ playback: { ...settings.playback, formerDistributionIds: ["EFORMER"] } });
  const look = stateOf(sweep, "CheckLateEntries", "Map").ItemProcessor;
  const entry = {
    distributionId: "EFORMER",
    originId: "origin",
    cleanedAt: "2027-03-20T17:00:00.000Z",
    isSettled: false,
  };
  const settled = { ...entry, isSettled: true };
  const caught = (name: "ReadLateEntry" | "RemoveLateEntry", error: string) =>
    stateOf(look, name, "Task").Catch?.find(({ ErrorEquals }) => ErrorEquals.includes(error));
  const report = async (name: "ReadLateEntry" | "RemoveLateEntry", error: string) =>
    evaluate(String(caught(name, error)?.Assign?.report), {
      lateEntry: entry,
      states: { errorOutput: { Error: "Broken", Cause: "for now" } },
    });

  it("comes to none where the function names none, and looks at those that it names once", async () => {
    const state = stateOf(sweep, "DecidePlaybackCheck", "Choice");
    const playing = [{ attempt: 1 }];
    const rest = { lateEntries: [], playing: [], reports: [], problems: [] };
    expect(await decide(state, rest)).to.equal("SweepSucceeded");
    for (const found of [{ reports: ["A channel runs."] }, { problems: ["An item cannot be read."] }]) {
      expect(await decide(state, { ...rest, ...found })).to.equal("DecideReport");
    }
    expect(await decide(state, { ...rest, playing })).to.equal("CheckPlayingChannels");
    expect(await decide(state, { ...rest, lateEntries: [entry], playing })).to.equal("CheckLateEntries");
    const { Assign, Next } = stateOf(sweep, "CheckLateEntries", "Map");
    expect(Next).to.equal("DecidePlaybackCheck");
    expect(Assign?.lateEntries).to.deep.equal([]);
  });

  it("removes one that is there, and forgets one that is not once it is settled", async () => {
    const next = (lateEntry: object, origins: string[], tries = 0) =>
      decide(stateOf(look, "DecideLateEntry", "Choice"), {
        lateEntry,
        tries,
        states: { input: { DistributionConfig: { Origins: { Items: origins.map((Id) => ({ Id })) } } } },
      });
    expect(await next(entry, ["other", "origin"])).to.equal("RemoveLateEntry");
    expect(await next(entry, ["other"])).to.equal("LateEntryChecked");
    expect(await next(settled, ["other"])).to.equal("ForgetLateEntry");
    expect(await next(settled, ["origin"])).to.equal("RemoveLateEntry");
    expect(await next(settled, ["origin"], 10)).to.equal("LateEntryChecked");
    expect(stateOf(look, "RemoveLateEntry", "Task").Next).to.equal("ForgetLateEntry");
  });

  it("reads again where another update came first, and forgets a distribution that is gone", () => {
    expect(caught("RemoveLateEntry", "CloudFront.PreconditionFailedException")?.Next).to.equal(
      "WaitForLateEntry",
    );
    expect(stateOf(look, "WaitForLateEntry", "Wait").Next).to.equal("ReadLateEntry");
    expect(caught("ReadLateEntry", "CloudFront.NoSuchDistributionException")?.Next).to.equal(
      "ForgetLateEntry",
    );
  });

  it("reports what it cannot read or update, and tries again with the next sweep", async () => {
    for (const name of ["ReadLateEntry", "RemoveLateEntry"] as const) {
      expect(caught(name, "States.ALL")?.Next).to.equal("LateEntryChecked");
      expect(await report(name, "States.ALL")).to.equal(
        "A playback entry that was added after its cleanup may be in the distribution (EFORMER, origin origin): Broken: for now",
      );
    }
  });

  it("reports a distribution that is too large or not this deployment's until the entry is settled", async () => {
    for (const name of ["ReadLateEntry", "RemoveLateEntry"] as const) {
      expect(caught(name, "States.DataLimitExceeded")?.Next).to.equal("DecideLateEntryEnd");
      expect(await report(name, "States.DataLimitExceeded"))
        .to.include("256 KiB")
        .and.include("by hand");
    }
    const reach = stateOf(look, "DecideLateEntryReach", "Choice");
    const input = (distributionId: string) => ({ states: { input: { ...entry, distributionId } } });
    for (const id of ["EFORMER", settings.playback.distributionId]) {
      expect(await decide(reach, input(id)), id).to.equal("ReadLateEntry");
    }
    expect(await decide(reach, input("EOTHER"))).to.equal("DecideLateEntryEnd");
    expect(await evaluate(String(reach.Assign?.report), input("EOTHER")))
      .to.include("EOTHER")
      .and.include("playback.formerDistributionIds");
    const end = stateOf(look, "DecideLateEntryEnd", "Choice");
    expect(await decide(end, { lateEntry: entry })).to.equal("LateEntryChecked");
    expect(await decide(end, { lateEntry: settled })).to.equal("ForgetLateEntry");
  });

  it("fails for what is reported, and not for what was removed", async () => {
    const { Assign } = stateOf(sweep, "CheckLateEntries", "Map");
    const result = [
      { originId: "a", report: null, removed: true },
      { originId: "b", report: "One is there.", removed: false },
    ];
    const assigned = (name: string) =>
      evaluate(String(Assign?.[name]), { problems: ["Before."], states: { result } });
    expect(await assigned("problems")).to.deep.equal(["Before.", "One is there."]);
    expect(await assigned("removedEntries")).to.deep.equal(["a"]);
  });
});

describe("StreamSweep where it only reports", () => {
  const reported = channelOf(reporting);

  it("is valid, and has no state that stops a channel which others started", async () => {
    expect(validateDefinition(reporting)).to.deep.equal([]);
    expect(checkDefinition(reporting)).to.deep.equal([]);
    const without = statesOf(channel).filter(([name]) => name !== "StopUnownedChannel");
    expect(statesOf(reported).map(([name]) => name)).to.deep.equal(without.map(([name]) => name));
    expect([...reachable(reported, [reported.StartAt])]).to.have.length(without.length);
    const state = stateOf(reported, "DecideLeasedChannel", "Choice");
    expect(await decide(state, { ...nothingStarted, state: "RUNNING" })).to.equal("ReturnFreeChannel");
  });

  it("says how to end what it reports", async () => {
    const runs = stateOf(reported, "DecideLeasedChannel", "Choice").Choices.at(-1);
    const report = await evaluate(String(runs?.Assign?.report), { channelId: "1234567", state: "RUNNING" });
    expect(report).to.equal(
      "Channel 1234567 is RUNNING and no stream has it: stop it, or set encoder.stopUnowned.",
    );
  });
});

describe("StreamSweep where nothing updates the distribution", () => {
  const own = buildSweep({ playback: { ...settings.playback, update: "none" } });

  it("is valid, looks at the channels of streams that are up, and at no distribution", () => {
    expect(validateDefinition(own)).to.deep.equal([]);
    expect(checkDefinition(own)).to.deep.equal([]);
    expect(reachable(own, [own.StartAt]).has("CheckPlayingChannels")).to.equal(true);
    expect(JSON.stringify(own)).to.not.include("cloudfront");
  });
});
