import * as v from "valibot";
import { jsonSchemaOfCheck, quote } from "./text";

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/**
 * Reads an RFC 3339 date-time (https://www.rfc-editor.org/rfc/rfc3339#section-5.6).
 *
 * @returns the same instant in UTC with milliseconds (`2026-11-22T18:00:00.000Z`), or undefined where the text is no
 * date-time. A leap second becomes the first instant of the next minute, as AWS's clocks have none.
 */
export function toUtc(text: string): string | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const milliseconds = Math.trunc(Number(`0.${match[7] ?? "0"}`) * 1000);
  const offset = (match[8] === "-" ? -1 : 1) * (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0));
  if (Number(match[9] ?? 0) > 23 || Number(match[10] ?? 0) > 59) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  // setUTCFullYear takes the years 0 to 99 as they are, where Date.UTC would add 1900.
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute - offset, second, milliseconds);
  const utcYear = date.getUTCFullYear();
  if (utcYear < 0 || utcYear > 9999) return undefined;
  if (second === 60 && !(date.getUTCMinutes() === 0 && date.getUTCHours() === 0)) return undefined;
  return date.toISOString();
}

function isDateTime(text: string): boolean {
  return toUtc(text) !== undefined;
}
jsonSchemaOfCheck.set(isDateTime, { format: "date-time" });

/** An RFC 3339 date-time. */
export const dateTime = v.pipe(
  v.string(),
  v.check(isDateTime, ({ input }) => `must be an RFC 3339 date-time, received ${quote(input)}`),
);
