import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { forgetModules } from "../../../local/record/program-modules";

describe("The modules beside a program", () => {
  let folder: string;
  let main: string;
  let load: NodeJS.Require;
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "modules-"));
    main = join(folder, "main.cjs");
    load = createRequire(main);
    write("network.cjs", "exports.runs = globalThis.runs = (globalThis.runs ?? 0) + 1;");
    write("other.cjs", "exports.value = {};");
    write("main.cjs", "exports.network = require('./network.cjs').runs;");
  });

  afterEach(() => {
    for (const path of Object.keys(load.cache)) if (path.startsWith(folder)) delete load.cache[path];
    Reflect.deleteProperty(globalThis, "runs");
    rmSync(folder, { recursive: true });
  });

  it("run again with the program, though somebody had loaded one before", () => {
    load("./network.cjs");
    for (const runs of [2, 3]) {
      const restore = forgetModules(main, load.cache);
      expect(load(main)).to.deep.equal({ network: runs });
      restore();
    }
  });

  it("stay the copies that other users have, and the program's own are forgotten", () => {
    const [network, other] = [load("./network.cjs"), load("./other.cjs")] as object[];
    const restore = forgetModules(main, load.cache);
    load(main);
    restore();
    expect(load("./network.cjs")).to.equal(network);
    expect(load("./other.cjs")).to.equal(other);
    expect(load.cache).not.to.have.property(main);
  });

  it("stay even when the program fails", () => {
    const network = load("./network.cjs") as object;
    write("main.cjs", "require('./network.cjs'); throw new Error('no');");
    const restore = forgetModules(main, load.cache);
    expect(() => load(main) as unknown).to.throw("no");
    restore();
    expect(load("./network.cjs")).to.equal(network);
  });
});
