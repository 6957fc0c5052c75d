import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { PendingWatch } from "./pending";
import { watchIntervals } from "./program-intervals";

/** A program waits for what can never happen, or for longer than anybody would wait. */
class StandstillError extends Error {
  /** Pulumi marks so the errors that are shown without a stack trace. */
  readonly __pulumiRunError = true;
}

/** For how many milliseconds a program may register nothing, by what still runs. */
export interface Patience {
  /** Nothing runs. A busy machine may leave a program without a turn for seconds. */
  readonly idleMs: number;
  /** Nothing but repeating timers runs. @default 30000 */
  readonly intervalMs?: number | undefined;
  /** Anything else runs: a child process, a connection, a timer. Building an image takes a minute or more. @default 120000 */
  readonly workMs?: number | undefined;
  /** Takes what the program waits for, once it has registered nothing for ten seconds. @default - nobody is told */
  readonly onWaiting?: ((message: string) => void) | undefined;
}

/** When the user is told what a program waits for. */
const tellAfterMs = 10_000;
/** How often the watch looks within the shortest patience. */
const looks = 20;

/** Notices that a program stands still. */
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
 * and tests keep it running. So the watch compares what keeps Node.js running with what did so before the program began. What a forgotten timer or
 * an open connection keeps running ends as well, later.
 *
 * @param registrations counts what the program has asked the engine for so far.
 * @param exported returns what the program exports, if it came so far.
 */
export function watchForStandstill(
  pending: PendingWatch,
  registrations: () => number,
  exported: () => unknown,
  { idleMs, intervalMs = 30_000, workMs = 120_000, onWaiting }: Patience,
): StandstillWatch {
  const before = running();
  const busy = () => countBeyond(before);
  const lookEveryMs = Math.min(idleMs, intervalMs, workMs) / looks;
  const progress = () => `${registrations()} ${pending.count()}`;
  let timer: NodeJS.Timeout | undefined;
  const reached = new Promise<never>((_, reject) => {
    let last = progress();
    /** How long nothing was registered, and for how long of that nothing but repeating timers ran. */
    const quiet = { all: 0, idle: 0 };
    const end = async (why: string) => {
      clearInterval(timer);
      reject(new StandstillError(describe(why, await pending.list(exported()))));
    };
    timer = setInterval(() => {
      const now = progress();
      const isQuiet = now === last;
      last = now;
      // The timer itself is one of what keeps Node.js running.
      const isIdle = isQuiet && busy() <= 1;
      quiet.idle = isIdle ? quiet.idle + lookEveryMs : 0;
      const wasTold = quiet.all >= tellAfterMs;
      quiet.all = isQuiet ? quiet.all + lookEveryMs : 0;
      if (quiet.idle >= (intervals.any ? intervalMs : idleMs)) {
        void end(intervals.any ? `Only repeating timers ran for ${seconds(intervalMs)}.${more}` : "");
      } else if (quiet.all >= workMs) {
        void end(`It has registered nothing for ${seconds(workMs)}.${more}`);
      } else if (!wasTold && quiet.all >= tellAfterMs && onWaiting) {
        void pending.list(exported()).then((list) => onWaiting(describeWait(list)));
      }
    }, lookEveryMs);
  });
  // The watch may end before anybody waits for it.
  reached.catch(() => undefined);
  // From here on, so that the timer above is none of them.
  const intervals = watchIntervals();
  return {
    reached,
    settled: async () => {
      let last = progress();
      for (let quietTurns = 0, turns = 0; quietTurns < 10 && turns < 10_000; turns += 1) {
        await nextTurn();
        const now = progress();
        quietTurns = now === last && busy() === 0 ? quietTurns + 1 : 0;
        last = now;
      }
    },
    idle: async () => {
      // The timer above is one of what keeps Node.js running, and so is that of a sleep.
      const deadline = performance.now() + idleMs;
      while (busy() > 1 && performance.now() < deadline) await sleep(lookEveryMs);
    },
    stop: () => {
      clearInterval(timer);
      intervals.stop();
    },
  };
}

/** @returns what keeps Node.js running and may settle a promise, by its kind. A listening server alone settles none. */
function running(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => kind !== "TCPServerWrap" && kind !== "Immediate");
}

/** Counts what runs beyond what ran before, each kind by itself: a closed connection must not hide a new timer. */
function countBeyond(before: readonly string[]): number {
  const rest = [...before];
  return running().filter((kind) => {
    const at = rest.indexOf(kind);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  }).length;
}

const more = " A program that needs longer gets it by --program-patience SECONDS (programPatienceSeconds).";

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} seconds`;
}

function describe(why: string, waiting: readonly string[]): string {
  const never =
    waiting.length > 0
      ? `these never resolve: ${waiting.join(", ")}.`
      : "a promise that it awaits never resolves.";
  return `The program waits for ever: ${never}${why && ` ${why}`}`;
}

function describeWait(waiting: readonly string[]): string {
  return `The program has registered nothing for ${seconds(tellAfterMs)}, and waits for ${waiting.join(", ") || "a promise"}.`;
}
