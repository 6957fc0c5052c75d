import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * Turns of the event loop in which nothing may be under way before all is taken to be settled. Promises settle within one turn; code
 * that hops from turn to turn, such as a stream, comes back within a few.
 */
const quietTurns = 8;

/**
 * Counts what is under way outside of plain promises: requests, calls, deliveries. Whatever waits for a clock is not under way, since
 * it goes on only when time does.
 */
export class Activity {
  private readonly underWay = new Map<symbol, string>();
  private readonly sources = new Set<() => string | undefined>();

  /**
   * @param what names it in messages, such as `DynamoDB PutItem`.
   * @returns how to end it; ending it twice is harmless.
   */
  begin(what: string): () => void {
    const key = Symbol(what);
    this.underWay.set(key, what);
    return () => {
      this.underWay.delete(key);
    };
  }

  /** Counts a piece of work until it is done, well or not. */
  async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    const end = this.begin(what);
    try {
      return await work();
    } finally {
      end();
    }
  }

  /**
   * Adds something to ask whether it has anything under way, which it names, or not.
   * @returns how to take it out again.
   */
  watch(source: () => string | undefined): () => void {
    // One source may be watched several times over, and each of them ends on its own.
    const own = () => source();
    this.sources.add(own);
    return () => {
      this.sources.delete(own);
    };
  }

  /** What is under way now. */
  list(): string[] {
    const watched = [...this.sources].flatMap((source) => source() ?? []);
    return [...this.underWay.values(), ...watched];
  }

  /** Resolves once nothing is under way, and nothing more happens unless time passes or somebody asks for it. */
  async settled(): Promise<void> {
    for (let quiet = 0; quiet < quietTurns; ) {
      await nextTurn();
      quiet = this.isQuiet() ? quiet + 1 : 0;
    }
  }

  private isQuiet(): boolean {
    if (this.underWay.size > 0) return false;
    for (const source of this.sources) if (source() !== undefined) return false;
    return true;
  }
}
