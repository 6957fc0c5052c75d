import type { Authorization } from "../../../local/iam";
import type { Graph } from "../../../local/record/graph";
import { startRuntime } from "../../../local/runtime";
import { Activity } from "../../../local/time/activity";
import { Journey } from "../../../test/journeys/support/journey";
import { Observations } from "../../../test/journeys/support/observations";
import { SteppedClock } from "../../../test/support/stepped-clock";

/** A runtime with one channel for this project's program, and what it decided about permissions. */
export class Guarded {
  readonly decisions: Authorization[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(
    readonly journey: Journey,
    readonly activity: Activity,
    decisions: Authorization[],
    onDecision: Set<() => void>,
  ) {
    this.decisions = decisions;
    this.waiting = onDecision;
  }

  static async start(patch: (graph: Graph) => Graph = (graph) => graph): Promise<Guarded> {
    const decisions: Authorization[] = [];
    const waiting = new Set<() => void>();
    const activity = new Activity();
    const clock = new SteppedClock(undefined, () => activity.settled());
    const observations = new Observations();
    const runtime = await startRuntime({
      ...{ program: "index.ts", stack: "dev", port: 0, awsPort: 0, patch, clock, activity },
      // The journeys announce on the bus as the local user.
      config: {
        channelIds: "4711",
        maxLiveHours: "1",
        confirmationPrincipals: "arn:aws:iam::000000000000:user/local",
      },
      auth: "off",
      listener: {
        onHistoryEvent: observations.onHistoryEvent,
        onBusEvent: observations.onBusEvent,
        onChannelState: observations.onChannelState,
        onNotification: observations.onNotification,
        onUndelivered: observations.onUndelivered,
        onLog: observations.onLog,
        onAuthorization: (authorization) => {
          decisions.push(authorization);
          for (const check of [...waiting]) check();
        },
      },
    });
    return new Guarded(new Journey(runtime, clock, observations), activity, decisions, waiting);
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
          this.waiting.delete(check);
          resolve();
        };
        this.waiting.add(check);
      });
    }
    // The test's own requests settle with those of the program, and a few turns later.
    for (let round = 0; round < 5; round += 1) await this.activity.settled();
  }

  async stop(): Promise<void> {
    // A database that is closed in the middle of a call takes the process with it.
    await this.activity.settled();
    this.journey.aws.destroy();
    await this.journey.runtime.stop();
  }
}
