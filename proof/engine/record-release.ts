import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Deployment, type StateResource } from "./deployment";
import { Engine } from "./engine";
import { programOf } from "./programs";
import { expectSuccess } from "./suite";

/**
 * Deploys the program of another checkout, with its functions bundled, and keeps Pulumi's state of it in `releases/`:
 * `npx tsx proof/engine/record-release.ts CHECKOUT VERSION`. The checkout must share this one's `node_modules`: a symbolic link will do.
 */
async function main([checkout, version]: readonly string[]): Promise<void> {
  if (!checkout || !version) throw new Error("Expected CHECKOUT and VERSION.");
  const root = resolve(checkout);
  const engine = new Engine();
  try {
    const deployment = await Deployment.create(engine);
    expectSuccess(await deployment.up(programOf(root)));
    const resources = deployment.state.map((resource) => withoutNoise(resource, root));
    writeFileSync(join(__dirname, `releases/${version}.json`), `${JSON.stringify(resources, null, 2)}\n`);
  } finally {
    engine.remove();
  }
}

/** Leaves out what another release does not depend on: times, places in the source, definitions, and outputs that are inputs. */
function withoutNoise(resource: StateResource, root: string): StateResource {
  const {
    created: _,
    modified: __,
    propertyDependencies: ___,
    sourcePosition,
    stackTrace,
    ...others
  } = resource;
  const inputs = resource.inputs ?? {};
  const outputs = Object.entries(resource.outputs ?? {}).filter(([key]) => !Object.hasOwn(inputs, key));
  const shown = { ...others, ...(resource.outputs && { outputs: Object.fromEntries(outputs) }) };
  const text = JSON.stringify(shown, (key, value) => (key === "definition" ? "{}" : value));
  return JSON.parse(text.replaceAll(`${root}/`, ""));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
