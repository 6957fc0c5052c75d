/** @returns the lines of a table: its columns as wide as their widest cell, the last one as it is. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => widthOf(row[column]))));
  return all.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - widthOf(cell)))
      .join("  ")
      .trimEnd(),
  );
}

function widthOf(cell = ""): number {
  return [...cell].length;
}

const units = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** @returns how long ago a time is, or how long it is still ahead, in its largest unit: `4 min`, `in 2 h`. */
export function age(time: string, now: number): string {
  const seconds = Math.trunc((now - Date.parse(time)) / 1000);
  const [unit, length] = units.find(([, each]) => Math.abs(seconds) >= each) ?? ["s", 1];
  const count = `${Math.trunc(Math.abs(seconds) / length)} ${unit}`;
  return seconds < 0 ? `in ${count}` : count;
}
