import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { compileFunction } from "node:vm";
import { requireOptionalLibrary } from "../services/optional-library";

interface Esbuild {
  transformSync(source: string, options: object): { readonly code: string };
  buildSync(options: object): {
    readonly metafile: { readonly inputs: { readonly [file: string]: { imports: { path: string }[] } } };
  };
}

/** The one that tsx brings, which runs programs as well. */
const esbuild = () =>
  requireOptionalLibrary(
    "tsx",
    () => createRequire(require.resolve("tsx/package.json"))("esbuild") as Esbuild,
  );

/** Whether Node.js takes a file for an ES module: by its name, by its package, or by its text. TypeScript counts as one. */
export function isEsModule(source: string, file: string): boolean {
  const extension = extname(file);
  if (extension === ".cjs") return false;
  if (extension !== ".js") return /^\.[cm]?[jt]sx?$/.test(extension);
  const type = packageTypeOf(dirname(file));
  if (type !== undefined) return type === "module";
  return /^\s*(import|export)\b|\bimport\.meta\b/m.test(source) && !isCommonJs(source);
}

function isCommonJs(source: string): boolean {
  try {
    compileFunction(source, ["exports", "require", "module", "__filename", "__dirname"]);
    return true;
  } catch {
    return false;
  }
}

/** The `type` of the package that a folder is in. */
function packageTypeOf(folder: string): string | undefined {
  const file = join(folder, "package.json");
  if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { type?: string }).type;
  const parent = dirname(folder);
  return parent === folder ? undefined : packageTypeOf(parent);
}

/** @returns the module as a CommonJS one, in which `import()` is by `require`, too. */
export function toCommonJs(source: string, file: string): string {
  const { code } = esbuild().transformSync(source, {
    format: "cjs",
    platform: "node",
    target: "node20",
    loader: /\.[cm]?tsx?$/.test(file) ? "ts" : "js",
    sourcefile: file,
    supported: { "dynamic-import": false },
    define: {
      "import.meta.url": "__moduleUrl",
      "import.meta.filename": "__filename",
      "import.meta.dirname": "__dirname",
    },
    logLevel: "silent",
  });
  const url = 'const __moduleUrl = require("node:url").pathToFileURL(__filename).href;';
  return code.includes("__moduleUrl") ? `${url}${code}` : code;
}

/** Finds a package that can be imported, but not be required. @throws {Error} where it is not there. */
export function resolveImportOnly(id: string, folder: string): string {
  const { metafile } = esbuild().buildSync({
    stdin: { contents: `import ${JSON.stringify(id)};`, resolveDir: folder },
    ...{ bundle: true, write: false, metafile: true, outdir: folder, platform: "node", format: "esm" },
    ...{ absWorkingDir: folder, logLevel: "silent" },
  });
  const found = metafile.inputs["<stdin>"]?.imports[0]?.path;
  if (found === undefined) throw new Error(`Cannot find module '${id}' from ${folder}`);
  return resolve(folder, found);
}
