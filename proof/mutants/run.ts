import { checkDefinition } from "../../local/wiring/check-definition";
import { type DefinitionMutant, mutantsOfDefinition } from "./definition-mutants";
import { InstrumentedHandlers } from "./instrumented-handlers";
import type { Survey } from "./survey";
import type { Trial } from "./trial";
import { inWorkers, type Worker } from "./workers";

/** Which trial found a mutant last, by the mutant's id: it is asked first. */
export type Finders = { readonly [id: string]: string | undefined };

/** A program with one mechanism out of force. */
export interface Mutant {
  /** Says where, and what: `StreamTeardown.MarkLease: catch of States.ALL`. */
  readonly id: string;
  /** A trial in which any of these is a fact may tell it from the program. */
  readonly matters: readonly string[];
  /** The mutated definition, where it is one. */
  readonly definition?: string;
  /** The state that it is about. */
  readonly state?: string;
  /** That state as the names of the matrix's sites begin with it. */
  readonly site?: string;
}

export interface MutantResult {
  readonly id: string;
  /** What finds that the mechanism is gone; undefined where nothing does. */
  readonly killedBy?: string;
  /** The name of the trial that found it. */
  readonly finder?: string;
  /** How many trials were run. */
  readonly trials: number;
}

/** @returns every mutant of the definitions that the trials ran, in every configuration, and of the handlers. */
export function listMutants(root: string, { definitions }: Pick<Survey, "definitions">): Mutant[] {
  const found = new Map<string, Mutant>();
  for (const { machine, text } of definitions) {
    for (const mutant of mutantsOfDefinition(machine, text)) {
      if (!found.has(mutant.id)) found.set(mutant.id, ofDefinition(mutant));
    }
  }
  for (const id of new InstrumentedHandlers(root).ids) found.set(id, { id, matters: [id] });
  return [...found.values()];
}

function ofDefinition({ id, matters, machine, state, definition }: DefinitionMutant): Mutant {
  return { id, matters, definition, state, site: `${machine}.${state}:` };
}

/**
 * @returns whether a mutant lacks a whole condition, choice, catch, retrier or guard. The others lack one operand of an expression, or
 * one assignment.
 */
export function isMain({ id }: Mutant): boolean {
  return !/^[^:]*: (?:operand|assignment) /.test(id);
}

/** @returns why CreateStateMachine refuses a mutant, where it does: then nobody can deploy it. */
function refusalOf({ definition }: Mutant): string | undefined {
  const [problem] = definition === undefined ? [] : checkDefinition(JSON.parse(definition));
  return problem === undefined ? undefined : String(problem);
}

/** Tests of handlers alone are one kind, and tests of whole journeys another. */
type Kind = Trial["kind"] | "unit tests";

const kindOf = ({ kind, name }: Trial): Kind => (name.startsWith("test/handlers/") ? "unit tests" : kind);

/**
 * The processor seconds that the trials of each kind may take for one mutant. Most streams go through some mechanisms, and the further trials of
 * those find nothing new.
 */
const maxSeconds: { readonly [kind in Kind]: number } = {
  "unit tests": 30,
  tests: 20,
  journey: 4,
  situation: 3,
  case: 4,
};
/** How many cases of the matrix are added to those that the survey ran: troubles at the mutant's state. */
const maxOthers = 8;
/** A survivor with a reason gets this part of those seconds: enough to notice that something finds it after all. */
const partOfExplained = 0.25;

export interface RelevantTrialsOptions {
  /** The name of the trial that found the mutant last: it is always one of them. */
  readonly finder?: string | undefined;
  /** Whether a reason says why the mutant survives. @default false */
  readonly isExplained?: boolean;
}

/** Tests of handlers alone run no definition, and are the likeliest to find what is wrong with a handler. */
const rankOf = (trial: Trial) => (kindOf(trial) === "unit tests" ? 0 : 1);

/**
 * @returns the trials that may find a mutant: the tests that name its state, then, cheapest first, those that came by its mechanism when
 * all was in force, then cases of the matrix in which something goes wrong at its state.
 */
export function relevantTrials(
  { matters, state, site }: Mutant,
  { trials, others, named }: Survey,
  { finder, isExplained = false }: RelevantTrialsOptions = {},
): Trial[] {
  const wanted = new Set(matters);
  const part = isExplained ? partOfExplained : 1;
  const spent = new Map<Kind, number>();
  const surveyed = trials
    .filter(({ facts }) => facts.some((fact) => wanted.has(fact)))
    .sort((a, b) => rankOf(a.trial) - rankOf(b.trial) || a.seconds - b.seconds)
    .filter(({ trial, seconds }) => {
      const kind = kindOf(trial);
      const before = spent.get(kind) ?? 0;
      spent.set(kind, before + seconds);
      return before === 0 || before + seconds <= maxSeconds[kind] * part;
    })
    .map(({ trial }) => trial);
  const atSite = others
    .filter((trial) => site !== undefined && trial.name.includes(site))
    .slice(0, maxOthers * part);
  const chosen = [...(state === undefined ? [] : named(state)), ...surveyed, ...atSite];
  if (finder === undefined || chosen.some(({ name }) => name === finder)) return chosen;
  const known = [...trials.map(({ trial }) => trial), ...others].find(({ name }) => name === finder);
  return known ? [known, ...chosen] : chosen;
}

/** The survey ran whole files. Some of a file's tests may need those before them, and fail alone: they are not used. */
async function isSound(worker: Worker, trial: Trial, known: Map<string, boolean>): Promise<boolean> {
  if (trial.kind !== "tests" || trial.only === undefined) return true;
  const answer = known.has(trial.name) ? undefined : await worker.ask({ kind: "run", trial });
  if (answer !== undefined) known.set(trial.name, typeof answer !== "string" && answer.problem === undefined);
  return known.get(trial.name) === true;
}

export interface RunOptions {
  readonly workers: number;
  readonly known: Finders;
  /** The ids of the mutants that have a reason. */
  readonly explained: ReadonlySet<string>;
}

/** Runs mutants, each until a trial finds it. Those that few trials come by are first: they are the likeliest to survive. */
export async function runMutants(
  mutants: readonly Mutant[],
  from: Survey,
  { workers, known, explained }: RunOptions,
  onResult: (result: MutantResult) => void,
): Promise<void> {
  const finders = new Map<string, Set<string>>();
  const seconds = new Map(from.trials.map((one) => [one.trial.name, one.seconds]));
  const sound = new Map<string, boolean>();
  const planned = mutants
    .map((mutant) => ({
      mutant,
      trials: relevantTrials(mutant, from, {
        finder: known[mutant.id],
        isExplained: explained.has(mutant.id),
      }),
    }))
    .sort((a, b) => a.trials.length - b.trials.length);
  await inWorkers(workers, planned, async (worker, { mutant, trials }) => {
    const { id } = mutant;
    const refusal = refusalOf(mutant);
    if (refusal !== undefined) {
      onResult({ id, killedBy: `CreateStateMachine: ${refusal}`, trials: 0 });
      return;
    }
    // What found another mutant at the same place is likely to find this one.
    const place = id.slice(0, id.indexOf(":"));
    const neighbours = finders.get(place) ?? new Set();
    finders.set(place, neighbours);
    const rank = ({ name }: Trial) => (name === known[id] ? 0 : neighbours.has(name) ? 1 : 2);
    const ordered = [...trials].sort((a, b) => rank(a) - rank(b));
    for (const [index, trial] of ordered.entries()) {
      const answer = await worker.ask({ kind: "run", trial, mutant: id, seconds: seconds.get(trial.name) });
      const problem = typeof answer === "string" ? answer : answer.problem;
      if (problem === undefined || !(await isSound(worker, trial, sound))) continue;
      neighbours.add(trial.name);
      onResult({ id, killedBy: `${trial.name}: ${problem}`, finder: trial.name, trials: index + 1 });
      return;
    }
    onResult({ id, trials: trials.length });
  });
}
