import { expect } from "chai";
import { hasEnded, type StreamStatus, transition } from "../../contracts";
import type { StreamAttempt } from "../../testing";
import type { World } from "../matrix/world";

/** The statuses that each attempt has come through, by stream and attempt. */
export type Histories = ReadonlyMap<string, readonly StreamStatus[]>;

/** Holds what has to be so at every moment against the table. @returns the histories, for the next look. */
export async function expectInvariants(world: World, before: Histories): Promise<Histories> {
  expect(world.watch.doubles, "double starts").to.deep.equal([]);
  const attempts = await world.local.streams.all();
  const histories = new Map(attempts.map((item) => [nameOf(item), item.history.map(({ status }) => status)]));
  for (const item of attempts) {
    const statuses = histories.get(nameOf(item)) ?? [];
    expect(statuses.at(-1), `the last entry of ${nameOf(item)}`).to.equal(item.status);
    expectLegal(nameOf(item), statuses);
    const then = before.get(nameOf(item)) ?? [];
    expect(statuses.slice(0, then.length), `what ${nameOf(item)} was before`).to.deep.equal(then);
  }
  const latest = new Map(attempts.map(({ streamId }) => [streamId, 0]));
  for (const { streamId, attempt } of attempts)
    latest.set(streamId, Math.max(latest.get(streamId) ?? 0, attempt));
  const active = attempts.filter(
    ({ streamId, attempt, status }) => attempt < (latest.get(streamId) ?? 0) && !hasEnded(status),
  );
  expect(active.map(nameOf), "attempts that are active beside a later one").to.deep.equal([]);
  return histories;
}

/** An attempt that was never persisted begins with its failure. */
function expectLegal(name: string, [first, ...rest]: readonly StreamStatus[]): void {
  expect(first, `the beginning of ${name}`).to.be.oneOf(["PROVISIONING", "FAILED"]);
  let from = first;
  for (const to of rest) {
    // A held start is ended by COMPLETE; else only the lifecycle's own transitions are legal.
    const isCancelled = from === "PROVISIONING" && to === "COMPLETE";
    if (from !== undefined && !isCancelled)
      expect(transition(from, to), `${name}: ${from} to ${to}`).to.equal("changed");
    from = to;
  }
}

function nameOf({ streamId, attempt }: Pick<StreamAttempt, "streamId" | "attempt">): string {
  return `${streamId}, attempt ${attempt}`;
}
