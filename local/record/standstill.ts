import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

/** A promise as Pulumi labels it: `resource:name[type]` for a registration. */
interface Labelled {
  readonly _debugCtx?: string;
}

/** A program waits for what can never happen. */
class StandstillError extends Error {
  /** Pulumi marks so the errors that are shown without a stack trace. */
  readonly __pulumiRunError = true;
}

/** How long nothing may happen: a busy machine may leave a program without a turn for seconds. */
const defaultPatienceMs = 5000;
/** How often the watch looks within that time. */
const looks = 20;

/** Notices that a program waits for what can never happen. */
export interface StandstillWatch {
  /** Rejects with what the program waits for. */
  readonly reached: Promise<never>;
  /** Resolves once nothing happens any more; at the latest after some seconds. */
  settled(): Promise<void>;
  /** Resolves once nothing keeps Node.js running on the program's behalf, such as a timer in an `apply`; at the latest after the patience. */
  idle(): Promise<void>;
  stop(): void;
}

/**
 * Watches a program that is being recorded. With `pulumi up`, Node.js ends when nothing is left that could settle a promise; in this process servers
 * and tests keep it running. So the watch compares what keeps Node.js running with what did so before the program began.
 *
 * @param load loads the program's own copy of Pulumi.
 * @param registrations counts what the program has asked the engine for so far.
 * @param patienceMs how long nothing may happen.
 */
export function watchForStandstill(
  load: NodeJS.Require,
  registrations: () => number,
  patienceMs = defaultPatienceMs,
): StandstillWatch {
  const { getStore } = load("@pulumi/pulumi/runtime/state") as {
    getStore(): { leakCandidates: ReadonlySet<Labelled> };
  };
  const before = busy();
  const lookEveryMs = patienceMs / looks;
  const progress = () => `${registrations()} ${getStore().leakCandidates.size}`;
  let timer: NodeJS.Timeout | undefined;
  const reached = new Promise<never>((_, reject) => {
    let last = progress();
    let idleMs = 0;
    timer = setInterval(() => {
      const now = progress();
      // The timer itself is one of what keeps Node.js running.
      const isIdle = now === last && busy() <= before + 1;
      last = now;
      idleMs = isIdle ? idleMs + lookEveryMs : 0;
      if (idleMs >= patienceMs) reject(new StandstillError(describe([...getStore().leakCandidates])));
    }, lookEveryMs);
  });
  // The watch may end before anybody waits for it.
  reached.catch(() => undefined);
  return {
    reached,
    settled: async () => {
      let last = progress();
      for (let quietTurns = 0, turns = 0; quietTurns < 10 && turns < 10_000; turns += 1) {
        await nextTurn();
        const now = progress();
        quietTurns = now === last && busy() <= before ? quietTurns + 1 : 0;
        last = now;
      }
    },
    idle: async () => {
      // The timer above is one of what keeps Node.js running, and so is that of a sleep.
      const deadline = performance.now() + patienceMs;
      while (busy() > before + 1 && performance.now() < deadline) await sleep(lookEveryMs);
    },
    stop: () => clearInterval(timer),
  };
}

/** Counts what keeps Node.js running and may settle a promise. A listening server alone settles none. */
function busy(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind !== "TCPServerWrap" && kind !== "Immediate")
    .length;
}

function describe(pending: readonly Labelled[]): string {
  const resources = pending.flatMap(({ _debugCtx: label = "" }) => {
    const [, name, type] = /^resource:(.+)\[([^\]]+)\]$/.exec(label) ?? [];
    return name && type ? [`'${name}' of type ${type}`] : [];
  });
  const waiting = [...new Set(resources)];
  return waiting.length > 0
    ? `The program waits for ever: an input, a parent or a dependsOn of these resources never resolves: ${waiting.join(", ")}.`
    : "The program waits for ever: a promise that it awaits, or one of its stack outputs, never resolves.";
}
