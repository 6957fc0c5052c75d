import { escapeControls } from "../contracts/escape-controls";

/** A text from outside, with its control characters made visible. */
export const plain = escapeControls;

const units = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
] as const;

/** @returns a span of time in its two largest units: `2 h 5 min`, `41 s`, `850 ms`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(Math.round(milliseconds), 0)} ms`;
  const at = units.findIndex(([unit]) => milliseconds >= unit);
  const [unit, name] = units[at] ?? units[3];
  const whole = Math.floor(milliseconds / unit);
  const [lower, lowerName] = units[at + 1] ?? [0, ""];
  const rest = lower > 0 ? Math.floor((milliseconds % unit) / lower) : 0;
  return rest > 0 ? `${whole} ${name} ${rest} ${lowerName}` : `${whole} ${name}`;
}

/** @returns how long ago a moment was, in its largest unit: `5 min ago`; `in 3 h` for one that is ahead. */
export function age(time: string, now: number): string {
  const milliseconds = now - Date.parse(time);
  const [unit, name] = units.find(([one]) => Math.abs(milliseconds) >= one) ?? [1000, "s"];
  const count = Math.floor(Math.abs(milliseconds) / unit);
  if (count === 0) return "just now";
  return milliseconds < 0 ? `in ${count} ${name}` : `${count} ${name} ago`;
}

/** @returns a moment as `2026-11-22 18:00:05 UTC`; the text itself where it is no time. */
export function moment(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return plain(time);
  return `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** @returns the time of day of a moment, as `18:00:05`. */
export function clockTime(time: string): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? plain(time) : at.toISOString().slice(11, 19);
}

/** @returns a value as indented JSON, control characters visible. */
export function json(value: unknown): string {
  const text = JSON.stringify(value, null, 2) ?? "";
  return text.split("\n").map(plain).join("\n");
}

/** @returns a name of several words in lines for a narrow box: `ProvisionEncoder`, `Infrastructure`. */
export function twoLines(name: string): string[] {
  const words = name.split(/(?=[A-Z])/);
  const splits = words
    .slice(1)
    .map((_, index) => [words.slice(0, index + 1).join(""), words.slice(index + 1).join("")]);
  const longest = (lines: readonly string[]) => Math.max(...lines.map(({ length }) => length));
  if (name.length <= 16 || splits.length === 0) return [name];
  return splits.reduce((best, lines) => (longest(lines) < longest(best) ? lines : best));
}
