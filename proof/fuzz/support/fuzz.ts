import fc from "fast-check";

/** Cases of all properties together: `npm run fuzz` sets many. */
const cases = numberOf("FUZZ_CASES") ?? 3_000;

/** A long run looks where none has looked; `npm run proofs` is the same each time. */
const seed = numberOf("FUZZ_SEED") ?? (process.env.FUZZ_CASES ? Date.now() % 2 ** 31 : 20_270_320);

/** A case that takes longer than this hangs, also on a machine that is busy with other work. */
const maxCaseMilliseconds = 300_000;

/** @returns how many cases a property gets that has a share of all. */
function casesOf(share: number): number {
  return Math.ceil(cases * share);
}

/** Checks a property on its share of the cases. A failure names its seed (`FUZZ_SEED`), and the smallest case. */
export async function fuzz<T>(
  share: number,
  inputs: fc.Arbitrary<T>,
  check: (input: T) => Promise<void>,
): Promise<void> {
  const before = inherited();
  const property = fc.asyncProperty(inputs, async (input) => {
    await check(input);
    const after = inherited();
    if (after !== before) throw new Error(`What all objects inherit has changed to ${after}.`);
  });
  await fc.assert(property, { numRuns: casesOf(share), seed, timeout: maxCaseMilliseconds });
}

/** What a polluted prototype would show. */
function inherited(): string {
  return [Object.prototype, Array.prototype, String.prototype, Function.prototype]
    .map((prototype) => Reflect.ownKeys(prototype).map(String).join())
    .join("; ");
}

function numberOf(variable: string): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === "") return undefined;
  if (!/^\d+$/.test(text)) throw new Error(`${variable} must be a whole number, received "${text}".`);
  return Number(text);
}
