import { readScheduleExpression } from "../scheduler/schedule-expressions";
import { AwsError } from "../service";

/**
 * Says when a rule runs next, in milliseconds since the Unix epoch.
 *
 * @param after the time after which it runs.
 * @param since when the rule was made: `rate(…)` counts from there.
 * @returns undefined when it never runs again.
 */
export type RuleSchedule = (after: number, since: number) => number | undefined;

const minuteMilliseconds = 60_000;
const dayMilliseconds = 24 * 60 * minuteMilliseconds;

/** The longest gap between two runs, but for one that the year makes: from 29 February 2096 to that of 2104. No runtime runs longer. */
const daysAhead = 9 * 366;

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/**
 * Reads the schedule expression of a rule: `rate(…)` or `cron(…)`, in UTC. Source: EventBridge user guide, "Setting a schedule pattern for scheduled rules".
 *
 * @throws {AwsError} `ValidationException` for anything else, and for `L`, `W` and `#`, which the runtime does not serve.
 */
export function readRuleSchedule(expression: string): RuleSchedule {
  const [, fields] = /^cron\((.+)\)$/.exec(expression) ?? [];
  if (fields !== undefined) return readCron(expression, fields.trim().split(/\s+/));
  const times = readScheduleExpression(expression);
  // One-time schedules are EventBridge Scheduler's alone.
  if (times.kind === "once") throw invalid(expression);
  const every = times.everyMilliseconds;
  return (after, since) => since + (Math.floor((after - since) / every) + 1) * every;
}

function readCron(expression: string, fields: readonly string[]): RuleSchedule {
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = "", year = ""] = fields;
  // One of the two days has to be a question mark.
  if (fields.length !== 6 || (dayOfMonth === "?") === (dayOfWeek === "?")) throw invalid(expression);
  if (/[LW#]/.test(`${dayOfMonth} ${dayOfWeek.replace(/[A-Z]{3}/g, "")}`)) {
    throw new AwsError(
      "ValidationException",
      `The local runtime does not serve L, W and # in the schedule expression ${expression}.`,
    );
  }
  const read = (field: string, first: number, last: number, names: readonly string[] = []) =>
    readField(expression, field, first, last, names);
  const minutes = [...read(minute, 0, 59)].sort((one, other) => one - other);
  const hours = [...read(hour, 0, 23)].sort((one, other) => one - other);
  const inMonths = read(month, 1, 12, months);
  const inYears = read(year, 1970, 2199);
  const onDays = dayOfMonth === "?" ? undefined : read(dayOfMonth, 1, 31);
  const onWeekdays = dayOfWeek === "?" ? undefined : read(dayOfWeek, 1, 7, weekdays);
  const isDue = (day: Date) =>
    inYears.has(day.getUTCFullYear()) &&
    inMonths.has(day.getUTCMonth() + 1) &&
    (onDays?.has(day.getUTCDate()) ?? true) &&
    (onWeekdays?.has(day.getUTCDay() + 1) ?? true);
  return (after) => {
    const today = Math.floor(after / dayMilliseconds) * dayMilliseconds;
    for (let days = 0; days <= daysAhead; days += 1) {
      const day = today + days * dayMilliseconds;
      if (!isDue(new Date(day))) continue;
      for (const inHour of hours) {
        for (const inMinute of minutes) {
          const time = day + (inHour * 60 + inMinute) * minuteMilliseconds;
          if (time > after) return time;
        }
      }
    }
    return undefined;
  };
}

/** Reads `*`, lists, ranges and steps: `0`, `8-17`, `MON-FRI`, `0/15`, `1,15`. */
function readField(
  expression: string,
  field: string,
  first: number,
  last: number,
  names: readonly string[],
): ReadonlySet<number> {
  const numberOf = (text: string) => {
    const named = names.indexOf(text.toUpperCase());
    const value = named < 0 ? Number(text) : named + 1;
    if (!Number.isInteger(value) || text === "" || value < first || value > last) throw invalid(expression);
    return value;
  };
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "", step, ...more] = part.split("/");
    const by = step === undefined ? 1 : Number(step);
    if (more.length > 0 || !Number.isInteger(by) || by < 1) throw invalid(expression);
    const [from = "", to] = range.split("-");
    const start = range === "*" ? first : numberOf(from);
    const end = range === "*" || (to === undefined && step !== undefined) ? last : numberOf(to ?? from);
    for (let value = start; value <= end; value += by) values.add(value);
  }
  return values;
}

function invalid(expression: string): AwsError {
  return new AwsError("ValidationException", `Parameter ScheduleExpression is not valid: ${expression}.`);
}
