import { quote } from "../contracts/text";

/** @returns what is wrong with a key that is none of the known ones, and which of them may be meant. */
export function describeUnknownKey(what: string, key: string, known: readonly string[]): string {
  const [closest] = known
    .map((name) => ({ name, distance: distanceOf(key.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(2, name.length / 4) && distance < name.length / 2)
    .sort((one, other) => one.distance - other.distance);
  return `is not ${what}${closest ? ` (did you mean ${quote(closest.name)}?)` : ""}`;
}

/** @returns how many characters have to be added, left out or changed to get from one text to the other (Levenshtein). */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, character] of [...one].entries()) {
    const next = [index + 1];
    for (const [position, wanted] of [...other].entries()) {
      const changed = (row[position] ?? 0) + (character === wanted ? 0 : 1);
      next.push(Math.min(changed, (row[position + 1] ?? 0) + 1, (next[position] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
