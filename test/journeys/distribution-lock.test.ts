import { expect } from "chai";
import { distributionLockId } from "../../contracts/internal";
import { useLocal } from "../support/use-local";
import { staleETag } from "./support/errors";
import { has } from "./support/has";
import { tasks } from "./support/tasks";

const distributionId = "E2QWRUHAPOMQZL";
const takeLock = {
  service: "DynamoDB",
  action: "UpdateItem",
  matches: has("distribution/"),
} as const;

/** The states that take the lock. */
const locks = Object.entries(tasks).flatMap(([machine, all]) =>
  all
    .filter(({ task: { Resource, Arguments } }) => {
      return Resource.endsWith(":updateItem") && JSON.stringify(Arguments).includes(distributionLockId(""));
    })
    .map(({ name }) => ({ state: name, machine })),
);

/** The states through which an execution comes back to the lock while another has it: it says what it wants, and looks whether that was done. */
const waits: { readonly [state: string]: readonly string[] } = {
  AcquirePlaybackTurn: [
    ...["DecidePlaybackTurn", "RequestPlaybackEntry", "WaitForPlaybackTurn", "ReadPlaybackRequest"],
    "AcquirePlaybackTurn",
  ],
  AcquireRemovalTurn: [
    ...["DecideRemovalTurn", "RequestPlaybackRemoval", "WaitForRemovalTurn", "ReadPlaybackRemoval"],
    "AcquireRemovalTurn",
  ],
  AcquireRestoreTurn: ["DecideRestoreTurn", "WaitForRestoreTurn", "AcquireRestoreTurn"],
};

describe("the lock on the distribution", () => {
  const local = useLocal({ config: { channelIds: "1001", maxLiveHours: "0" } });

  /** Plays a stream whose execution takes the lock in a state. @returns the execution's states. */
  async function pass(streamId: string, state: string, machine: string): Promise<readonly string[]> {
    await local.clock.advance({ milliseconds: 601_000 - (local.clock.now() % 600_000) });
    // An attempt that is alone takes the lock once its first update has come too late.
    if (state === "AcquirePlaybackTurn") {
      local.faults.fail({ service: "CloudFront", action: "UpdateDistribution", error: staleETag, times: 1 });
    }
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

  it("is taken by a state of each workflow that changes the distribution", () => {
    expect(locks.map(({ state, machine }) => `${state} of ${machine}`)).to.have.members([
      "AcquirePlaybackTurn of StreamLifecycleOrchestrator",
      "AcquireRemovalTurn of StreamLifecycleOrchestrator",
      "AcquireRemovalTurn of StreamTeardown",
      "AcquireRestoreTurn of StreamSweep",
    ]);
  });

  for (const { state, machine } of locks) {
    const site = { ...takeLock, caller: `streams-${machine}`, nth: 1 };
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
        const path = await pass(
          `${what.split(" ").at(-1)}-${state}-${machine}`.toLowerCase(),
          state,
          machine,
        );
        expect(path).to.include(state);
        const next = path.slice(path.indexOf(state) + 1);
        const wait = waits[state] ?? [];
        if (isHeld) expect(next.slice(0, wait.length)).to.deep.equal(wait);
        else expect(path).to.not.include(wait[0]);
        expect(await local.streams.leases()).to.deep.equal([]);
      });
    }
  }
});
