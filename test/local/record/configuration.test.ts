import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { defaultStackOf, readStackConfiguration } from "../../../local/record/configuration";

describe("the configuration of a stack", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "stack-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const read = (overrides = {}) => readStackConfiguration(join(folder, "index.ts"), "dev", overrides);

  it("takes the project's defaults, the stack's values before them, and what is given before both", () => {
    write(
      "Pulumi.yaml",
      "name: shop\nconfig:\n  aws:region: { value: eu-west-1 }\n  size: { type: integer, default: 1 }\n  colour: blue\n  taste: { type: string, default: sweet }\n",
    );
    write("Pulumi.dev.yaml", "config:\n  shop:size: 2\n  shop:tags: { a: [1, true] }\n  colour: red\n");
    expect(read({ taste: "sour" })).to.deep.equal({
      project: "shop",
      stack: "dev",
      config: {
        "aws:region": "eu-west-1",
        "shop:size": "2",
        "shop:colour": "red",
        "shop:taste": "sour",
        "shop:tags": '{"a":[1,true]}',
      },
    });
  });

  it("is empty, and the project has a name, where there is no Pulumi.yaml", () => {
    expect(read()).to.deep.equal({ project: "program", stack: "dev", config: {} });
  });

  it("has the project's defaults alone where the stack dev has no file, as after 'pulumi stack init dev'", () => {
    write("Pulumi.yaml", "name: shop\nconfig: { size: { default: 2 } }\n");
    expect(read()).to.deep.equal({ project: "shop", stack: "dev", config: { "shop:size": "2" } });
  });

  it("refuses another stack without a file, and says which file is missing", () => {
    write("Pulumi.yaml", "name: shop\n");
    write("Pulumi.local.yaml", "config: { shop:colour: red }\n");
    expect(() => readStackConfiguration(join(folder, "index.ts"), "prod")).to.throw(
      /^The stack 'prod' has no configuration: .*Pulumi\.prod\.yaml does not exist\.$/,
    );
  });

  it("takes the values for local runs where the stack dev has no file, and none of them where it has one", () => {
    write("Pulumi.yaml", "name: shop\n");
    write("Pulumi.local.yaml", "config: { shop:colour: red, shop:size: 2 }\n");
    expect(read()).to.deep.equal({
      project: "shop",
      stack: "dev",
      config: { "shop:colour": "red", "shop:size": "2" },
    });
    expect(defaultStackOf(join(folder, "index.ts"))).to.equal("local");
    write("Pulumi.dev.yaml", "config: { shop:colour: blue }\n");
    expect(read().config).to.deep.equal({ "shop:colour": "blue" });
  });

  it("has the stack dev where nothing else is named", () => {
    write("Pulumi.yaml", "name: shop\n");
    expect(defaultStackOf(join(folder, "index.ts"))).to.equal("dev");
  });

  it("takes a stack with an empty file", () => {
    write("Pulumi.yaml", "name: shop\n");
    write("Pulumi.dev.yaml", "");
    expect(read().config).to.deep.equal({});
  });

  it("refuses a file that is no YAML, and says which", () => {
    write("Pulumi.yaml", "name: shop\n");
    write("Pulumi.dev.yaml", "config: [unclosed\n");
    expect(read).to.throw(/Pulumi\.dev\.yaml is no valid YAML: /);
  });

  it("refuses a file whose configuration is no mapping, and says which", () => {
    write("Pulumi.yaml", "name: shop\n");
    write("Pulumi.dev.yaml", "just text\n");
    expect(read).to.throw(/Pulumi\.dev\.yaml must hold a mapping/);
    write("Pulumi.dev.yaml", "config: [a, b]\n");
    expect(read).to.throw(/Pulumi\.dev\.yaml must hold a mapping/);
  });

  it("refuses an encrypted value, and names its key and file", () => {
    write("Pulumi.yaml", "name: shop\n");
    write("Pulumi.dev.yaml", "config:\n  shop:password:\n    secure: AAABAK\n");
    expect(read).to.throw(/Pulumi\.dev\.yaml: shop:password is encrypted/);
  });

  it("takes a value that is given in place of an encrypted one, also of one that has a secret in it", () => {
    write("Pulumi.yaml", "name: shop\n");
    write(
      "Pulumi.dev.yaml",
      "config:\n  shop:password:\n    secure: AAABAK\n  shop:database:\n    host: here\n    key: { secure: AAABAK }\n",
    );
    expect(() => read({ password: "open" })).to.throw(
      /Pulumi\.dev\.yaml: shop:database is encrypted.*--config shop:database=VALUE/,
    );
    expect(read({ password: "open", "shop:database": "{}" }).config).to.deep.equal({
      "shop:password": "open",
      "shop:database": "{}",
    });
  });
});
