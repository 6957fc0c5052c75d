import { expect } from "chai";
import type { CallSite } from "../../local/faults/faults";
import type { LocalExecution } from "../../testing";
import { useLocal } from "../support/use-local";

const channelId = "1001";
const distributionId = "E2QWRUHAPOMQZL";

/** Every call that a state machine makes. */
const calls = [
  ["CloudFront", ["GetDistributionConfig", "UpdateDistribution"]],
  ["DynamoDB", ["DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"]],
  ["EventBridge", ["PutEvents"]],
  ["Lambda", ["Invoke"]],
  ["MediaLive", ["DescribeChannel", "StartChannel", "StopChannel"]],
  ["SNS", ["Publish"]],
  ["Scheduler", ["CreateSchedule", "DeleteSchedule"]],
  ["StepFunctions", ["DescribeExecution"]],
] as const satisfies readonly (readonly [CallSite["service"], readonly string[]])[];

const states = {
  StreamLifecycleOrchestrator: [
    "ValidateProvisionRequest",
    "PersistProvisionRequest",
    "EmitProvisionRequestedEvent",
    "HoldUntilLeadTime",
    "LeaseHeldChannel",
    "AcquireCapacityTurn",
    "ReservePlaybackPlace",
    "ReadPlaybackPlaces",
    "ReadPlaybackCapacity",
    "ReleaseCapacityTurn",
    "ReadChannelState",
    "ClaimEncoderChannel",
    "ConfirmEncoderLease",
    "ProvisionEncoderInfrastructure",
    "AcquirePlaybackTurn",
    "ReadPlaybackConfiguration",
    "ConfigurePlaybackEndpoints",
    "ReleasePlaybackTurn",
    "AwaitLifecycleConfirmation",
    "CloseConfirmation",
    "PublishReadyNotification",
    "ScheduleLiveLimit",
    "RecordCompletion",
    "AcquireRemovalTurn",
    "ReadPlaybackEntry",
    "RemovePlaybackEntry",
    "ReleaseRemovalTurn",
    "ReturnPlaybackPlace",
    "ConfirmLease",
    "StopEncoderChannel",
    "ForgetEncoderStart",
    "HandleProvisionFailure",
  ],
  StreamTeardown: [
    "FindAttempt",
    "EndOverdueStream",
    "AnnounceOverdueEnd",
    "RecordOverdueEnd",
    "NotifyOverdueEnd",
    "ReadOrchestration",
    "MarkLease",
    "RecordGrace",
    "BeginTeardown",
    "AcquireRemovalTurn",
    "ReadPlaybackEntry",
    "RemovePlaybackEntry",
    "ReleaseRemovalTurn",
    "ConfirmLease",
    "StopEncoderChannel",
    "ForgetEncoderStart",
    "DeleteLiveLimit",
    "ReturnLease",
    "RecordTeardown",
  ],
  StreamSweep: [
    "SweepStreams",
    "ReadFreeChannel",
    "LeaseFreeChannel",
    "ReadLeasedChannel",
    "StopUnownedChannel",
    "ReturnFreeChannel",
    "ReadPlaybackEntries",
    "AcquireRestoreTurn",
    "ClaimMissingEntry",
    "ReadMissingEntries",
    "RestorePlaybackEntries",
    "ReleaseRestoreTurn",
  ],
};

/** @returns the states that made their call again after it had failed. */
function triedAgain({ history = [] }: LocalExecution): string[] {
  const found: string[] = [];
  let state = "";
  for (const [index, event] of history.entries()) {
    if (event.type === "TaskStateEntered") {
      state = String((event.stateEnteredEventDetails as { name?: string } | undefined)?.name);
    }
    const isFailure = /^Task(?:Submit)?Failed$|^LambdaFunctionFailed$/.test(event.type);
    if (isFailure && history[index + 1]?.type === "TaskScheduled") found.push(state);
  }
  return found;
}

describe("a Task whose call is throttled each first time", () => {
  const local = useLocal({
    config: {
      ...{ channelIds: channelId, leadTimeMinutes: "30", maxLiveHours: "2", graceMinutes: "10" },
      ...{ stopUnowned: "true", cacheBehaviorQuota: "1" },
    },
  });
  const seen = new Map<string, readonly string[]>();

  before(async () => {
    for (const machine of Object.keys(states)) {
      for (const [service, actions] of calls) {
        for (const action of actions) {
          let count = 0;
          const matches = () => count++ % 2 === 0;
          const site = { service, action, caller: `streams-${machine}`, matches, times: Infinity } as const;
          local.faults.fail({ ...site, error: "throttle" });
        }
      }
    }
    const startTime = new Date(local.clock.now() + 3_600_000).toISOString();
    await local.streams.request("unconfirmed", { startTime });
    await local.clock.advance({ hours: 1, minutes: 30 });
    // It got neither READY nor FAILED. The next one loses its entry, and nobody ends it; one more has no place meanwhile.
    await local.streams.makeReady("overdue");
    await local.clock.advance({ minutes: 5 });
    local.playback.setConfig(distributionId, {});
    await local.clock.advance({ hours: 2, minutes: 10 });
    await local.streams.makeReady("ended");
    await local.streams.update("ended", "COMPLETE");
    await local.clock.advance({ minutes: 20 });
    const { config } = await local.playback.get(distributionId);
    const behavior = config.DefaultCacheBehavior as object;
    const Items = [{ ...behavior, PathPattern: "/others/*" }];
    local.playback.setConfig(distributionId, { ...config, CacheBehaviors: { Quantity: 1, Items } });
    await local.streams.request("no-place");
    local.encoder.setState(channelId, "RUNNING");
    await local.clock.advance({ minutes: 20 });
    for (const machine of Object.keys(states)) {
      seen.set(machine, local.executions.of(`streams-${machine}`).flatMap(triedAgain));
    }
  });

  for (const [machine, names] of Object.entries(states)) {
    for (const state of names) {
      it(`is tried again: ${state} of ${machine}`, () => {
        expect(seen.get(machine)).to.include(state);
      });
    }
  }
});
