import { existsSync, readFileSync } from "node:fs";
import { createRequire, Module } from "node:module";
import { dirname, join, resolve } from "node:path";
import { isJsonObject } from "../json";
import { loadOptionalLibrary, requireOptionalLibrary } from "../services/optional-library";
import { overridesOnly, readStackConfiguration, type StackConfiguration } from "./configuration";
import { forgetModules } from "./program-modules";

type Pulumi = typeof import("@pulumi/pulumi");

/** A program: the path of its main file, TypeScript or JavaScript, or a function that creates its resources. */
export type Program = string | (() => unknown);

/** A program that can be run. */
export interface Prepared {
  readonly configuration: StackConfiguration;
  /** Loads what the program loads: its own copy of Pulumi. */
  readonly load: NodeJS.Require;
  readonly pulumi: Pulumi;
  readonly run: () => unknown;
  /** Has the process forget the modules that the program has loaded, once nothing of it is to run any more. */
  readonly forget?: () => void;
}

/**
 * Finds a program with its configuration and its copy of Pulumi.
 *
 * @throws {Error} when there is no such file, or its configuration is not right.
 */
export async function prepare(
  program: Program,
  stack: string,
  overrides: { readonly [key: string]: string },
): Promise<Prepared> {
  if (typeof program === "function") {
    const configuration = overridesOnly(stack, overrides);
    // The package's peer: the very copy with which the component and whoever uses it create their resources.
    return { configuration, load: require, pulumi: require("@pulumi/pulumi") as Pulumi, run: program };
  }
  const file = resolve(program);
  if (!existsSync(file)) throw new Error(`The program ${file} does not exist.`);
  const configuration = readStackConfiguration(file, stack, overrides);
  const load = createRequire(file);
  for (const [id, functions] of Object.entries(closures)) loadLate(load, id, functions);
  // The program's own Pulumi: mocks set on another copy would not be seen.
  const pulumi = load("@pulumi/pulumi") as Pulumi;
  if (isEsModule(file)) {
    const { tsImport } = await loadOptionalLibrary("tsx", () => import("tsx/esm/api"));
    // Each import has a namespace of its own: nothing comes from a cache.
    const run = async () => runExports({ ...((await tsImport(file, __filename)) as object) });
    return { configuration, load, pulumi, run };
  }
  if (/\.[cm]?ts$/.test(file)) {
    registerTypeScript();
  }
  let restoreModules = () => {};
  return {
    configuration,
    load,
    pulumi,
    run: () => {
      restoreModules = forgetModules(file, load.cache);
      return runExports(load(file));
    },
    forget: () => restoreModules(),
  };
}

/**
 * Pulumi's modules that serialize a program's functions, with what its runtime takes from them. Few programs use them, and their libraries,
 * TypeScript's compiler and npm's, take half of the time in which Pulumi is loaded.
 */
const closures = {
  "@pulumi/pulumi/runtime/closure/serializeClosure": ["serializeFunction", "serializeFunctionAsync"],
  "@pulumi/pulumi/runtime/closure/codePaths": ["computeCodePaths"],
};

/** Has a module loaded when one of its functions is called, or something else of it is read. A release of Pulumi without the module loads what it has. */
function loadLate(load: NodeJS.Require, id: string, functions: readonly string[]): void {
  const path = tryResolve(load, id);
  if (path === undefined || load.cache[path]) return;
  const late = new Module(path);
  late.filename = path;
  late.loaded = true;
  const real = () => {
    if (load.cache[path] === late) delete load.cache[path];
    return load(path) as Record<string | symbol, unknown>;
  };
  late.exports = new Proxy(
    {},
    {
      get: (_, name) => {
        if (!functions.includes(String(name))) return real()[name];
        return (...values: unknown[]) => (real()[name] as (...values: unknown[]) => unknown)(...values);
      },
    },
  );
  load.cache[path] = late;
}

function tryResolve(load: NodeJS.Require, id: string): string | undefined {
  try {
    return load.resolve(id);
  } catch {
    return undefined;
  }
}

/** Marks a process in which `require` loads TypeScript. This module itself may be loaded anew, as everything beside a program is. */
const registered = Symbol.for("stream-orchestration.typescript");

/**
 * Lets `require` load TypeScript, as Pulumi does. Once in a process: tsx puts itself around every look-up of a module each time, and tries
 * several names where a module is missing, so that each time doubles what a look-up takes.
 */
function registerTypeScript(): void {
  // Jest has no import() in CommonJS.
  const { register } = requireOptionalLibrary(
    "tsx",
    () => require("tsx/cjs/api") as typeof import("tsx/cjs/api"),
  );
  const marks = globalThis as { [registered]?: true };
  if (marks[registered]) return;
  marks[registered] = true;
  const { ".js": asIs } = require.extensions;
  register();
  loadAsIs(asIs);
}

/** Packages with hundreds of modules, all of them CommonJS. */
const asTheyAre = /[\\/]node_modules[\\/]@pulumi[\\/](aws|pulumi)[\\/]/;

/** Has tsx leave {@link asTheyAre} alone: it looks into every module for the syntax of an ES module, and has Node.js read every source map. */
function loadAsIs(asIs: NodeJS.RequireExtensions[string]): void {
  const { ".js": withTsx } = require.extensions;
  // Jest has none.
  if (!asIs || !withTsx) return;
  require.extensions[".js"] = (module, file) => {
    if (!asTheyAre.test(file)) return withTsx(module, file) as unknown;
    const { sourceMapsEnabled } = process;
    process.setSourceMapsEnabled(false);
    try {
      return asIs(module, file) as unknown;
    } finally {
      process.setSourceMapsEnabled(sourceMapsEnabled);
    }
  };
}

/** Node.js takes a file for an ES module by its ending, or by the `type` of the `package.json` above it. */
function isEsModule(file: string): boolean {
  if (/\.m[jt]s$/.test(file)) return true;
  if (/\.c[jt]s$/.test(file)) return false;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) {
      return (JSON.parse(readFileSync(manifest, "utf8")) as { type?: unknown }).type === "module";
    }
    if (folder === dirname(folder)) return false;
  }
}

/** A program may export a function that does the work, as its only or default export; its result is the outputs. */
function runExports(exports: unknown): unknown {
  const isModule = isJsonObject(exports) && Object.keys(exports).join() === "default";
  const main = isModule ? exports.default : exports;
  return typeof main === "function" ? (main as () => unknown)() : main;
}
