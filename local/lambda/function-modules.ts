import { readFileSync } from "node:fs";
import nodeModule, { createRequire } from "node:module";
import { dirname, extname } from "node:path";
import { compileFunction } from "node:vm";
import { isEsModule, resolveImportOnly, toCommonJs } from "./es-modules";
import type { FunctionScope } from "./function-scope";

interface Module {
  exports: unknown;
  readonly id: string;
  readonly filename: string;
  readonly path: string;
  readonly children: readonly Module[];
  loaded: boolean;
  require: NodeJS.Require;
}

/**
 * Loads one function's modules: its own file and, anew for each function, whatever that requires or imports. So the code of a package in
 * `node_modules` has the function's globals, too, and does not share what it remembers with this process.
 */
export class FunctionModules {
  private readonly loaded = new Map<string, Module>();
  private readonly builtIn: { readonly [name: string]: unknown };

  constructor(private readonly scope: FunctionScope) {
    const create = (file: string | URL) => this.requireOf(String(file));
    const own = Object.assign(Object.create(nodeModule) as object, { createRequire: create });
    this.builtIn = { ...scope.modules, module: own };
    Object.assign(scope.modules.process as object, {
      getBuiltinModule: (id: string) =>
        nodeModule.isBuiltin(id) ? this.requireOf(__filename)(id) : undefined,
    });
  }

  /** Runs the text of the function's own file. @returns what it exports. */
  run(source: string, file: string): { readonly [name: string]: unknown } {
    return this.evaluate(source, file).exports as { [name: string]: unknown };
  }

  private requireOf(file: string): NodeJS.Require {
    const native = createRequire(file);
    const require = (id: string): unknown => {
      const name = id.replace(/^node:/, "");
      if (Object.hasOwn(this.builtIn, name)) return this.builtIn[name];
      if (nodeModule.isBuiltin(id)) return native(id) as unknown;
      return this.load(resolve(native, id, file), native);
    };
    const { resolve: resolveId, extensions } = native;
    return Object.assign(require, { resolve: resolveId, extensions, cache: {}, main: undefined });
  }

  private load(file: string, native: NodeJS.Require): unknown {
    const known = this.loaded.get(file);
    if (known) return known.exports;
    // Machine code knows no scope.
    if (extname(file) === ".node") return native(file);
    return this.evaluate(readFileSync(file, "utf8"), file).exports;
  }

  private evaluate(source: string, file: string): Module {
    const module: Module = {
      ...{ exports: {}, id: file, filename: file, path: dirname(file), children: [], loaded: false },
      require: this.requireOf(file),
    };
    this.loaded.set(file, module);
    try {
      if (extname(file) === ".json") module.exports = JSON.parse(source.replace(/^\ufeff/, "")) as unknown;
      else {
        const { globals } = this.scope;
        const run = compile(source, file, Object.keys(globals))(...Object.values(globals));
        run.call(module.exports, module.exports, module.require, module, file, dirname(file));
      }
    } catch (error) {
      this.loaded.delete(file);
      throw error;
    }
    module.loaded = true;
    return module;
  }
}

function resolve(native: NodeJS.Require, id: string, file: string): string {
  try {
    return native.resolve(id);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw error;
    return resolveImportOnly(id, dirname(file));
  }
}

type RunModule = (...module: unknown[]) => void;

type MakeModule = (...globals: unknown[]) => RunModule;

/** What was compiled in this process, by its globals and its text: each runtime and each cold start runs it anew. */
const compiled = new Map<string, { readonly text: string; readonly make: MakeModule }>();

/**
 * Compiles a module's text as Node.js does, inside of a function that has the globals: so the module may have names of its own for them.
 */
function compile(source: string, filename: string, globals: string[]): MakeModule {
  const known = compiled.get(filename);
  const text = `${globals.join()} ${source}`;
  if (known?.text === text) return known.make;
  const make = compileFunction(wrap(toScript(source, filename)), globals, { filename }) as MakeModule;
  compiled.set(filename, { text, make });
  return make;
}

function wrap(script: string): string {
  return `return function (exports, require, module, __filename, __dirname) {${script}\n};`;
}

/** An `import` must not go by Node.js's own loader, whose modules have this process's globals. */
function toScript(source: string, filename: string): string {
  const text = source.replace(/^#!.*/, "");
  return isEsModule(text, filename) || /(?<![.\w$])import\s*\(/.test(text)
    ? toCommonJs(text, filename)
    : text;
}
