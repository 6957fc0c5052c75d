import { expect } from "chai";

/** Counts outcomes, so that a test cannot pass by refusing everything at the door. */
export class Tally {
  private readonly counts = new Map<string, number>();
  private total = 0;

  add(outcome: string | number): void {
    this.total += 1;
    this.counts.set(String(outcome), (this.counts.get(String(outcome)) ?? 0) + 1);
  }

  /** Expects each outcome to have had a share of all cases, unless there were too few to tell; a long run prints them. */
  expectShares(least: number, outcomes: readonly (string | number)[]): void {
    if (process.env.FUZZ_CASES) console.log(`      ${this.describe()}`);
    if (this.total < 300) return;
    for (const outcome of outcomes) {
      const share = (this.counts.get(String(outcome)) ?? 0) / this.total;
      expect(share, `the share of ${outcome} in ${this.describe()}`).to.be.at.least(least);
    }
  }

  private describe(): string {
    const sorted = [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1));
    return `${this.total} cases (${sorted.map(([outcome, count]) => `${outcome}: ${count}`).join(", ")})`;
  }
}
