import { type MatrixCase, nameOfCase } from "./case";
import { type Journey, journeys } from "./journeys";
import { type CleanRun, record } from "./recorder";
import { nameOfPlace, siteOf } from "./sites";
import { troublesAt } from "./troubles";
import { World } from "./world";

/**
 * Makes the cases of a matrix. The first journey that comes by a site (a state of a workflow, a call in a function's code, a rule's
 * target) meets every trouble there is at it; each later one meets a single trouble, another one each time.
 *
 * @param isFull has every journey meet every trouble at every site.
 */
export async function planMatrix(
  wanted: readonly Journey[] = journeys,
  isFull = false,
): Promise<MatrixCase[]> {
  const cases: MatrixCase[] = [];
  const before: (readonly string[])[] = [];
  const sites = new Set<string>();
  for (const { journey, run } of await recordAll(wanted)) {
    const shared = Math.max(0, ...before.map((others) => sharedActs(others, run.acts)));
    before.push(run.acts);
    // Up to where two journeys part they are the same, and one of them shows what goes wrong there.
    for (const place of run.places.filter(({ acts }) => shared === 0 || acts > shared)) {
      const isNew = !sites.has(siteOf(place));
      sites.add(siteOf(place));
      const all = troublesAt(place);
      const troubles = isNew || isFull ? all : chosenFor(`${journey.name} ${nameOfPlace(place)}`, all);
      for (const trouble of troubles) {
        const name = nameOfCase(journey, place, trouble);
        cases.push({ name, order: cases.length, journey, place, trouble, cleanEnd: run.ended });
      }
    }
  }
  return cases;
}

/** Goes each way once, without a fault. */
async function recordAll(wanted: readonly Journey[]): Promise<{ journey: Journey; run: CleanRun }[]> {
  const worlds = new Map<string, World>();
  const runs: { journey: Journey; run: CleanRun }[] = [];
  try {
    for (const journey of wanted) {
      const key = JSON.stringify([journey.config, journey.isAlone]);
      const world = worlds.get(key) ?? (await World.start(journey));
      worlds.set(key, world);
      runs.push({ journey, run: await record(world, journey) });
    }
  } finally {
    for (const world of worlds.values()) await world.stop();
  }
  return runs;
}

/** @returns how many acts two journeys begin with alike. */
function sharedActs(some: readonly string[], others: readonly string[]): number {
  const parting = others.findIndex((act, index) => act !== some[index]);
  return parting < 0 ? others.length : parting;
}

/** @returns a share of the cases that meets every state, action of a function and target, each with one trouble: always the same ones. */
export function representativeShare(cases: readonly MatrixCase[]): MatrixCase[] {
  const shares = new Map<string, MatrixCase[]>();
  for (const one of cases) {
    const { place } = one;
    const isOfFunction = place.kind === "call" && place.callerKind === "function";
    const key = siteOf(isOfFunction ? { ...place, site: "" } : place);
    shares.set(key, [...(shares.get(key) ?? []), one]);
  }
  const chosen = [...shares].flatMap(([key, share]) => chosenFor(key, share));
  return chosen.sort((a, b) => a.order - b.order);
}

/** @returns one of several, by a text: always the same one for the same text. */
function chosenFor<T>(text: string, items: readonly T[]): T[] {
  const chosen = items[hash(text) % items.length];
  return chosen === undefined ? [] : [chosen];
}

function hash(text: string): number {
  let value = 0;
  for (const character of text) value = (value * 31 + character.charCodeAt(0)) >>> 0;
  return value;
}
