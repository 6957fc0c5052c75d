import { pathToFileURL } from "node:url";
import { expect } from "chai";

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

  it("are the eight Lambdas", () => {
    expect(bundles.map(({ name }) => name).sort()).to.deep.equal([
      "create-stream-workflow",
      "get-health-status",
      "handle-provision-failure",
      "recover-execution",
      "resume-orchestration",
      "sweep-streams",
      "update-stream-status",
      "validate-provision-request",
    ]);
  });

  it("hold no JSON Schema converter, no OpenAPI and no Pulumi", () => {
    for (const { name, inputs } of bundles) {
      const unwanted = inputs.filter((file) => /to-json-schema|openapi|@pulumi|components\//.test(file));
      expect(unwanted, name).to.deep.equal([]);
    }
  });

  it("stay small, as each KiB is loaded at a cold start", () => {
    for (const { name, bytes } of bundles) {
      expect(bytes / 1024, `${name} in KiB`).to.be.below(450);
    }
  });
});
