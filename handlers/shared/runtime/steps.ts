import { describeError, namedError } from "./errors";
import type { Log } from "./lambda";

/** Steps of which each is tried whatever became of the others, and a record of how they went. */
export class Steps {
  /** What was done, in sentences. */
  readonly done: string[] = [];
  /** What is left to do because a step failed, in sentences. */
  readonly left: string[] = [];
  private readonly errors: unknown[] = [];

  constructor(private readonly log: Log) {}

  /**
   * Takes a step.
   *
   * @param otherwise what is left to do when it fails.
   * @returns what the step returned; undefined when it failed.
   */
  async take<T>(otherwise: string, step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      this.left.push(otherwise);
      this.errors.push(error);
      this.log.error("A step failed.", { left: otherwise, reason: describeError(error) });
      return undefined;
    }
  }

  /** Takes what is left to do, and why, over from other steps. */
  add({ left, errors }: Steps): void {
    this.left.push(...left);
    this.errors.push(...errors);
  }

  /** @returns every error, in one line each. */
  describeErrors(): string[] {
    return this.errors.map(describeError);
  }

  /** @returns what is left to do and every error, in one line; null when no step failed. */
  describeProblem(): string | null {
    return this.errors.length > 0 ? `${this.left.join(" ")} ${this.describeErrors().join("; ")}` : null;
  }

  /** @throws {Error} by this name, when a step failed. */
  throwIfIncomplete(name: string): void {
    const problem = this.describeProblem();
    if (problem !== null) throw namedError(name, problem, { cause: new AggregateError(this.errors) });
  }
}
