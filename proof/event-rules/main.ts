// Generates patterns with events, asks AWS's own engine about each, and writes its verdicts to verdicts.jsonl. Needs Java 17 and the
// engine's jars: mvn dependency:get -Dartifact=software.amazon.event.ruler:event-ruler:2.1.0
// CLASSPATH=JARS npx tsx proof/event-rules/main.ts
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Json, JsonObject } from "../../local/json";
import { verdictsFile } from "./verdicts";

const pairs = 6000;

/** The same numbers in every run (mulberry32). */
let state = 20_270_101;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

const below = (count: number) => Math.floor(random() * count);
const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
const some = <Item>(most: number, make: () => Item): Item[] => Array.from({ length: 1 + below(most) }, make);

const names = ["a", "a", "b", "b", "c", "a.b", "$or", "prefix"];
const texts = [
  ...[
    "",
    "a",
    "A",
    "ab",
    "aB",
    "abc",
    "b",
    "ba",
    "aab",
    "a*b",
    "a\\b",
    "*",
    "\\*",
    "x/y/z",
    "1",
    "-1",
    "true",
    "null",
    "é",
    "É",
  ],
  ...[
    "straße",
    "STRASSE",
    "strasse",
    "ß",
    "SS",
    "ı",
    "I",
    "i",
    "İ",
    "ς",
    "Σ",
    "σ",
    "ﬁ",
    "FI",
    'q"q',
    "a\nb",
    "日本",
  ],
];
const numbers = [0, 1, -1, 2, 1.5, 0.1, 100, 5e9, 6e9, -5e9, 1e13, 123456.789];
const addresses = [
  ...[
    "10.0.0.1",
    "10.0.0.255",
    "010.0.0.1",
    "10.0.1.0",
    "10.0.0.256",
    "192.168.1.1",
    "0.0.0.0",
    "255.255.255.255",
    "10.1",
    "1.2.3.4.5",
  ],
  ...[
    "::1",
    "::",
    "fe80::1",
    "FE80::1",
    "fe80::1%eth0",
    "2001:db8::ff",
    "2001:db8:0:0:0:0:0:1",
    "ffff::",
    "1:2:3:4:5:6:7:8",
  ],
];
const wildcards = [
  "*",
  "a*",
  "*b",
  "a*b",
  "*a*",
  "a\\*b",
  "\\**",
  "**",
  "a\\b",
  "a\\",
  "*/y/*",
  "a*b*c",
  "*é*",
  "",
  "a\n*",
  "*:*",
];

const text = () => (random() < 0.15 ? pick(addresses) : pick(texts));
const scalar = (): Json =>
  pick<() => Json>([text, text, () => pick(numbers), () => pick([true, false, null])])();

function value(depth: number): Json {
  const kind = random();
  if (depth === 0 || kind < 0.5) return scalar();
  if (kind < 0.75) return Array.from({ length: below(4) }, () => value(depth - 1));
  return object(depth - 1);
}

function object(depth: number): JsonObject {
  return Object.fromEntries(Array.from({ length: below(4) }, () => [pick(names), value(depth)]));
}

/** The shortest blocks are left out: which other texts of hexadecimal digits the engine takes for theirs follows no rule that could be told. */
function cidr(): Json {
  const address = pick(addresses);
  const lengths = address.includes(":") ? [31, 32, 33, 64, 127, 128, 129] : [8, 24, 30, 31, 32, 33, "08"];
  return { cidr: `${address}/${pick(lengths)}` };
}

function matcher(): Json {
  const operand = (): Json =>
    pick<() => Json>([
      text,
      text,
      text,
      () => pick(numbers),
      () => null,
      () => ({ "equals-ignore-case": text() }),
    ])();
  const number = () => pick(numbers);
  return pick<() => Json>([
    scalar,
    scalar,
    () => ({ exists: random() < 0.97 ? random() < 0.5 : "true" }),
    () => ({ prefix: operand() }),
    () => ({ suffix: operand() }),
    () => ({ "equals-ignore-case": text() }),
    () => ({ wildcard: random() < 0.6 ? pick(wildcards) : text() }),
    () => ({ "anything-but": random() < 0.5 ? scalar() : some(3, random() < 0.8 ? text : scalar) }),
    () => ({ "anything-but": some(2, number) }),
    () => ({
      "anything-but": {
        [pick(["prefix", "suffix", "equals-ignore-case", "wildcard"])]:
          random() < 0.7 ? operand() : some(2, text),
      },
    }),
    () => ({ numeric: [pick(["=", "<", "<=", ">", ">="]), number()] }),
    () => ({ numeric: [pick([">", ">=", "<"]), number(), pick(["<", "<=", ">"]), number()] }),
    cidr,
  ])();
}

/** A `$or` that is an object is left out: what the engine refuses next to one follows no rule that could be told. */
function pattern(depth: number, isSmall = false): JsonObject {
  return Object.fromEntries(
    some(isSmall ? 1 : 2, (): [string, Json] => {
      const name = pick(names);
      if (name === "$or" && !isSmall && random() < 0.8)
        return [name, some(2, () => pattern(0, true)).concat(pattern(0, true))];
      if (name !== "$or" && depth > 0 && random() < 0.4) return [name, pattern(depth - 1)];
      return [name, random() < 0.99 ? some(2, matcher) : []];
    }),
  );
}

/** An event in which every leaf of the pattern has a value that may match, mixed with others: events at random rarely match. */
function eventFor(part: Json): Json {
  const candidate = (leaf: Json): Json => {
    if (Array.isArray(leaf)) return candidate(pick(leaf.length > 0 ? leaf : [null]));
    if (typeof leaf !== "object" || leaf === null) return random() < 0.8 ? leaf : scalar();
    const [operand = null] = Object.values(leaf);
    if (typeof operand === "string" && operand.includes("/")) return pick(addresses);
    if (typeof operand === "string")
      return pick([operand, `${operand}b`, `a${operand}`, operand.toUpperCase(), operand.toLowerCase()]);
    return typeof operand === "object" ? candidate(operand) : scalar();
  };
  if (Array.isArray(part)) {
    const found = candidate(part);
    return random() < 0.3 ? [found, ...some(2, scalar)] : found;
  }
  if (typeof part !== "object" || part === null) return scalar();
  const members = Object.entries(part).flatMap(([name, child]): [string, Json][] => {
    if (random() < 0.1) return [];
    if (name !== "$or" || !Array.isArray(child)) return [[name, eventFor(child)]];
    const chosen = eventFor(pick(child));
    return typeof chosen === "object" && chosen !== null ? Object.entries(chosen) : [[name, chosen]];
  });
  const made: JsonObject = Object.fromEntries(members);
  return random() < 0.2 ? [made, ...some(2, () => object(1))] : made;
}

/** Left out too: beside a field of the name $or, the engine refuses some operators and not others. */
function isTold(made: JsonObject): boolean {
  const text = JSON.stringify(made);
  const alternatives = [...text.matchAll(/"\$or":\[(?=([^\]]*))/g)];
  const hasField = alternatives.some(([, inside = ""]) => !/^\{"(a|b|c|a\.b)":/.test(inside));
  return !hasField || (alternatives.length === 1 && !text.includes('"anything-but":{'));
}

function toldPattern(): JsonObject {
  for (;;) {
    const made = pattern(2);
    if (isTold(made)) return made;
  }
}

const cases = Array.from({ length: pairs }, (): [JsonObject, JsonObject] => {
  const made = toldPattern();
  const event = eventFor(made);
  return [
    made,
    typeof event === "object" && event !== null && !Array.isArray(event) && random() < 0.9
      ? event
      : object(2),
  ];
});

const { stdout, stderr, status } = spawnSync("java", [join(__dirname, "Verdicts.java")], {
  input: cases
    .flat()
    .map((part) => `${JSON.stringify(part)}\n`)
    .join(""),
  encoding: "utf8",
  maxBuffer: 2 ** 26,
});
if (status !== 0) throw new Error(stderr);
const verdicts = stdout.trim().split("\n");
writeFileSync(
  verdictsFile,
  cases.map(([made, event], index) => `${JSON.stringify([verdicts[index], made, event])}\n`).join(""),
);
const counted = (verdict: string) => verdicts.filter((one) => one === verdict).length;
process.stdout.write(
  `${counted("m")} match, ${counted("n")} do not, ${counted("r")} patterns are refused.\n`,
);
