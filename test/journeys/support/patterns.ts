import type { Local } from "../../../testing";

/** The path patterns of the distribution's behaviours: none of them is anybody's but a stream's. */
export async function patterns(local: Local): Promise<string[]> {
  return (await local.playback.all()).flatMap((distribution) => distribution.patterns);
}
