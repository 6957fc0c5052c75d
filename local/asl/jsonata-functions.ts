import { createHash, randomUUID } from "node:crypto";
import type { Json } from "../json";
import type { Clock } from "../time/clock";

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

/** The longest array that JSONata's own range operator builds. */
const longestRange = 1e7;

/**
 * The functions Step Functions adds to JSONata, and JSONata's own that depend on chance.
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
  formatMillis: (milliseconds: number, picture: string, timezone?: string) => Promise<string>,
): Record<string, (...values: never[]) => unknown> {
  const now = clock.now();
  return {
    millis: () => now,
    now: (picture?: string, timezone?: string) =>
      picture === undefined ? new Date(now).toISOString() : formatMillis(now, picture, timezone),
  };
}

function partition(values?: Json[], size?: number): Json[][] | undefined {
  if (values === undefined || size === undefined) return undefined;
  if (!Number.isInteger(size) || size < 1) {
    throw new Error(`$partition needs a size that is a whole number of at least 1 but received ${size}`);
  }
  const chunks: Json[][] = [];
  for (let start = 0; start < values.length; start += size) chunks.push(values.slice(start, start + size));
  return chunks;
}

/** A range of one number is that number, as of any sequence in JSONata: `$range(1, 9, 9)` is 1, in AWS too. */
function range(start?: number, end?: number, step?: number): number[] | number | undefined {
  if (start === undefined || end === undefined || step === undefined) return undefined;
  if (step === 0) throw new Error("$range needs a step other than 0");
  const length = Math.max(Math.floor((end - start) / step) + 1, 0);
  if (length > longestRange) throw new Error(`$range builds at most ${longestRange} numbers, not ${length}`);
  return length === 1 ? start : Array.from({ length }, (_, index) => start + index * step);
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

/** The same seed gives the same number, from 0 to below 1; not the number AWS's generator gives. */
function seededRandom(seed: number): number {
  return createHash("sha256").update(String(seed)).digest().readUInt32BE() / 2 ** 32;
}

function shuffle(values: Json[] | undefined, random: () => number): Json[] | undefined {
  if (values === undefined) return undefined;
  return values
    .map((value) => ({ value, order: random() }))
    .sort((left, right) => left.order - right.order)
    .map(({ value }) => value);
}
