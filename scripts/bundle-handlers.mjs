// Bundles each handler into dist/lambda/<name>/index.js: what a function loads at a cold start, and nothing else.
import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Bundles the handlers, each with everything that it needs.
 *
 * @param {{ write?: boolean }} options `write: false` leaves `dist/` as it is.
 * @returns {Promise<{ name: string, bytes: number, inputs: string[] }[]>} each bundle's size and the files in it.
 */
export async function bundleHandlers({ write = true } = {}) {
  const names = readdirSync(join(root, "handlers"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length));
  return Promise.all(names.map((name) => bundleHandler(name, write)));
}

/**
 * Loads Node.js' crypto, with the streams beneath it, when its first function is called: that is a fifth of what a handler's load takes. Whoever
 * imports a function that is not in this list finds that out from the build.
 */
const lazyCrypto = {
  name: "lazy-crypto",
  setup({ onResolve, onLoad }) {
    const functions = ["createHash", "createHmac", "randomInt"];
    onResolve({ filter: /^node:crypto$/ }, ({ namespace }) =>
      namespace === "lazy"
        ? { path: "node:crypto", external: true }
        : { path: "node:crypto", namespace: "lazy" },
    );
    onLoad({ filter: /^node:crypto$/, namespace: "lazy" }, () => ({
      contents: functions
        .map((each) => `export const ${each} = (...args) => require("node:crypto").${each}(...args);`)
        .join("\n"),
    }));
  },
};

async function bundleHandler(name, write) {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [`handlers/${name}.ts`],
    outfile: `dist/lambda/${name}/index.js`,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    // What is loaded with import() when it is first needed is loaded by require(), without a second module loader.
    supported: { "dynamic-import": false },
    // The packages' ES modules can be shaken; that halves the bundle.
    mainFields: ["module", "main"],
    minify: true,
    plugins: [lazyCrypto],
    metafile: true,
    write: false,
  });
  if (write) for (const file of outputFiles) replaceFile(file);
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { name, bytes: output.bytes, inputs: inputs.map(([file]) => file) };
}

/** Writes a file in one step: a test or a runtime that reads the bundle meanwhile gets the old one or the new one. */
function replaceFile({ path, contents }) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, contents);
  renameSync(`${path}.new`, path);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const { name, bytes } of await bundleHandlers()) {
    console.log(`${name.padEnd(28)} ${(bytes / 1024).toFixed(0).padStart(4)} KiB`);
  }
}
