import { expect } from "chai";
import { compileEventPattern } from "../../local/services/event-bridge/event-pattern";
import { AwsError } from "../../local/services/service";
import { readVerdicts, type Verdict } from "./verdicts";

function verdictOf([, pattern, event]: Verdict): Verdict[0] {
  try {
    return compileEventPattern(pattern)(event) ? "m" : "n";
  } catch (error) {
    if (error instanceof AwsError && error.code === "InvalidEventPatternException") return "r";
    throw error;
  }
}

describe("Event patterns, held against AWS's own engine (event-ruler 2.1.0)", () => {
  const verdicts = readVerdicts();

  it("agree in thousands of generated cases, of each verdict hundreds", () => {
    const differing = verdicts
      .filter((verdict) => verdictOf(verdict) !== verdict[0])
      .map((verdict) => `AWS ${JSON.stringify(verdict)}, here ${verdictOf(verdict)}`);
    expect(differing).to.deep.equal([]);
    expect(verdicts).to.have.length.above(5000);
    for (const one of ["m", "n", "r"]) {
      expect(
        verdicts.filter(([verdict]) => verdict === one),
        one,
      ).to.have.length.above(500);
    }
  });
});
