import type { World } from "../world";

/** Guarantee 6: what others have in a distribution is, byte for byte, what they wrote. */
export async function checkForeignEntries({ foreign }: World): Promise<string[]> {
  return (await foreign.touched()).map(
    (id) => `The entries of others in the distribution ${id} were changed.`,
  );
}
