import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { root } from "../support/root";
import "../../examples/mocha.test";

describe("the example for node:test", () => {
  it("passes", () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      ["--import", "tsx", "--test", "examples/node.test.ts"],
      { cwd: root, encoding: "utf8" },
    );
    expect(status, stdout).to.equal(0);
  });
});
