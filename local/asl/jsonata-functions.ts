import { createHash, randomUUID } from "node:crypto";
import { isJsonObject, type Json } from "../json";
import type { Clock } from "../time/clock";
import { takeMemory } from "./jsonata-limits";

/** A function for JSONata expressions, with its signature in JSONata's own notation. */
export interface JsonataFunction {
  signature: string;
  implementation: (...values: never[]) => unknown;
}

const hashAlgorithms: Record<string, string> = {
  MD5: "md5",
  "SHA-1": "sha1",
  "SHA-256": "sha256",
  "SHA-384": "sha384",
  "SHA-512": "sha512",
};

/**
 * The functions Step Functions adds to JSONata, and those of JSONata's own that depend on chance, or in which AWS has bounds that the
 * library has not.
 * Source: Step Functions Developer Guide, "JSONata functions provided by Step Functions". As in JSONata itself,
 * a function of an undefined value is undefined.
 * @param random yields numbers from 0 to below 1.
 */
export function awsFunctions(random: () => number): Record<string, JsonataFunction> {
  return {
    partition: { signature: "<an:a>", implementation: partition },
    range: { signature: "<nnn:a>", implementation: range },
    hash: { signature: "<ss:s>", implementation: hash },
    random: {
      signature: "<n?:n>",
      implementation: (seed?: number) => (seed === undefined ? random() : seededRandom(seed)),
    },
    uuid: { signature: "<:s>", implementation: () => randomUUID() },
    parse: {
      signature: "<s:x>",
      implementation: (text?: string) => (text === undefined ? undefined : JSON.parse(text)),
    },
    shuffle: { signature: "<a:a>", implementation: (values?: Json[]) => shuffle(values, random) },
    pad: { signature: "<s-ns?:s>", implementation: pad },
    distinct: { signature: "<x:x>", implementation: distinct },
    base64decode: { signature: "<s-:s>", implementation: base64decode },
    eval: {
      signature: "<sx?:x>",
      implementation: () => {
        throw new Error("Step Functions does not offer $eval. To read a JSON text, use $parse");
      },
    },
  };
}

/** `$now` and `$millis`, telling one evaluation's time, which stays the same throughout it. */
export function timeFunctions(
  clock: Clock,
  formatMillis: (milliseconds: number, picture: string, timezone?: string) => string,
): Record<string, (...values: never[]) => unknown> {
  const now = clock.now();
  return {
    millis: () => now,
    now: (picture?: string, timezone?: string) =>
      picture === undefined ? new Date(now).toISOString() : formatMillis(now, picture, timezone),
  };
}

/** AWS cuts fractions off, towards zero, as of the arguments of $range: floci-io/floci #2662, measured. */
function partition(values?: Json[], size?: number): Json[][] | undefined {
  if (values === undefined || size === undefined) return undefined;
  const whole = Math.trunc(size);
  if (!(whole >= 1)) {
    throw new Error(`$partition needs a size that is a number of at least 1 but received ${size}`);
  }
  const chunks: Json[][] = [];
  for (let start = 0; start < values.length; start += whole) chunks.push(values.slice(start, start + whole));
  return chunks;
}

/** A range of one number is that number, as of any sequence in JSONata: `$range(1, 9, 9)` is 1, in AWS too. */
function range(from?: number, to?: number, by?: number): number[] | number | undefined {
  if (from === undefined || to === undefined || by === undefined) return undefined;
  // Adding 0 makes 0 of -0.
  const [start, end, step] = [Math.trunc(from) + 0, Math.trunc(to), Math.trunc(by)];
  if (step === 0) throw new Error("$range needs a step other than 0");
  const length = Math.max(Math.floor((end - start) / step) + 1, 0);
  takeMemory({ values: length });
  return length === 1 ? start : Array.from({ length }, (_, index) => start + index * step);
}

/** As the library's, which fills a list of that width before anything could refuse it, and ends the process with it. */
function pad(text?: string, width?: number, filling = " "): string | undefined {
  if (text === undefined) return undefined;
  const missing = Math.trunc(Math.abs(width ?? 0)) - [...text].length;
  if (missing <= 0) return text;
  takeMemory({ characters: text.length + missing });
  const unit = [...(filling === "" ? " " : filling)];
  const rest = unit.slice(0, missing % unit.length).join("");
  const padding = unit.join("").repeat(Math.floor(missing / unit.length)) + rest;
  return Number(width) > 0 ? text + padding : padding + text;
}

/** As the library's, which compares each value with each: of a long list, for minutes. */
function distinct(values?: unknown): unknown {
  if (!Array.isArray(values) || values.length <= 1) return values;
  const seen = new Set<string>();
  const kept = values.filter((value) => {
    const key = keyOf(value);
    return !seen.has(key) && seen.add(key);
  });
  // The library's mark of a sequence: one of a single value stands for that value.
  if ("sequence" in values) Object.defineProperty(kept, "sequence", { value: true });
  return kept;
}

/** Equal for values that JSONata counts as equal: the order of an object's members means nothing. Functions are not compared. */
function keyOf(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isJsonObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
}

/** Java's decoder refuses what is not Base64, where JavaScript's skips it: `$base64decode('!!!')` fails in AWS. */
function base64decode(text?: string): string | undefined {
  if (text === undefined) return undefined;
  const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.replaceAll("=", "").length % 4 !== 1;
  if (!isBase64) throw new Error(`$base64decode needs a text in Base64 but received ${JSON.stringify(text)}`);
  return Buffer.from(text, "base64").toString("binary");
}

function hash(text?: string, algorithm?: string): string | undefined {
  if (text === undefined || algorithm === undefined) return undefined;
  const name = hashAlgorithms[algorithm];
  if (name === undefined) {
    const known = Object.keys(hashAlgorithms).join(", ");
    throw new Error(`$hash knows the algorithms ${known} but received ${JSON.stringify(algorithm)}`);
  }
  return createHash(name).update(text).digest("hex");
}

/** The first `nextDouble()` of `java.util.Random`, which is what AWS's generator is. Source: the documentation of that class. */
function seededRandom(seed: number): number {
  const multiplier = 0x5deece66dn;
  const mask = (1n << 48n) - 1n;
  let state = (BigInt(Math.trunc(seed)) ^ multiplier) & mask;
  const next = (bits: bigint) => {
    state = (state * multiplier + 11n) & mask;
    return state >> (48n - bits);
  };
  return Number((next(26n) << 27n) + next(27n)) / 2 ** 53;
}

function shuffle(values: Json[] | undefined, random: () => number): Json[] | undefined {
  if (values === undefined) return undefined;
  return values
    .map((value) => ({ value, order: random() }))
    .sort((left, right) => left.order - right.order)
    .map(({ value }) => value);
}
