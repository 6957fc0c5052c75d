import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { expect } from "chai";
import { root } from "../support/root";

const folder = join(root, "dist", "console");
/** Nobody's browser asks for the licences. */
const files = readdirSync(folder).filter((name) => name !== "licences.txt" && !name.endsWith(".new"));
/** As examples/console.ts uploads them. */
const sent = (names: readonly string[]) =>
  names.reduce((sum, name) => sum + brotliCompressSync(readFileSync(join(folder, name))).length, 0);

describe("the console's page", () => {
  it("has 150 KB at most with the player, and a third of that without", () => {
    expect(sent(files)).to.be.below(150_000);
    expect(sent(files.filter((name) => name !== "hls-player.js"))).to.be.below(50_000);
  });

  it("names no address outside of it, and no script or style of its own", () => {
    const page = readFileSync(join(folder, "index.html"), "utf8");
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.sort()).to.deep.equal(["console.css", "console.js", "icon.svg"]);
    expect(page).to.not.match(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/);
    expect(readFileSync(join(folder, "console.css"), "utf8")).to.not.match(/url\(|@import/);
  });
});
