/** What is wrong with a definition. */
export class DefinitionError extends Error {
  /**
   * @param problems every problem, each naming the state it is in.
   * @param warnings what AWS accepts and fails on when a state is reached, as far as that was looked at.
   */
  constructor(
    readonly problems: readonly string[],
    readonly warnings: readonly string[] = [],
  ) {
    super(problems.join(" "));
    this.name = "DefinitionError";
  }
}

/** Collects problems under the name of what they are in. */
export class Problems {
  constructor(
    private readonly subject: string,
    readonly all: string[] = [],
  ) {}

  /** @returns a collector for something else that adds to the same list. */
  of(subject: string): Problems {
    return new Problems(subject, this.all);
  }

  add(problem: string): void {
    this.all.push(`${this.subject}: ${problem}`);
  }
}
