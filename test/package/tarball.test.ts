import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../support/root";

interface PackedPackage {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

describe("the tarball that customers install", function () {
  this.timeout(60_000);
  let folder: string;
  let paths: readonly string[];
  let tarball: Buffer;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tarball-"));
    const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    // npm is a script of its own on Windows, which only a shell runs.
    const options = { cwd: root, encoding: "utf8", shell: process.platform === "win32" } as const;
    const [packed] = JSON.parse(execFileSync("npm", args, options)) as PackedPackage[];
    if (!packed) throw new Error("npm packed nothing.");
    paths = packed.files.map(({ path }) => path);
    tarball = readFileSync(join(folder, packed.filename));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("holds what is built, the documents and the examples", () => {
    const parts = new Set(paths.map((path) => /^(dist\/[^/]+|docs|examples)\//.exec(path)?.[1] ?? path));
    expect([...parts].sort()).to.deep.equal([
      "CHANGELOG.md",
      "CONTRIBUTING.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "dist/THIRD-PARTY-NOTICES.txt",
      "dist/cli",
      "dist/client",
      "dist/components",
      "dist/console",
      "dist/contracts",
      "dist/lambda",
      "dist/local",
      "dist/plugin",
      "dist/testing",
      "docs",
      "examples",
      "package.json",
    ]);
  });

  it("has every file that its documents link to", () => {
    const documents = paths.filter((path) => path.endsWith(".md"));
    const missing = documents.flatMap((document) =>
      [...readFileSync(join(root, document), "utf8").matchAll(/\]\(([^)#]+)\)/g)]
        .map(([, link = ""]) => link)
        .filter((link) => !link.includes("://") && !paths.includes(join(document, "..", link)))
        .map((link) => `${link} in ${document}`),
    );
    expect(missing).to.deep.equal([]);
  });

  it("holds declarations of all that can be imported, and of nothing else", () => {
    const declared = new Set(
      paths.filter((path) => path.endsWith(".d.ts")).map((path) => path.split("/")[1]),
    );
    expect([...declared].sort()).to.deep.equal(["client", "components", "contracts", "local", "testing"]);
  });

  it("has types for every way of resolving modules, CommonJS and ES modules alike", async () => {
    const { checkPackage, createPackageFromTarballData } = await import("@arethetypeswrong/core");
    const result = await checkPackage(createPackageFromTarballData(tarball));
    expect(result.types).to.deep.include({ kind: "included" });
    expect(result.types && result.problems).to.deep.equal([]);
  });

  it("has a package.json that publint finds nothing in", async () => {
    const { publint } = await import("publint");
    const { formatMessage } = await import("publint/utils");
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer } });
    expect(messages.map((message) => formatMessage(message, pkg))).to.deep.equal([]);
  });
});
