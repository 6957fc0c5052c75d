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

  it("are none that 'pulumi stack init dev' writes", function () {
    if (!existsSync(join(root, ".git"))) this.skip();
    // With a passphrase or a cloud's key, Pulumi writes into the stack's file what decrypts its secrets.
    const ignored = execFileSync("git", ["check-ignore", "--no-index", "Pulumi.dev.yaml"], {
      cwd: root,
      encoding: "utf8",
    });
    expect(ignored).to.equal("Pulumi.dev.yaml\n");
    expect(
      execFileSync("git", ["ls-files", "--", "Pulumi.dev.yaml"], { cwd: root, encoding: "utf8" }),
    ).to.equal("");
  });
});
