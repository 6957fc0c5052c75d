import Mocha from "mocha";
import { acts } from "../gameday/acts";
import { playAct } from "../gameday/play";
import type { Situation } from "../gameday/situation";
import { journeys } from "../matrix/journeys";
import { planMatrix, representativeShare } from "../matrix/plan";
import { record } from "../matrix/recorder";
import { runCases } from "../matrix/run";
import { troublesAt } from "../matrix/troubles";
import { World } from "../matrix/world";
import type { Trial } from "./trial";

/** @returns the trials of the matrix and the game day. */
export async function listProofs(): Promise<Trial[]> {
  const cases = await planMatrix();
  const shared = new Set(representativeShare(cases));
  const ends = new Map(cases.map(({ journey, cleanEnd }) => [journey.name, cleanEnd]));
  return [
    ...[...ends].map(([name, cleanEnd]): Trial => ({ kind: "journey", name, cleanEnd })),
    ...cases.flatMap((one): Trial[] => {
      const { name, journey, place, trouble, cleanEnd } = one;
      // A journey alone is a trial of its own.
      if (!place) return [];
      const isShared = shared.has(one);
      return [
        { kind: "case", name, journey: journey.name, place, trouble: trouble.name, cleanEnd, isShared },
      ];
    }),
    ...(await allSituations()).map(([act, { name }]): Trial => ({ kind: "situation", name, act })),
  ];
}

/** Has what a trial needs made ready: some situations of the game day are known once the program has run, as it is. */
export async function prepareTrial({ kind }: Trial): Promise<void> {
  if (kind === "situation") await allSituations();
}

/** @returns what a trial finds, in a line; undefined where all is as it has to be. */
export async function runTrial(trial: Trial): Promise<string | undefined> {
  try {
    switch (trial.kind) {
      case "journey":
        return await runJourney(trial.name, trial.cleanEnd);
      case "case":
        return await runMatrixCase(trial);
      case "situation":
        return await runSituation(trial.act, trial.name);
      case "tests":
        return await runTests(trial.file, trial.only);
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function runJourney(name: string, cleanEnd: string): Promise<string | undefined> {
  const journey = find(journeys, (one) => one.name === name, name);
  const world = await World.start(journey);
  try {
    const { ended, findings } = await record(world, journey);
    const [finding] = findings;
    if (finding) return finding.text;
    return ended === cleanEnd ? undefined : `It ended ${ended}, and not ${cleanEnd}.`;
  } finally {
    await world.stop();
  }
}

async function runMatrixCase(trial: Extract<Trial, { kind: "case" }>): Promise<string | undefined> {
  const { name, place, cleanEnd } = trial;
  const journey = find(journeys, (one) => one.name === trial.journey, trial.journey);
  const troubles = journey.troublesAt?.(place) ?? troublesAt(place, journey);
  const trouble = find(troubles, (one) => one.name === trial.trouble, trial.trouble);
  const [result] = await runCases([{ name, order: 0, journey, place, trouble, cleanEnd }]);
  return result?.findings.map(({ text }) => text).join(" ") || undefined;
}

let situations: Promise<(readonly [string, Situation])[]> | undefined;

/** Some acts look at what the program does before they know their situations: once in a process. */
function allSituations(): Promise<(readonly [string, Situation])[]> {
  situations ??= Promise.all(
    acts.map(async (act) => (await act.situations()).map((one) => [act.title, one] as const)),
  ).then((all) => all.flat());
  return situations;
}

async function runSituation(title: string, name: string): Promise<string | undefined> {
  const all = await allSituations();
  const [, situation] = find(all, ([act, one]) => act === title && one.name === name, name);
  const { played } = await playAct({ title, situations: () => [situation] });
  return played.flatMap(({ wrong }) => wrong).join(" ") || undefined;
}

/** @returns the first test of a file that fails. */
async function runTests(file: string, only?: string): Promise<string | undefined> {
  const mocha = new Mocha({
    timeout: 60_000,
    bail: true,
    reporter: class {} as unknown as typeof Mocha.reporters.Base,
  });
  if (only !== undefined) mocha.grep(new RegExp(`\\b${only}\\b`));
  delete require.cache[file];
  mocha.addFile(file);
  let failure: string | undefined;
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on("fail", (test, error: Error) => {
        failure ??= `${test.fullTitle()}: ${error.message}`;
      });
  });
  mocha.dispose();
  return failure;
}

function find<T>(items: readonly T[], matches: (item: T) => boolean, name: string): T {
  const found = items.find(matches);
  if (found === undefined) throw new Error(`There is no '${name}' any more: survey the trials again.`);
  return found;
}
