// Bundles what 'redrive' needs of the AWS SDK into dist/cli/redrive/index.js: an installed package has no SDK of its own.
import { build } from "esbuild";

/**
 * @param {{ write?: boolean }} options `write: false` leaves `dist/` as it is.
 * @returns {Promise<string[]>} the files that are in the bundle.
 */
export async function bundleRedrive({ write = true } = {}) {
  const { metafile } = await build({
    entryPoints: ["cli/redrive/index.ts"],
    outfile: "dist/cli/redrive/index.js",
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "inline",
    metafile: true,
    write,
  });
  return Object.keys(metafile.inputs);
}
