import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { isJsonObject } from "../../local/json";
import type { Graph } from "../../local/record/graph";
import { instrument } from "./instrument";

/** The sources of the handlers by their path in the repository, with a switch at each mechanism. */
export class InstrumentedHandlers {
  /** By path in the repository. */
  readonly texts = new Map<string, string>();
  /** The id of each mutant. */
  readonly ids: readonly string[];

  constructor(private readonly root: string) {
    const ids: string[] = [];
    const names = readdirSync(join(root, "handlers"), { recursive: true, encoding: "utf8" });
    for (const name of names.filter((one) => one.endsWith(".ts")).sort()) {
      const file = `handlers/${name.replaceAll("\\", "/")}`;
      const found = instrument(file, readFileSync(join(root, file), "utf8"));
      this.texts.set(file, found.text);
      ids.push(...found.ids);
    }
    this.ids = ids;
  }

  /** Bundles the handlers as the package does, each into a folder of its own. @returns the folder of these. */
  async bundle(): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "instrumented-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    const names = [...this.texts.keys()].flatMap((file) => /^handlers\/([^/]+)\.ts$/.exec(file)?.[1] ?? []);
    await build({
      absWorkingDir: this.root,
      entryPoints: names.map((name) => ({ in: `handlers/${name}.ts`, out: `${name}/index` })),
      outdir: folder,
      bundle: true,
      format: "cjs",
      platform: "node",
      target: "node20",
      supported: { "dynamic-import": false },
      mainFields: ["module", "main"],
      plugins: [
        {
          name: "instrumented-handlers",
          setup: (bundler) =>
            bundler.onLoad({ filter: /[\\/]handlers[\\/].*\.ts$/ }, ({ path }) => {
              const contents = this.texts.get(path.slice(this.root.length + 1));
              return contents === undefined ? undefined : { contents, loader: "ts" };
            }),
        },
      ],
    });
    return folder;
  }
}

/** Has a program's functions run the bundles of a folder; functions of other programs keep their own. */
export function withBundles(graph: Graph, folder: string): Graph {
  const resources = graph.resources.map((one) => {
    const { code } = one.inputs;
    const [, name] = isJsonObject(code)
      ? (/dist\/lambda\/([^/]+)$/.exec(String(code.fileArchive)) ?? [])
      : [];
    if (one.type !== "aws:lambda/function:Function" || name === undefined) return one;
    return { ...one, inputs: { ...one.inputs, code: { fileArchive: join(folder, name) } } };
  });
  return { ...graph, resources };
}
