import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { SeenDefinition } from "./subject";
import { listNamedTests, listTests, type Trial } from "./trial";
import { inWorkers, Worker } from "./workers";

/** A trial that was run with every mechanism in force. */
export interface SurveyedTrial {
  readonly trial: Trial;
  /** What executions and handlers did in it. */
  readonly facts: readonly string[];
  /** Processor time. */
  readonly seconds: number;
}

/** What each trial comes by. */
export interface Survey {
  readonly trials: readonly SurveyedTrial[];
  /** Cases of the matrix that were not run; of these, the place is known where something goes wrong. */
  readonly others: readonly Trial[];
  /** Trials that fail with every mechanism in force, which cannot tell anything. */
  readonly broken: readonly { readonly name: string; readonly problem: string }[];
  readonly definitions: readonly SeenDefinition[];
  /** The tests that name a state, and that were not run by themselves. */
  readonly named: (state: string) => readonly Trial[];
}

export interface SurveyOptions {
  readonly root: string;
  readonly workers: number;
  /** Whether every case of the matrix is run, and not only a share. */
  readonly isFull: boolean;
  readonly onTrial: (done: number, of: number) => void;
}

/** What earlier surveys of the same sources left. */
interface Known {
  proofs?: readonly Trial[];
  readonly outcomes: { [key: string]: { facts: readonly string[]; seconds: number } | { problem: string } };
  readonly definitions: { [key: string]: SeenDefinition };
}

/** Runs every trial once; what a trial came by is kept for as long as neither a source nor its own file changes. */
export async function survey({ root, workers, isFull, onTrial }: SurveyOptions): Promise<Survey> {
  const file = join(tmpdir(), "stream-orchestration-mutants", `${hashOfSources(root)}.json`);
  mkdirSync(dirname(file), { recursive: true });
  const known: Known = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Known)
    : { outcomes: {}, definitions: {} };
  known.proofs ??= await listProofs();
  const all = [...known.proofs, ...listTests(root)];
  const wanted = all.filter((trial) => trial.kind !== "case" || isFull || trial.isShared);
  const missing = wanted.filter((trial) => known.outcomes[keyOf(trial)] === undefined);
  let done = 0;
  await inWorkers(workers, missing, async (worker, trial) => {
    const answer = await worker.ask({ kind: "run", trial });
    const problem = typeof answer === "string" ? answer : answer.problem;
    if (typeof answer !== "string") {
      for (const one of answer.definitions) known.definitions[`${one.machine} ${one.text}`] = one;
    }
    known.outcomes[keyOf(trial)] =
      typeof answer === "string" || problem !== undefined
        ? { problem: problem ?? "" }
        : { facts: answer.facts, seconds: answer.seconds };
    done += 1;
    // A survey that is interrupted has not been in vain.
    if (done % 50 === 0 || done === missing.length) writeFileSync(file, JSON.stringify(known));
    onTrial(done, missing.length);
  });

  const trials: SurveyedTrial[] = [];
  const broken: { name: string; problem: string }[] = [];
  for (const trial of wanted) {
    const outcome = known.outcomes[keyOf(trial)];
    if (outcome && "problem" in outcome) broken.push({ name: trial.name, problem: outcome.problem });
    else if (outcome) trials.push({ trial, ...outcome });
  }
  const others = all.filter((trial) => !wanted.includes(trial));
  const named = (state: string) => listNamedTests(root, state);
  return { trials, others, broken, definitions: Object.values(known.definitions), named };
}

async function listProofs(): Promise<readonly Trial[]> {
  const worker = new Worker();
  try {
    const answer = await worker.ask({ kind: "list" });
    if (typeof answer === "string") throw new Error(answer);
    return answer.trials ?? [];
  } finally {
    worker.stop();
  }
}

function keyOf(trial: Trial): string {
  const version = trial.kind === "tests" ? ` ${hash([readFileSync(trial.file, "utf8")])}` : "";
  return `${trial.kind} ${trial.name}${version}`;
}

/** Everything that decides what trials do, save for the files of tests, of which each decides for itself. */
const folders = ["components", "contracts", "handlers", "local", "proof", "test", "testing"];
const files = ["config.ts", "index.ts", "Pulumi.yaml", "Pulumi.local.yaml", "package-lock.json"];
/** What makes mutants, chooses trials, and tells of them. */
const withoutEffect =
  /^proof\/mutants\/(?:clauses|definition-mutants|main|report|run|survey|workers?)\.ts$|\.test\.ts$/;

function hashOfSources(root: string): string {
  const sources = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
      .filter((file) => file.endsWith(".ts") && !withoutEffect.test(file)),
  );
  return hash(
    [...sources.sort(), ...files].flatMap((file) => [file, readFileSync(join(root, file), "utf8")]),
  );
}

function hash(texts: readonly string[]): string {
  const made = createHash("sha256");
  for (const text of texts) made.update(text).update("\0");
  return made.digest("hex").slice(0, 16);
}
