import type { Steps } from "../runtime/steps";
import { giveBackLease, type LeaseTable, scanLeases } from "./leases";

/** What an execution may have leased. */
export interface Holdings {
  executionArn: string;
  /** What the workflow's cleanup could not do, in sentences. */
  leftovers: string[];
}

/**
 * Gives every lease of an execution back, unless its cleanup left something: no other attempt may get a channel that may
 * still be up.
 */
export async function giveBackLeases(
  table: LeaseTable,
  steps: Steps,
  { executionArn, leftovers }: Holdings,
): Promise<void> {
  if (leftovers.length > 0) {
    steps.left.push(...leftovers, "The channel stays leased until StreamTeardown has undone the rest.");
    return;
  }
  await steps.take("Channels may still be leased by this execution.", async () => {
    // Not by the pool: the channel may have left that since.
    for (const lease of await scanLeases(table, executionArn)) {
      if (await giveBackLease(table, lease.channelId, executionArn)) {
        steps.done.push(`The lease on channel ${lease.channelId} is given back.`);
      }
    }
  });
}
