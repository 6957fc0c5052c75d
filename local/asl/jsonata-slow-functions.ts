import { isJsonObject, type Json } from "../json";
import type { JsonataFunction } from "./jsonata-functions";
import type { Expression } from "./jsonata-library";
import { takeSteps } from "./jsonata-limits";
import { withDeadline } from "./jsonata-regex";

/** The library's functions with a picture: each makes a regular expression of it, or walks it for every one of its characters. */
const pictured = {
  toMillis: "<s-s?:n>",
  fromMillis: "<n-s?s?:s>",
  formatInteger: "<n-s:s>",
  parseInteger: "<s-s:n>",
  formatNumber: "<n-so?:s>",
} as const;

/** The answer of AWS to a picture in which no character is active: floci-io/floci #2737, measured. */
const passiveCharacter = {
  code: "D3086",
  message:
    "The sub-picture must not contain a passive character that is preceded by an active character and that is followed by another active character",
};

/**
 * Functions of the library that some inputs keep busy for minutes, or that end the process for want of memory. AWS has its second for them.
 *
 * @param compile makes an expression: the value of `$toMillis` is the library's own function.
 */
export function boundedFunctions(compile: (source: string) => Expression): Record<string, JsonataFunction> {
  const withSecond = Object.entries(pictured).map(([name, signature]): [string, JsonataFunction] => {
    let library: { implementation: (...values: unknown[]) => unknown } | undefined;
    return [
      name,
      {
        signature,
        implementation(...values: unknown[]) {
          library ??= compile(`$${name}`).evaluate(undefined) as NonNullable<typeof library>;
          const { implementation } = library;
          const run = () => implementation.apply(this, values);
          try {
            return isQuick(values) ? run() : withDeadline(run);
          } catch (error) {
            // The library itself stumbles over a picture without a digit.
            throw name === "formatNumber" && error instanceof TypeError ? passiveCharacter : error;
          }
        },
      },
    ];
  });
  return {
    ...Object.fromEntries(withSecond),
    sort: { signature: "<af?:a>", implementation: sort },
    spread: { signature: "<x-:a<o>>", implementation: spread },
  };
}

/** Without a picture, short values cannot take long: a deadline costs more than they do. */
function isQuick([value, picture]: unknown[]): boolean {
  return picture === undefined && (typeof value !== "string" || value.length <= 100);
}

type Compare = (left: Json, right: Json) => unknown;

/** As the library's, which copies the rest of the list for each value that it takes from it. */
function sort(values?: Json[], comparator?: Compare): Json[] | undefined {
  if (values === undefined || values.length <= 1) return values;
  takeSteps(values.length / 100);
  if (comparator) return mergeSort(values, comparator);
  const [type, ...others] = new Set(values.map((value) => typeof value));
  if (others.length > 0 || (type !== "number" && type !== "string")) {
    throw Object.assign(
      new Error(
        "The single argument form of the sort function can only be applied to an array of strings or an array of numbers.  Use the second argument to specify a comparison function",
      ),
      { code: "D3070" },
    );
  }
  return (values as (number | string)[]).toSorted(
    (left, right) => Number(left > right) - Number(left < right),
  );
}

/** Keeps the order of values that are equal. @param comparator says whether the left one belongs behind the right one. */
function mergeSort(values: readonly Json[], comparator: Compare): Json[] {
  if (values.length <= 1) return [...values];
  const middle = Math.floor(values.length / 2);
  const left = mergeSort(values.slice(0, middle), comparator);
  const right = mergeSort(values.slice(middle), comparator);
  const merged: Json[] = [];
  let [first, second] = [0, 0];
  while (first < left.length && second < right.length) {
    const [one, other] = [left[first] as Json, right[second] as Json];
    if (comparator(one, other)) {
      merged.push(other);
      second += 1;
    } else {
      merged.push(one);
      first += 1;
    }
  }
  return merged.concat(left.slice(first), right.slice(second));
}

/** As the library's, which makes a new list for each member. */
function spread(value?: Json): Json | undefined {
  const spreadOne = (one: Json): Json[] =>
    Array.isArray(one)
      ? one.flatMap(spreadOne)
      : isJsonObject(one)
        ? Object.entries(one).map(([key, member]) => ({ [key]: member }))
        : [one];
  if (value === undefined || (!Array.isArray(value) && !isJsonObject(value))) return value;
  const members = spreadOne(value);
  // The library's mark of a sequence: one of a single value stands for that value.
  Object.defineProperty(members, "sequence", { value: true });
  return members;
}
