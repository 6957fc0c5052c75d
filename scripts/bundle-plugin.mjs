// Makes dist/plugin/, the folder from which Pulumi runs the component for programs in other languages.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

/**
 * Bundles the plugin. Pulumi runs `npm install --production` in its folder: the folder is a package of its own, so that this installs
 * what the plugin needs, and neither builds this package nor removes what a clone has installed.
 *
 * @param {{ write?: boolean }} options `write: false` leaves `dist/` as it is.
 * @returns {Promise<string[]>} the files that are in the bundle.
 */
export async function bundlePlugin({ write = true } = {}) {
  const { metafile } = await build({
    entryPoints: ["plugin/index.ts"],
    outfile: "dist/plugin/index.js",
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    external: ["@pulumi/*"],
    metafile: true,
    write,
  });
  if (write) writePackage();
  return Object.keys(metafile.inputs);
}

function writePackage() {
  mkdirSync("dist/plugin", { recursive: true });
  copyFileSync("plugin/PulumiPlugin.yaml", "dist/plugin/PulumiPlugin.yaml");
  const { version, license, peerDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  const plugin = {
    // Another name than this package's, in whose folder the component looks for the functions.
    name: "stream-orchestration-plugin",
    version,
    license,
    private: true,
    main: "./index.js",
    // Without @pulumi/awsx, which needs a plugin of its own.
    dependencies: {
      "@pulumi/aws": peerDependencies["@pulumi/aws"],
      "@pulumi/pulumi": peerDependencies["@pulumi/pulumi"],
    },
  };
  writeFileSync("dist/plugin/package.json", `${JSON.stringify(plugin, null, 2)}\n`);
}
