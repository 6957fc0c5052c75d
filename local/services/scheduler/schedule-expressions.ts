import { AwsError } from "../service";

/** When a schedule runs; times in milliseconds since the Unix epoch. */
export type ScheduleTimes =
  | { readonly kind: "once"; readonly at: number }
  | { readonly kind: "recurring"; readonly everyMilliseconds: number };

const unitMilliseconds: { readonly [unit: string]: number } = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/**
 * Reads `rate(10 minutes)` or `at(2026-03-01T12:00:00)`, the latter in UTC.
 *
 * @throws {AwsError} `ValidationException` for anything else, `cron(…)` by name.
 */
export function readScheduleExpression(expression: string): ScheduleTimes {
  const [, count, unit = ""] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const every = Number(count) * (unitMilliseconds[unit] ?? 0);
  if (every > 0) return { kind: "recurring", everyMilliseconds: every };

  const [, time] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression) ?? [];
  const at = Date.parse(`${time ?? ""}Z`);
  // Date.parse takes the 30th of February for the 2nd of March.
  if (time !== undefined && !Number.isNaN(at) && new Date(at).toISOString().startsWith(time)) {
    return { kind: "once", at };
  }
  if (expression.startsWith("cron(")) {
    throw new AwsError(
      "ValidationException",
      `The local runtime serves the schedule expressions rate(…) and at(…), received ${expression}.`,
    );
  }
  throw new AwsError("ValidationException", `Invalid Schedule Expression ${expression}.`);
}
