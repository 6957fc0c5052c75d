import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Provider } from "@pulumi/pulumi/provider";
import { StreamOrchestration, type StreamOrchestrationArgs } from "../components";

/** The parts of the schema that are read here. The build writes it beside this file. */
interface Schema {
  readonly version: string;
  readonly resources: { readonly [type: string]: { readonly properties: object } };
}

const type = "stream-orchestration:index:StreamOrchestration";

/**
 * Starts the plugin by which programs in Pulumi's other languages use the component. Pulumi's host for Node.js calls what the `main` of the
 * plugin's package exports.
 */
export = function serve(): Promise<void> {
  const schema = readFileSync(join(__dirname, "schema.json"), "utf8");
  const { version, resources } = JSON.parse(schema) as Schema;
  const outputs = Object.keys(resources[type]?.properties ?? {});
  const provider: Provider = {
    version,
    schema,
    async construct(name, wanted, inputs, options) {
      if (wanted !== type) throw new Error(`The package has ${type} only, received ${wanted}.`);
      const component = new StreamOrchestration(name, inputs as StreamOrchestrationArgs, options);
      const members = component as unknown as { readonly [output: string]: pulumi.Output<unknown> };
      return {
        urn: component.urn,
        state: Object.fromEntries(outputs.map((output) => [output, members[output]])),
      };
    },
  };
  return pulumi.provider.main(provider, process.argv.slice(2));
};
