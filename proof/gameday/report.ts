import type { Played, PlayedAct } from "./situation";

/** @returns a situation and its end in one line, and what is wrong with it in a line each. */
export function lineOf({ situation, ending, wrong }: Played): string {
  const verdict = wrong.length > 0 ? "WRONG" : situation.gap === undefined ? "ok" : "gap";
  const line = [
    `${verdict.padEnd(5)}  ${situation.name}: ${situation.done}`,
    `saw ${ending.saw}`,
    `ended ${ending.ended}`,
    `left ${ending.left}`,
    `told ${ending.told}`,
    `on-call ${ending.onCall}`,
    `alarms ${ending.alarms}`,
    ...(situation.gap === undefined ? [] : [`known gap: ${situation.gap}`]),
  ].join(" | ");
  return [line, ...wrong.map((reason) => `         ${reason}`)].join("\n");
}

/** @returns how many situations there were, and how many of them ended wrong or in a known gap. */
export function summaryOf(acts: readonly PlayedAct[]): string {
  const all = acts.flatMap(({ played }) => played);
  const wrong = all.filter((one) => one.wrong.length > 0).length;
  const gaps = all.filter(({ situation }) => situation.gap !== undefined).length;
  return `${all.length} situations: ${all.length - wrong} ended as expected, ${gaps} of them in a known gap; ${wrong} ended wrong.`;
}

/** @returns the document about a game day: no times and no random ids, so that it changes only when the product does. */
export function documentOf(acts: readonly PlayedAct[]): string {
  const gaps = acts.flatMap(({ played }) => played.filter(({ situation }) => situation.gap !== undefined));
  return [
    introduction,
    summaryOf(acts),
    "## Known gaps",
    gaps.map(({ situation }) => `- **${situation.name}**: ${situation.gap}.`).join("\n") || "None.",
    ...acts.map(({ title, played }) => `## ${title}\n\n${table(played)}`),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");
}

const introduction = `# Game day

What became of a stream in each situation, by the shipped state machine and the deployed bundles of its Lambdas. \`npm run gameday\`
plays them all and fails where one ends otherwise; \`npm run gameday -- --filter TEXT\` plays some of them;
\`npm run gameday -- --write docs/game-day.md\` writes this file.

*Saw*: what the callers of the API were answered. *Ended*: the status of each attempt, of its execution, and of its teardown if it had
one. *Left*: what was there afterwards and had not been before. A schedule is the one that ends a stream which nobody ends. *Told*: the
events on the bus. *On-call*: how many messages about the stream it got. *Alarms*: those that went off. Delivery is at least once: a
Lambda that dies after it has told somebody tells again.`;

const columns: readonly { readonly title: string; readonly of: (played: Played) => string }[] = [
  { title: "Situation", of: ({ situation }) => situation.name },
  { title: "Done to it", of: ({ situation }) => situation.done },
  { title: "Saw", of: ({ ending }) => ending.saw },
  { title: "Ended", of: ({ ending }) => ending.ended },
  { title: "Left", of: ({ ending }) => ending.left },
  { title: "Told", of: ({ ending }) => ending.told },
  { title: "On-call", of: ({ ending }) => String(ending.onCall) },
  { title: "Alarms", of: ({ ending }) => ending.alarms },
];

function table(played: readonly Played[]): string {
  const rows = [
    columns.map(({ title }) => title),
    columns.map(() => "---"),
    ...played.map((one) => columns.map(({ of }) => of(one))),
  ];
  return rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
