import Module from "node:module";
import { join } from "node:path";
import { transformSync } from "esbuild";
import type { Graph } from "../../local/record/graph";
import { withoutCondition } from "./clauses";
import { mutantsOfDefinition } from "./definition-mutants";
import { FactReader, machineOf } from "./facts";
import { InstrumentedHandlers, withBundles } from "./instrumented-handlers";
import { installSwitchboard, type Switchboard } from "./switchboard";

const stateMachineType = "aws:sfn/stateMachine:StateMachine";

/** A definition that a program registered. */
export interface SeenDefinition {
  readonly machine: string;
  readonly text: string;
}

/**
 * Every program that this process starts locally: with one mechanism out of force, and with what executions and handlers do taken down.
 * It stands between the local runtime and what that runs, so that proofs and tests run as they are.
 */
export class Subject {
  readonly definitions = new Map<string, SeenDefinition>();
  private active: string | undefined;
  private readonly seen = new Set<string>();
  private readonly mutated = new Map<string, string>();

  private constructor(
    private readonly folder: string,
    private readonly switchboard: Switchboard,
    private readonly sources: readonly string[],
  ) {}

  /** Prepares this process, before anything in it loads the local runtime. @param root the repository's folder. */
  static async prepare(root: string): Promise<Subject> {
    const handlers = new InstrumentedHandlers(root);
    const sources = new Map([...handlers.texts].map(([file, text]) => [join(root, file), text]));
    const subject = new Subject(await handlers.bundle(), installSwitchboard(withoutCondition), [
      ...sources.keys(),
    ]);
    loadThrough(
      sources,
      new Map<string, (module: LoadedModule) => void>([
        [join(root, "testing/execution-journal.ts"), subject.watchExecutions],
        [join(root, "local/record/recordings.ts"), subject.changeRecordings],
      ]),
    );
    return subject;
  }

  /** Puts a mutant's mechanism out of force in all that starts from now on; all are in force again without one. */
  activate(id: string | undefined): void {
    this.active = id;
    this.switchboard.active = id;
    // What a module evaluates as it is loaded is evaluated anew.
    for (const file of this.sources) delete require.cache[file];
  }

  /** @returns the facts since the last call. */
  takeFacts(): string[] {
    const taken = [...this.seen, ...this.switchboard.mattered];
    this.seen.clear();
    this.switchboard.mattered.clear();
    return taken;
  }

  private readonly watchExecutions = ({ exports }: LoadedModule): void => {
    const reader = new FactReader();
    const { seen } = this;
    const { prototype } = (exports as typeof import("../../testing/execution-journal")).ExecutionJournal;
    const { add } = prototype;
    prototype.add = function (arn, event) {
      for (const fact of reader.read(arn, event)) seen.add(fact);
      add.call(this, arn, event);
    };
  };

  /** The runtime asks this module for what a program registers. */
  private readonly changeRecordings = (module: LoadedModule): void => {
    const recordings = module.exports as typeof import("../../local/record/recordings");
    const recordFor: typeof recordings.recordFor = async (...args) =>
      this.change(await recordings.recordFor(...args));
    module.exports = { ...recordings, recordFor };
  };

  private change(graph: Graph): Graph {
    const resources = graph.resources.map((one) => {
      const { definition } = one.inputs;
      if (one.type !== stateMachineType || typeof definition !== "string") return one;
      const machine = machineOf(one.name);
      this.definitions.set(`${machine} ${definition}`, { machine, text: definition });
      return { ...one, inputs: { ...one.inputs, definition: this.mutate(machine, definition) } };
    });
    return withBundles({ ...graph, resources }, this.folder);
  }

  private mutate(machine: string, text: string): string {
    const { active } = this;
    if (!active?.startsWith(`${machine}.`)) return text;
    const key = `${active} ${text}`;
    const known = this.mutated.get(key);
    if (known !== undefined) return known;
    const mutant = mutantsOfDefinition(machine, text).find(({ id }) => id === active);
    const mutated = mutant?.definition ?? text;
    this.mutated.set(key, mutated);
    return mutated;
  }
}

type Load = (module: LoadedModule, file: string) => void;

interface LoadedModule {
  exports: object;
  _compile(code: string, file: string): void;
}

/**
 * Puts itself before whatever loads TypeScript in this process. The recorder of programs loads modules anew, and registers its loader
 * anew, so that both may come more than once.
 * @param texts what stands for the text of a file, by the file's path.
 * @param changes what is done to a module once it is loaded, by its file's path.
 */
function loadThrough(
  texts: ReadonlyMap<string, string>,
  changes: ReadonlyMap<string, (module: LoadedModule) => void>,
): void {
  const { _extensions: extensions } = Module as unknown as { _extensions: Record<string, Load> };
  let load = extensions[".ts"];
  if (!load) throw new Error("Nothing in this process loads TypeScript: start it with 'node -r tsx/cjs'.");
  const loadChanged: Load = (module, file) => {
    const text = texts.get(file);
    if (text === undefined) load?.(module, file);
    else {
      const options = { loader: "ts", format: "cjs", target: "node20", sourcefile: file } as const;
      module._compile(transformSync(text, options).code, file);
    }
    changes.get(file)?.(module);
  };
  Object.defineProperty(extensions, ".ts", {
    configurable: true,
    enumerable: true,
    get: () => loadChanged,
    set: (next: Load) => {
      if (next !== loadChanged) load = next;
    },
  });
}
