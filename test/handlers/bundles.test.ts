import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { functions } from "../../components/functions/functions";
import { functionNames } from "../../contracts/internal";

interface Bundle {
  name: string;
  bytes: number;
  inputs: string[];
}

describe("the bundles", () => {
  let bundles: Bundle[];

  before(async () => {
    const script = pathToFileURL(require.resolve("../../scripts/bundle-handlers.mjs")).href;
    const { bundleHandlers } = (await import(script)) as {
      bundleHandlers(options: { write: boolean }): Promise<Bundle[]>;
    };
    bundles = await bundleHandlers({ write: false });
  });

  it("are those of the functions that the component makes", () => {
    expect(bundles.map(({ name }) => name)).to.have.members(Object.keys(functions));
    expect(bundles.map(({ name }) => name)).to.have.members(functionNames);
  });

  it("hold no JSON Schema converter, no OpenAPI and no Pulumi", () => {
    for (const { name, inputs } of bundles) {
      const unwanted = inputs.filter((file) => /to-json-schema|openapi|@pulumi|components\//.test(file));
      expect(unwanted, name).to.deep.equal([]);
    }
  });

  it("stay small, as each KiB is loaded at a cold start", () => {
    for (const { name, bytes } of bundles) {
      expect(bytes / 1024, `${name} in KiB`).to.be.below(455);
    }
  });
});
