import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

const load = (script: string) => import(pathToFileURL(join(root, "scripts", script)).href);

describe("the notices of third parties", () => {
  let packagesOf: (inputs: readonly string[]) => Package[];
  let packages: Package[];
  before(async () => {
    const { bundleHandlers } = await load("bundle-handlers.mjs");
    const { bundlePlugin } = await load("bundle-plugin.mjs");
    const { bundleRedrive } = await load("bundle-redrive.mjs");
    ({ packagesOf } = await load("third-party-notices.mjs"));
    const handlers: { inputs: string[] }[] = await bundleHandlers({ write: false });
    const inputs = [
      ...handlers.flatMap((handler) => handler.inputs),
      ...(await bundlePlugin({ write: false })),
      ...(await bundleRedrive({ write: false })),
    ];
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
