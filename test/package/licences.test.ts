import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../support/root";

interface LockFile {
  readonly packages: { readonly [path: string]: { readonly license?: string; readonly resolved?: string } };
}

const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as LockFile;
const installed = Object.entries(lock.packages).filter(([path]) => path !== "");

/** Licences that would bind whoever uses or serves what is built with the package. LGPL and MPL end at the library's own files. */
const bindsUsers = /\b(AGPL|GPL|SSPL|BUSL)\b/i;

/** Packages whose licence is not an SPDX expression, with the licence that their own text grants. */
const readByHand: { readonly [path: string]: string } = {
  "node_modules/@logdna/tail-file": "MIT, in its LICENSE",
};

describe("the packages in the lock file", () => {
  it("have no licence that binds whoever uses or serves this package", () => {
    const binding = installed.filter(([, { license = "" }]) => bindsUsers.test(license));
    expect(binding.map(([path, { license }]) => `${path}: ${license}`)).to.deep.equal([]);
  });

  it("all say which licence they have", () => {
    const silent = installed.filter(
      ([path, { license = "" }]) =>
        (license === "" || /^SEE LICENSE/i.test(license)) && !(path in readByHand),
    );
    expect(silent.map(([path]) => path)).to.deep.equal([]);
    const gone = Object.keys(readByHand).filter((path) => !(path in lock.packages));
    expect(gone, "no longer installed").to.deep.equal([]);
  });

  it("name no registry, which whoever installs chooses", () => {
    expect(installed.filter(([, { resolved }]) => resolved !== undefined)).to.deep.equal([]);
  });
});
