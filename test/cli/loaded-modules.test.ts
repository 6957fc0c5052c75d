import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { root } from "../support/root";

interface Loaded {
  readonly packages: readonly string[];
  /** The modules whose source map Node.js has read. */
  readonly mapped: readonly string[];
}

/** Records a program in a process of its own, as a command does. */
function loadedBy(program: string): Loaded {
  const script = `
    const { findSourceMap } = require("node:module");
    const { recordProgram } = require("./dist/local/record/record");
    const place = { region: "us-east-1", accountId: "000000000000", apiUrl: "http://api", awsUrl: "http://aws" };
    recordProgram("${program}", "local", place).then(() => {
      const files = Object.keys(require.cache);
      const packages = files.flatMap((file) => /.*node_modules[/\\\\]((?:@[^/\\\\]+[/\\\\])?[^/\\\\]+)/.exec(file)?.[1] ?? []);
      const loaded = { packages: [...new Set(packages)], mapped: [...files, require.resolve("./${program}")].filter((file) => findSourceMap(file)) };
      process.stdout.write(JSON.stringify(loaded), () => process.exit(0));
    });`;
  const output = execFileSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" });
  return JSON.parse(output) as Loaded;
}

/** What Pulumi serializes functions with. */
const serializers = ["typescript", "@npmcli/arborist"];

describe("A program that a command loads", function () {
  this.timeout(60_000);

  it("has no compiler and no package manager loaded, since no function of it is serialized", () => {
    const { packages } = loadedBy("index.ts");
    expect(packages).to.include("@pulumi/aws");
    expect(packages).not.to.include.oneOf(serializers);
  });

  it("has what serializes its functions loaded where it has one, and its own source maps alone", () => {
    const { packages, mapped } = loadedBy("test/local/fixtures/callback.ts");
    expect(packages).to.include.members(serializers);
    expect(mapped.filter((file) => file.endsWith("callback.ts"))).to.have.length(1);
    expect(mapped.filter((file) => /@pulumi[/\\]aws[/\\]/.test(file))).to.deep.equal([]);
  });
});
