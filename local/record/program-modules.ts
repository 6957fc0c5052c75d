import { dirname, sep } from "node:path";

type Cache = NodeJS.Dict<NodeJS.Module>;

/**
 * Takes the modules beside a program out of the cache of `require`. A program registers its resources while it is loaded: loaded again from the
 * cache, it would register nothing.
 *
 * @param file the program's main file.
 * @returns puts the cache back: other users of these modules keep the copies that they have, and the program's own can be collected.
 */
export function forgetModules(file: string, cache: Cache): () => void {
  const folder = dirname(file) + sep;
  const isBeside = (path: string) => path.startsWith(folder) && !path.includes(`${sep}node_modules${sep}`);
  const before = new Map(Object.entries(cache).filter(([path]) => isBeside(path)));
  for (const path of before.keys()) delete cache[path];
  return () => {
    for (const path of loadedBy(cache[file], isBeside)) delete cache[path];
    for (const [path, module] of before) cache[path] = module;
  };
}

/** @returns the paths of a module and of all that it has loaded, as far as they are in question. */
function loadedBy(main: NodeJS.Module | undefined, isBeside: (path: string) => boolean): Set<string> {
  const paths = new Set<string>();
  const modules = main ? [main] : [];
  for (let module = modules.pop(); module; module = modules.pop()) {
    if (paths.has(module.filename) || !isBeside(module.filename)) continue;
    paths.add(module.filename);
    modules.push(...module.children);
  }
  return paths;
}
