import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../support/root";

describe("the tracked files", () => {
  it("are none that a merge or a patch has left behind", function () {
    // A source archive has no history, and nothing to track.
    if (!existsSync(join(root, ".git"))) this.skip();
    const leftovers = execFileSync("git", ["ls-files", "--", "*.orig", "*.rej"], {
      cwd: root,
      encoding: "utf8",
    });
    expect(leftovers).to.equal("");
  });
});
