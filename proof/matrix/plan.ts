import { brokenCase, type MatrixCase, nameOfCase } from "./case";
import { type Journey, journeys } from "./journeys";
import { type CleanRun, record } from "./recorder";
import { nameOfPlace, type Place, siteOf } from "./sites";
import { noTrouble, troublesAt } from "./troubles";
import { Worlds } from "./worlds";

export interface PlanOptions {
  /** @default - every one */
  readonly journeys?: readonly Journey[];
  /** Has every journey meet every trouble at every site. @default false */
  readonly isFull?: boolean;
  /** @default - worlds of their own */
  readonly worlds?: Worlds;
}

/**
 * Makes the cases of a matrix: each journey alone, and then with a trouble at one of its places. The first journey that comes by a site (a
 * state of a workflow, a call in a function's code, a rule's target) meets every trouble there is at it; each later one meets a single trouble,
 * another one each time.
 */
export async function planMatrix({
  journeys: wanted = journeys,
  isFull = false,
  worlds,
}: PlanOptions = {}): Promise<MatrixCase[]> {
  const cases: MatrixCase[] = [];
  const before: (readonly string[])[] = [];
  const sites = new Set<string>();
  for (const { journey, run } of await recordAll(wanted, worlds)) {
    const { ended, findings } = run;
    const add = (one: Pick<MatrixCase, "name" | "trouble" | "place" | "recorded">) =>
      cases.push({ ...one, order: cases.length, journey, cleanEnd: ended });
    const name = nameOfCase(journey, noTrouble);
    add({ name, trouble: noTrouble, recorded: { findings, ended } });
    // What goes wrong by itself goes wrong with any trouble.
    if (findings.length > 0) continue;
    const shared = Math.max(0, ...before.map((others) => sharedActs(others, run.acts)));
    before.push(run.acts);
    // Up to where two journeys part they are the same, and one of them shows what goes wrong there.
    const places = run.places.filter((place) => shared === 0 || place.acts > shared);
    for (const place of places.filter((one) => journey.isLookedAt?.(one) ?? true)) {
      const isNew = !sites.has(siteOf(place));
      if (!journey.troublesAt) sites.add(siteOf(place));
      const all = journey.troublesAt?.(place) ?? troublesAt(place, journey);
      const isEach = isNew || isFull || journey.troublesAt !== undefined;
      const troubles = isEach ? all : chosenFor(`${journey.name} ${nameOfPlace(place)}`, all);
      for (const trouble of troubles) add({ name: nameOfCase(journey, trouble, place), trouble, place });
    }
  }
  return cases;
}

/** Goes each way once, without a fault. */
async function recordAll(
  wanted: readonly Journey[],
  shared: Worlds | undefined,
): Promise<{ journey: Journey; run: CleanRun }[]> {
  const worlds = shared ?? new Worlds();
  const runs: { journey: Journey; run: CleanRun }[] = [];
  try {
    for (const journey of wanted) {
      const run = await record(await worlds.of(journey), journey).catch((error: unknown): CleanRun => {
        const { findings, ended } = brokenCase(undefined, error);
        return { places: [], acts: [], ended, findings };
      });
      runs.push({ journey, run });
      if (run.findings.length > 0) await worlds.discard(journey);
    }
  } finally {
    if (!shared) await worlds.stop();
  }
  return runs;
}

/** @returns how many acts two journeys begin with alike. */
function sharedActs(some: readonly string[], others: readonly string[]): number {
  const parting = others.findIndex((act, index) => act !== some[index]);
  return parting < 0 ? others.length : parting;
}

/**
 * @returns a share of the cases, always the same ones: each journey alone, which costs nothing more, and cases that together meet every state,
 * every action of a function, every target and every trouble.
 */
export function representativeShare(cases: readonly MatrixCase[]): MatrixCase[] {
  const faulty = cases.filter(({ place }) => place !== undefined);
  // Spread over the journeys, and not the first ones of each.
  const shuffled = faulty.map((one) => ({ one, rank: hash(one.name) })).sort((a, b) => a.rank - b.rank);
  const chosen = new Set<MatrixCase>();
  const met = new Set<string>();
  // First those that meet a new place and a new trouble at once.
  for (const least of [2, 1]) {
    for (const { one } of shuffled) {
      const news = meetingsOf(one).filter((what) => !met.has(what));
      if (news.length < least) continue;
      chosen.add(one);
      for (const what of news) met.add(what);
    }
  }
  return cases.filter((one) => one.place === undefined || chosen.has(one));
}

/** What a case shows: a trouble, and a place. A state that several machines share is one. */
function meetingsOf({ place, trouble }: MatrixCase): string[] {
  if (!place) return [];
  return [`trouble ${trouble.name}`, `place ${placeInShare(place)}`];
}

function placeInShare(place: Place): string {
  if (place.kind === "delivery") return place.target;
  const { callerKind, caller, site, service, action } = place;
  return callerKind === "state-machine" ? site : `${caller} ${service} ${action}`;
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
