// Bundles what 'redrive' needs of the AWS SDK into dist/cli/redrive/index.js: an installed package has no SDK of its own.
import { build } from "esbuild";

export async function bundleRedrive() {
  await build({
    entryPoints: ["cli/redrive/index.ts"],
    outfile: "dist/cli/redrive/index.js",
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "inline",
  });
}
