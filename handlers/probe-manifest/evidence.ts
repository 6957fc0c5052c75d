/** What a manifest shows. */
export interface Evidence {
  /** How many segments it lists. */
  readonly segments: number;
  /** What changes when the stream goes on: the numbers and names of its last segments. */
  readonly mark: string;
  /** When its last segment ends, in milliseconds since the Unix epoch, where it says so. */
  readonly endsAt?: number;
}

/** How far a manifest's own times may be from now, in milliseconds: what an encoder, a packager and a cache may be behind. */
const maxAgeMilliseconds = 120_000;

/** @returns why a manifest's own times show that it is an old one; undefined for a fresh one, and for one that tells no times. */
export function findAge({ endsAt }: Evidence, now: number): string | undefined {
  if (endsAt === undefined || Math.abs(now - endsAt) <= maxAgeMilliseconds) return undefined;
  return `its last segment ended at ${new Date(endsAt).toISOString()}`;
}
