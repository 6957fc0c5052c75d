import { expect } from "chai";
import { evaluate, nodeOptions } from "../scripts/evaluate";

describe("The program, as Pulumi.yaml has Pulumi start it", () => {
  it("loads no ts-node and no package that only the local runtime needs, since each deployment waits for two evaluations", () => {
    // Pulumi itself loads TypeScript. bench/evaluation.ts measures the processor time: 2 s, and 12 s where Pulumi's default checks the types each time.
    const { packages } = evaluate(nodeOptions());
    expect(packages).to.include("@pulumi/aws");
    expect(packages).not.to.include.oneOf(["ts-node", "@pulumi/awsx", "dynalite", "jsonata"]);
  });
});
