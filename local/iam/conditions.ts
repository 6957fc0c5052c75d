import { matchesArn, matchesWildcards } from "./wildcards";

/** What is known about a request, by condition key; a key with several values is multi-valued. */
export interface RequestContext {
  readonly [key: string]: string | readonly string[];
}

/** One line of a Condition: all of an operator's keys have to hold. */
export interface Condition {
  /** As IAM writes it, such as `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

interface Operator {
  readonly matches: (value: string, pattern: string) => boolean;
  /** Holds where no pattern matches, and where the request has no such key. */
  readonly isNegated?: true;
}

const equalsIgnoringCase = (value: string, pattern: string) => value.toLowerCase() === pattern.toLowerCase();
const equals = (value: string, pattern: string) => value === pattern;
const like = (value: string, pattern: string) => matchesWildcards(pattern, value);
// ArnEquals takes wildcards too: AWS says that the two behave identically.
const arnLike = (value: string, pattern: string) => matchesArn(pattern, value);

const operators: { readonly [name: string]: Operator } = {
  StringEquals: { matches: equals },
  StringNotEquals: { matches: equals, isNegated: true },
  StringEqualsIgnoreCase: { matches: equalsIgnoringCase },
  StringNotEqualsIgnoreCase: { matches: equalsIgnoringCase, isNegated: true },
  StringLike: { matches: like },
  StringNotLike: { matches: like, isNegated: true },
  ArnEquals: { matches: arnLike },
  ArnLike: { matches: arnLike },
  ArnNotEquals: { matches: arnLike, isNegated: true },
  ArnNotLike: { matches: arnLike, isNegated: true },
  Bool: { matches: equalsIgnoringCase },
};

interface ParsedOperator extends Operator {
  readonly quantifier: "ForAllValues" | "ForAnyValue" | undefined;
  readonly ifExists: boolean;
}

/** @returns what an operator means; `Null` is told apart by the caller; undefined for one that is not served. */
export function parseOperator(text: string): ParsedOperator | "Null" | undefined {
  if (text === "Null") return text;
  const [, quantifier, name = "", ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(text) ?? [];
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  return (
    operator && {
      ...operator,
      quantifier: quantifier as ParsedOperator["quantifier"],
      ifExists: ifExists !== undefined,
    }
  );
}

/** The operators that are served, for messages. */
export const operatorNames: readonly string[] = [...Object.keys(operators), "Null"];

/**
 * @returns whether a condition holds for a request.
 * @throws {Error} for an operator that is not served, and for one without a quantifier on a multi-valued key.
 */
export function holds({ operator: text, key, values }: Condition, context: RequestContext): boolean {
  const operator = parseOperator(text);
  if (!operator) throw new Error(`The condition operator ${text} is not served.`);
  const found = valuesOf(context, key);
  if (operator === "Null")
    return values.some((value) => equalsIgnoringCase(value, String(found === undefined)));

  const { quantifier, isNegated = false, ifExists, matches } = operator;
  const passes = (value: string) => values.some((pattern) => matches(value, pattern)) !== isNegated;
  if (quantifier === "ForAllValues") return (found ?? []).every(passes);
  // Without a value none can be found that passes, IfExists or not.
  if (quantifier === "ForAnyValue") return (found ?? []).some(passes);
  if (found === undefined) return ifExists || isNegated;
  if (found.length > 1) {
    throw new Error(
      `The key ${key} has several values: the operator ${text} needs ForAllValues or ForAnyValue.`,
    );
  }
  return found.every(passes);
}

/** Condition keys are case-insensitive. */
function valuesOf(context: RequestContext, key: string): readonly string[] | undefined {
  const found = Object.entries(context).find(([name]) => equalsIgnoringCase(name, key));
  return found && [found[1]].flat();
}
