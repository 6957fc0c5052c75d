import { expect } from "chai";
import { useLocal } from "../support/use-local";

const distributionId = "E2QWRUHAPOMQZL";
const takeLock = {
  service: "DynamoDB",
  action: "UpdateItem",
  matches: (input: object) => JSON.stringify(input).includes("distribution/"),
} as const;

describe("the lock on the distribution", () => {
  const local = useLocal({ config: { channelIds: "1001", maxLiveHours: "0" } });

  /** Has a stream come and go by the state that takes the lock. @returns the states of the execution. */
  async function pass(streamId: string, state: string, machine: string): Promise<readonly string[]> {
    await local.clock.advance({ milliseconds: 601_000 - (local.clock.now() % 600_000) });
    if (state === "AcquireRemovalTurn" && machine === "StreamLifecycleOrchestrator") {
      await local.streams.provision(streamId);
      await local.streams.confirm(streamId, "FAILED");
      return local.executions.get(streamId)?.path ?? [];
    }
    await local.streams.makeReady(streamId);
    const { path = [] } = local.executions.get(streamId) ?? {};
    if (state === "AcquireRestoreTurn") {
      await local.clock.advance({ minutes: 2 });
      local.playback.setConfig(distributionId, {});
      await local.streams.sweep();
      await local.clock.advance({ minutes: 5 });
    }
    await local.streams.end(streamId);
    if (machine === "StreamLifecycleOrchestrator") return path;
    return (
      local.executions
        .of(`streams-${machine}`)
        .at(-1)
        ?.states.map(({ name }) => name) ?? []
    );
  }

  for (const [state, machine, nth] of [
    ["AcquireCapacityTurn", "StreamLifecycleOrchestrator", 1],
    ["AcquirePlaybackTurn", "StreamLifecycleOrchestrator", 2],
    ["AcquireRemovalTurn", "StreamLifecycleOrchestrator", 3],
    ["AcquireRemovalTurn", "StreamTeardown", 1],
    ["AcquireRestoreTurn", "StreamSweep", 1],
  ] as const) {
    const site = { ...takeLock, caller: `streams-${machine}`, nth };
    const others = {
      channelId: { S: `distribution/${distributionId}` },
      leasedBy: { S: "arn:aws:states:us-east-1:000000000000:execution:other:other_1" },
    };
    const put = (expiresAt: number) =>
      local.runtime.services.DynamoDB.call("PutItem", {
        TableName: local.streams.program.leaseTableName,
        Item: { ...others, expiresAt: { N: String(expiresAt) } },
      });

    for (const [what, isHeld, putFault] of [
      ["that nobody has", false, () => undefined],
      [
        "whose answer was lost",
        false,
        () => {
          local.faults.fail({ ...site, when: "after" });
        },
      ],
      [
        "of an execution that died",
        false,
        () => {
          local.faults.meanwhile(site, () => put(Math.floor(local.clock.now() / 1000) - 1));
        },
      ],
      [
        "that another has for some seconds",
        true,
        () => {
          local.faults.meanwhile(site, () => put(Math.floor(local.clock.now() / 1000) + 5));
        },
      ],
    ] as const) {
      it(`${isHeld ? "is waited for" : "is taken at once"}, ${what}: ${state} of ${machine}`, async () => {
        putFault();
        const path = await pass(`${what.split(" ").at(-1)}-${state}-${nth}`.toLowerCase(), state, machine);
        expect(path).to.include(state);
        expect(path.some((name) => /^WaitFor\w+Turn$/.test(name))).to.equal(isHeld);
        expect(await local.streams.leases()).to.deep.equal([]);
      });
    }
  }
});
