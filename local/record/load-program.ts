import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
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
  register();
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
