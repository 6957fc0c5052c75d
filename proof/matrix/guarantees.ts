/** The guarantees that the matrix checks; docs/guarantees.md says them in full. */
export const guarantees = {
  confirmation: { number: 1, title: "No confirmation is lost", broken: "lost" },
  stuck: { number: 2, title: "No attempt is stuck", broken: "stuck" },
  leftover: { number: 3, title: "Nothing is left running", broken: "left running" },
  double: { number: 4, title: "No double start", broken: "double" },
  silent: { number: 5, title: "No event is lost in silence", broken: "silent" },
  foreign: { number: 6, title: "Nobody else's entry is touched", broken: "touched" },
  believed: { number: 9, title: "An event that lies changes nothing", broken: "believed" },
  paged: { number: 10, title: "Nobody is paged for nothing", broken: "paged" },
} as const;

export type Guarantee = keyof typeof guarantees;

/** What a case shows that a guarantee rules out. */
export interface Finding {
  readonly guarantee: Guarantee;
  readonly text: string;
}

/** @returns what was found, as findings against one guarantee. */
export function against(guarantee: Guarantee, texts: readonly string[]): Finding[] {
  return texts.map((text) => ({ guarantee, text }));
}
