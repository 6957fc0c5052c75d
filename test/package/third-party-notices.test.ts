import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { root } from "../support/root";

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}

/** Bundles, and returns the files in the bundle, or those in each of several. */
type Bundler = (options: { write: boolean }) => Promise<(string | { inputs: string[] })[]>;

function isBundler(value: unknown): value is Bundler {
  return typeof value === "function" && value.name.startsWith("bundle");
}

const load = (script: string) => import(pathToFileURL(join(root, "scripts", script)).href);

describe("the notices of third parties", () => {
  let packagesOf: (inputs: readonly string[]) => Package[];
  let packages: Package[];
  before(async () => {
    ({ packagesOf } = await load("third-party-notices.mjs"));
    const scripts = readdirSync(join(root, "scripts")).filter((file) => /^bundle-.*\.mjs$/.test(file));
    expect(scripts).to.have.length.above(2);
    const inputs: string[] = [];
    for (const script of scripts) {
      const bundle = Object.values(await load(script)).find(isBundler);
      if (!bundle) throw new Error(`scripts/${script} exports no function that bundles.`);
      for (const made of await bundle({ write: false })) {
        inputs.push(...(typeof made === "string" ? [made] : made.inputs));
      }
    }
    packages = packagesOf(inputs);
  });

  it("name every package whose code is in a bundle, with the text of its licence", () => {
    const notices = readFileSync(join(root, "dist", "THIRD-PARTY-NOTICES.txt"), "utf8");
    expect(packages.map(({ name }) => name)).to.include.members(["valibot", "@aws-sdk/client-lambda"]);
    for (const { name, version, license, text } of packages) {
      expect(notices).to.include(`${name} ${version} (${license})\n`);
      expect(notices).to.include(text);
    }
    const named = notices.match(/^\S+ \d+\.\d+\.\d+\S* \(\S+\)$/gm) ?? [];
    expect(named).to.have.lengthOf(packages.length);
  });

  it("are of licences that let their code be passed on with this package", () => {
    const licenses = new Set(packages.map(({ license }) => license));
    expect(
      [...licenses].filter(
        (license) => !["MIT", "Apache-2.0", "0BSD", "ISC", "BSD-3-Clause", "MIT-0"].includes(license),
      ),
    ).to.deep.equal([]);
  });

  it("are not written where a package does not say under which licence its code is", () => {
    const folder = mkdtempSync(join(tmpdir(), "notices-"));
    const unlicensed = join(folder, "node_modules", "unlicensed");
    mkdirSync(unlicensed, { recursive: true });
    const describeAs = (license: object) => {
      writeFileSync(
        join(unlicensed, "package.json"),
        JSON.stringify({ name: "unlicensed", version: "1.0.0", ...license }),
      );
      return () => packagesOf([join(unlicensed, "index.js")]);
    };
    const rule = /unlicensed@1\.0\.0, .* has no licence or no file with its text/;
    expect(describeAs({})).to.throw(rule);
    expect(describeAs({ license: "MIT" })).to.throw(rule);
    expect(describeAs({ license: "MIT-0" })).to.not.throw();
    rmSync(folder, { recursive: true });
  });
});
