import type { Authorization } from "../../local/iam";
import type { Graph } from "../../local/record/graph";
import { type Local, type LocalOptions, startLocal } from "../../testing";

/** What it is deployed with. */
export const guardedConfig = {
  channelIds: "4711",
  maxLiveHours: "1",
  // As short as it can be: what is granted for it has to be used as well.
  graceMinutes: "1",
  // The journeys announce on the bus as the local user.
  confirmationPrincipals: "arn:aws:iam::000000000000:user/local",
  onChannelLost: "restart",
};

/** A runtime with one channel for this project's program, and what it decided about permissions. */
export class Guarded {
  private constructor(
    readonly local: Local,
    readonly decisions: readonly Authorization[],
    private readonly onDecision: Set<() => void>,
  ) {}

  static async start(
    patch: (graph: Graph) => Graph = (graph) => graph,
    { config = {}, ...options }: Pick<LocalOptions, "unsupported" | "config"> = {},
  ): Promise<Guarded> {
    const decisions: Authorization[] = [];
    const onDecision = new Set<() => void>();
    const local = await startLocal("index.ts", {
      ...options,
      patch,
      config: { ...guardedConfig, ...config },
      listener: {
        onAuthorization: (authorization) => {
          decisions.push(authorization);
          for (const check of [...onDecision]) check();
        },
      },
    });
    return new Guarded(local, decisions, onDecision);
  }

  /** Those that were refused. */
  get denials(): Authorization[] {
    return this.decisions.filter(({ decision }) => decision !== "allowed");
  }

  /** Resolves once something was refused, and all that can happen without time passing has happened since. */
  async stuck(): Promise<void> {
    while (this.denials.length === 0) {
      await new Promise<void>((resolve) => {
        const check = () => {
          this.onDecision.delete(check);
          resolve();
        };
        this.onDecision.add(check);
      });
    }
    // The test's own requests settle with those of the program, and a few turns later.
    for (let round = 0; round < 5; round += 1) await this.local.settled();
  }

  async stop(): Promise<void> {
    this.local.faults.clear();
    // A database that is closed in the middle of a call takes the process with it.
    await this.local.settled();
    await this.local.stop();
  }
}
