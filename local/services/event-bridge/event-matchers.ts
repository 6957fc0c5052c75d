import { isJsonObject, type Json } from "../../json";
import { AwsError } from "../service";
import { addressBlock } from "./event-addresses";
import { readWildcard, wildcardTest } from "./event-wildcards";

export type Scalar = string | number | boolean | null;

/** One alternative of a pattern's leaf: a test of a value that is there, or `absent` for `{ "exists": false }`. */
export type Matcher = ((value: Scalar) => boolean) | "absent";

/** @throws {AwsError} `InvalidEventPatternException`, always: what is wrong with a pattern, and where. */
export function invalidPattern(path: string, reason: string): never {
  throw new AwsError(
    "InvalidEventPatternException",
    `Event pattern is not valid. Reason: ${reason} at ${path}`,
  );
}

/**
 * Compiles one alternative of a leaf: a value, or an object with a comparison operator.
 * @throws {AwsError} `InvalidEventPatternException` naming `path` when EventBridge would refuse it.
 */
export function compileMatcher(alternative: Json, path: string): Matcher {
  if (Array.isArray(alternative)) return invalidPattern(path, "an array within an array is not allowed");
  if (!isJsonObject(alternative)) return (value) => value === alternative;

  const [entry, ...others] = Object.entries(alternative);
  if (entry === undefined || others.length > 0) {
    return invalidPattern(path, "a comparison has exactly one operator");
  }
  const [operator, operand] = entry;
  const at = `${path}.${operator}`;
  switch (operator) {
    case "exactly":
      if (typeof operand !== "string") return invalidPattern(at, "expected a string");
      return (value) => value === operand;
    case "exists":
      if (typeof operand !== "boolean") return invalidPattern(at, "expected true or false");
      return operand ? () => true : "absent";
    case "anything-but": {
      const excluded = compileExcluded(operand, at);
      return (value) => !excluded(value);
    }
    case "numeric":
      return compileNumeric(operand, at);
    case "cidr":
      return compileCidr(operand, at);
    default:
      return compileText(operator, operand, at);
  }
}

/** `prefix`, `suffix`, `equals-ignore-case` and `wildcard`: those that look at strings alone. */
function compileText(operator: string, operand: Json, path: string): (value: Scalar) => boolean {
  const ignoringCase =
    operator === "prefix" || operator === "suffix" ? ignoreCaseOperand(operand) : undefined;
  if (ignoringCase !== undefined) {
    const expression = ignoringCaseExpression(ignoringCase);
    const anchored = new RegExp(operator === "prefix" ? `^${expression}` : `${expression}$`);
    return onText((text) => anchored.test(text));
  }
  if (!["prefix", "suffix", "equals-ignore-case", "wildcard"].includes(operator)) {
    return invalidPattern(path, `unknown comparison operator "${operator}"`);
  }
  if (typeof operand !== "string") return invalidPattern(path, "expected a string");
  if (operator === "equals-ignore-case") {
    const expression = new RegExp(`^${ignoringCaseExpression(operand)}$`);
    return onText((text) => expression.test(text));
  }
  if (operator === "wildcard") {
    const tokens = readWildcard(operand);
    return typeof tokens === "string" ? invalidPattern(path, tokens) : onText(wildcardTest(tokens));
  }
  return onText((text) => compareEnd(operator, text, operand));
}

function ignoreCaseOperand(operand: Json): string | undefined {
  if (!isJsonObject(operand) || Object.keys(operand).length !== 1) return undefined;
  const wanted = operand["equals-ignore-case"];
  return typeof wanted === "string" ? wanted : undefined;
}

function compareEnd(operator: string, text: string, wanted: string): boolean {
  return operator === "prefix" ? text.startsWith(wanted) : text.endsWith(wanted);
}

function onText(test: (text: string) => boolean): (value: Scalar) => boolean {
  return (value) => typeof value === "string" && test(value);
}

/**
 * AWS's engine takes each character of the pattern in lower and in upper case: ß is ß or SS, and neither ss nor Ss. A character beyond the
 * first 65,536 has no case there.
 */
function ignoringCaseExpression(text: string): string {
  const characters = text.split("").map((unit) => {
    const [lower, upper] = [unit.toLowerCase(), unit.toUpperCase()];
    const quoted = (one: string) => one.split("").map(quote).join("");
    return lower === upper ? quoted(lower) : `(?:${quoted(lower)}|${quoted(upper)})`;
  });
  return characters.join("");
}

function quote(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&");
}

/** What an `anything-but` leaves out: values, a list of strings or of numbers, or one string operator. */
function compileExcluded(operand: Json, path: string): (value: Scalar) => boolean {
  if (isJsonObject(operand)) {
    const [entry, ...others] = Object.entries(operand);
    if (entry === undefined || others.length > 0) {
      return invalidPattern(path, "anything-but takes exactly one operator");
    }
    const [operator, wanted] = entry;
    const at = `${path}.${operator}`;
    // The engine leaves these out, alone within anything-but.
    if (operator === "prefix" || operator === "suffix") {
      const isText = (one: Json) => typeof one === "string" && one !== "";
      if (!listed(wanted, at).every(isText)) return invalidPattern(at, "expected a text that is not empty");
    }
    const tests = listed(wanted, at).map((one) => compileText(operator, one, at));
    return (value) => tests.some((test) => test(value));
  }
  const values = listed(operand, path);
  const kinds = new Set(values.map((value) => typeof value));
  if (kinds.size !== 1 || !(kinds.has("string") || kinds.has("number"))) {
    return invalidPattern(path, "anything-but takes strings or numbers, not both and nothing else");
  }
  return (value) => values.includes(value);
}

function listed(operand: Json, path: string): Json[] {
  if (!Array.isArray(operand)) return [operand];
  return operand.length > 0 ? operand : invalidPattern(path, "an empty array is not allowed");
}

function compileNumeric(operand: Json, path: string): (value: Scalar) => boolean {
  if (!Array.isArray(operand)) return invalidPattern(path, "expected an array");
  const [operator, bound, upperOperator, upperBound] = operand;
  const first = compareNumber(operator, bound, path);
  if (operand.length === 2) return first;
  const isRange =
    operand.length === 4 &&
    (operator === ">" || operator === ">=") &&
    (upperOperator === "<" || upperOperator === "<=");
  if (!isRange) {
    return invalidPattern(path, 'expected an operator and a number, or a range such as [">", 0, "<=", 5]');
  }
  const second = compareNumber(upperOperator, upperBound, path);
  if (Number(bound) >= Number(upperBound)) return invalidPattern(path, "the range is empty");
  return (value) => first(value) && second(value);
}

function compareNumber(
  operator: Json | undefined,
  bound: Json | undefined,
  path: string,
): (value: Scalar) => boolean {
  if (typeof bound !== "number") return invalidPattern(path, "expected a number");
  const compare = typeof operator === "string" ? comparisons.get(operator) : undefined;
  if (compare === undefined) return invalidPattern(path, `unknown comparison ${JSON.stringify(operator)}`);
  return (value) => typeof value === "number" && compare(value, bound);
}

const comparisons: ReadonlyMap<string, (value: number, bound: number) => boolean> = new Map([
  ["=", (value, bound) => value === bound],
  ["<", (value, bound) => value < bound],
  ["<=", (value, bound) => value <= bound],
  [">", (value, bound) => value > bound],
  [">=", (value, bound) => value >= bound],
]);

function compileCidr(operand: Json, path: string): (value: Scalar) => boolean {
  const contains = typeof operand === "string" ? addressBlock(operand) : undefined;
  return contains ? onText(contains) : invalidPattern(path, "expected an address block such as 10.0.0.0/24");
}
