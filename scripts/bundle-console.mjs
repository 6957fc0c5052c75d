// Bundles the console's page into dist/console/: static files that work at any address.
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The libraries in the bundles; their licences ask to be named where they are distributed. */
const libraries = ["preact", "htm", "@dagrejs/dagre", "@dagrejs/graphlib", "@smithy/signature-v4", "hls.js"];

/**
 * Bundles the page. Each file is replaced in one step: a runtime may be serving it.
 *
 * @returns {Promise<string[]>} the files that are in the bundles.
 */
export async function bundleConsole() {
  const [contract, { outputFiles, metafile }] = await Promise.all([
    readContract(),
    build({
      absWorkingDir: root,
      entryPoints: { console: "console/main.ts", "hls-player": "console/hls-player.ts" },
      outdir: "dist/console",
      bundle: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      minify: true,
      legalComments: "none",
      metafile: true,
      write: false,
      tsconfig: "console/tsconfig.json",
    }),
  ]);
  const { outputFiles: styles } = await build({
    absWorkingDir: root,
    entryPoints: ["console/console.css"],
    outdir: "dist/console",
    minify: true,
    write: false,
  });
  for (const { path, contents } of [...outputFiles, ...styles]) replaceFile(path, contents);
  replaceFile(join(root, "dist/console/contract.json"), JSON.stringify(contract));
  replaceFile(join(root, "dist/console/licences.txt"), readLicences());
  for (const name of ["index.html", "icon.svg"]) {
    const path = join(root, "dist/console", name);
    copyFileSync(join(root, "console", name), `${path}.new`);
    renameSync(`${path}.new`, path);
  }
  return Object.keys(metafile.inputs);
}

/** The parts of the contracts that the page needs as values; with the schemas behind them they would be larger than the page. */
async function readContract() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: {
      resolveDir: root,
      contents: `
        import { maxReasonLength, statusesAfter, streamLifecycleOrchestrator, streamStatuses } from "./contracts";
        import { supportingStates } from "./contracts/internal/supporting-states";
        import { ingestProtocols } from "./contracts/ingest-url";
        export const contract = {
          states: streamLifecycleOrchestrator.states.map(({ name, type, description, transitions }) => ({ name, type, description, transitions })),
          supporting: supportingStates.map(({ name, serves, reason }) => ({ name, serves, reason })),
          statuses: streamStatuses,
          statusesAfter: Object.fromEntries(streamStatuses.map((status) => [status, statusesAfter(status)])),
          protocols: ingestProtocols,
          maxReasonLength,
        };`,
    },
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
  });
  const [{ text }] = outputFiles;
  const { contract } = await import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
  return contract;
}

function readLicences() {
  return libraries
    .map((name) => {
      const folder = join(root, "node_modules", name);
      const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      return `${name} ${version}, ${license}\n\n${readFileSync(join(folder, "LICENSE"), "utf8").trim()}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}

function replaceFile(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, contents);
  renameSync(`${path}.new`, path);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await bundleConsole();
