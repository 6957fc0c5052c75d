import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { readStackConfiguration } from "../../../local/record/configuration";
import { mainOfProject, projectFolderOf } from "../../../local/record/project";

describe("the program of a Pulumi project", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "project-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (files: { readonly [file: string]: string }) => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
  };

  for (const [what, files, main] of [
    ["the file that main names", { "Pulumi.yaml": "main: src/app.ts", "src/app.ts": "" }, "src/app.ts"],
    [
      "index.ts of the folder that main names",
      { "Pulumi.yaml": "main: infra", "infra/index.ts": "" },
      "infra/index.ts",
    ],
    ["index.ts without a main", { "Pulumi.yaml": "name: shop", "index.ts": "", "index.js": "" }, "index.ts"],
    ["index.js where there is no TypeScript", { "Pulumi.yaml": "name: shop", "index.js": "" }, "index.js"],
    ["index.ts without a Pulumi.yaml", {}, "index.ts"],
    ["the file that main names, even where it is missing", { "Pulumi.yaml": "main: gone.ts" }, "gone.ts"],
  ] as const) {
    it(`is ${what}`, () => {
      write(files);
      expect(mainOfProject(folder)).to.equal(join(folder, main));
    });
  }

  it("is configured by the Pulumi.yaml above it whose main it is", () => {
    write({
      "Pulumi.yaml": "name: shop\nmain: src/app.ts\nconfig:\n  size: { default: 3 }\n",
      "Pulumi.dev.yaml": "config: { shop:colour: red }\n",
      "src/app.ts": "",
      "src/other.ts": "",
    });
    expect(readStackConfiguration(join(folder, "src/app.ts"), "dev")).to.deep.equal({
      project: "shop",
      stack: "dev",
      config: { "shop:size": "3", "shop:colour": "red" },
    });
    expect(projectFolderOf(join(folder, "src/other.ts")), "of another program").to.equal(join(folder, "src"));
  });
});
