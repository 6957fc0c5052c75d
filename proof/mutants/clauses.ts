/** Something is always true of an attribute, whether it is there or not; DynamoDB refuses values that no expression uses. */
const alwaysTrue = "attribute_exists(streamId) OR attribute_not_exists(streamId)";
const neverTrue = "attribute_exists(streamId) AND attribute_not_exists(streamId)";

/** A text with one part of it out of force. */
export interface Weakened {
  /** The part, as the text has it. */
  readonly part: string;
  readonly text: string;
  /** Whether the whole is now true more often, or less often. */
  readonly becomes: "looser" | "stricter";
}

/**
 * Takes each clause of a DynamoDB condition out of force, one at a time: each that AND joins, or each that OR joins where there is no
 * AND. The placeholders stay in use.
 */
export function weakenCondition(condition: string): Weakened[] {
  const [inner, open, close] = withoutBrackets(condition);
  const clauses = splitAtWord(inner, "AND");
  if (clauses.length > 1) {
    return clauses.map(({ text, start, end }) => ({
      part: text,
      text: `${open}${inner.slice(0, start)}(${text} OR ${alwaysTrue})${inner.slice(end)}${close}`,
      becomes: "looser",
    }));
  }
  const choices = splitAtWord(inner, "OR");
  if (choices.length === 1) {
    return [{ part: inner, text: withoutCondition(condition), becomes: "looser" }];
  }
  return choices.map(({ text, start, end }) => ({
    part: text,
    text: `${open}${inner.slice(0, start)}(${text} AND ${neverTrue})${inner.slice(end)}${close}`,
    becomes: "stricter",
  }));
}

/** @returns a DynamoDB condition that always holds, and uses what the given one uses. */
export function withoutCondition(condition: string): string {
  return `${condition} OR ${alwaysTrue}`;
}

/** Brackets around the whole condition, which DynamoDB refuses to have doubled. */
function withoutBrackets(condition: string): [inner: string, open: string, close: string] {
  const inner = condition.slice(1, -1);
  const isWhole = condition.startsWith("(") && condition.endsWith(")") && depthNeverNegative(inner);
  return isWhole ? [inner, "(", ")"] : [condition, "", ""];
}

function depthNeverNegative(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

interface Part {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function splitAtWord(text: string, word: string): Part[] {
  const parts: Part[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/[()]|\b\w+\b/g)) {
    if (token === "(") depth += 1;
    else if (token === ")") depth -= 1;
    else if (token === word && depth === 0) {
      parts.push(trimmed(text, start, index));
      start = index + word.length;
    }
  }
  return [...parts, trimmed(text, start, text.length)];
}

function trimmed(source: string, from: number, to: number): Part {
  const raw = source.slice(from, to);
  const text = raw.trim();
  const start = from + raw.indexOf(text);
  return { text, start, end: start + text.length };
}

/** Strings, names in backticks, regular expressions and comments, then what separates operands. */
const jsonataTokens =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\/\*[\s\S]*?\*\/|(?<=[(,]\s*)\/(?:[^/\\\n]|\\.)+\/[im]*|:=|[()[\]{},;?:]|\.?\$?\b[A-Za-z_][A-Za-z0-9_]*\b/g;

interface Operand extends Part {
  /** Where the operator before it begins; undefined for the first of its chain. */
  operatorBefore?: number;
  /** Where the operator after it ends; undefined for the last of its chain. */
  operatorAfter?: number;
}

/** Takes each operand of `and` and `or` out of a JSONata expression, one at a time. */
export function weakenJsonata(source: string): Weakened[] {
  const found: Weakened[] = [];
  const open: Chains[] = [new Chains(source, 0)];
  for (const { 0: token, index } of source.matchAll(jsonataTokens)) {
    const current = open.at(-1) as Chains;
    const end = index + token.length;
    if (/^[([{]$/.test(token)) open.push(new Chains(source, end));
    else if (/^[)\]}]$/.test(token)) {
      found.push(...current.close(index));
      open.pop();
    } else if (token === "and" || token === "or") current.operator(token, index, end);
    else if (/^(?:[,;?:]|:=)$/.test(token)) found.push(...current.separator(index, end));
  }
  found.push(...(open[0] as Chains).close(source.length));
  return found;
}

/** What stands between a pair of brackets, as far as it is read. */
interface Depth {
  /** Where the condition of the next `?` would begin. */
  start: number;
  /** The conditions whose `:` is still to come. */
  readonly conditions: Part[];
}

/**
 * Takes each guard out of a JSONata expression, one at a time: a condition on which the expression fails by `$error`, or without which it
 * does.
 */
export function weakenGuards(source: string): Weakened[] {
  const found: Weakened[] = [];
  const depths: Depth[] = [{ start: 0, conditions: [] }];
  /** The condition of a `?` or `:` right before this token, and the value on which the expression goes the other way. */
  let before: readonly [condition: Part, otherWay: boolean] | undefined;
  for (const { 0: token, index } of source.matchAll(jsonataTokens)) {
    const depth = depths.at(-1) as Depth;
    const end = index + token.length;
    if (token === "$error" && before) {
      const [{ text: part, start, end: after }, otherWay] = before;
      found.push({
        part,
        text: `${source.slice(0, start)}${otherWay}${source.slice(after)}`,
        becomes: "looser",
      });
    }
    before = undefined;
    if (/^[([{]$/.test(token)) depths.push({ start: end, conditions: [] });
    else if (/^[)\]}]$/.test(token)) depths.pop();
    else if (token === "?") {
      const condition = trimmed(source, depth.start, index);
      depth.conditions.push(condition);
      before = [condition, false];
    } else if (token === ":") {
      const condition = depth.conditions.pop();
      // That of an object's member has none.
      before = condition && [condition, true];
    } else if (/^(?:[,;]|:=)$/.test(token)) depth.conditions.length = 0;
    if (/^(?:[,;?:]|:=)$/.test(token)) depth.start = end;
  }
  return found;
}

/** The chains of operands between two separators, at one depth of brackets. */
class Chains {
  private operators: { word: "and" | "or"; start: number; end: number }[] = [];

  constructor(
    private readonly source: string,
    private start: number,
  ) {}

  operator(word: "and" | "or", start: number, end: number): void {
    // A member may be called so: `$x.and`.
    if (this.source.slice(this.start, start).trim() !== "") this.operators.push({ word, start, end });
  }

  separator(at: number, end: number): Weakened[] {
    const found = this.close(at);
    this.start = end;
    return found;
  }

  close(at: number): Weakened[] {
    const { operators, start } = this;
    this.operators = [];
    if (operators.length === 0) return [];
    const ors = operators.filter(({ word }) => word === "or");
    const choices = operandsOf(this.source, start, at, ors);
    const weaken = (operand: Operand, becomes: Weakened["becomes"]): Weakened => ({
      part: operand.text,
      text: without(this.source, operand),
      becomes,
    });
    const found = ors.length > 0 ? choices.map((choice) => weaken(choice, "stricter")) : [];
    for (const choice of choices) {
      const ands = operators.filter(
        ({ word, start: place }) => word === "and" && place > choice.start && place < choice.end,
      );
      if (ands.length === 0) continue;
      const operands = operandsOf(this.source, choice.start, choice.end, ands);
      found.push(...operands.map((operand) => weaken(operand, "looser")));
    }
    return found;
  }
}

function operandsOf(
  source: string,
  from: number,
  to: number,
  operators: readonly { readonly start: number; readonly end: number }[],
): Operand[] {
  return [...operators, undefined].map((after, index) => {
    const before = operators[index - 1];
    return {
      ...trimmed(source, before?.end ?? from, after?.start ?? to),
      ...(before && { operatorBefore: before.start }),
      ...(after && { operatorAfter: after.end }),
    };
  });
}

function without(source: string, { start, end, operatorBefore, operatorAfter }: Operand): string {
  return operatorAfter === undefined
    ? `${source.slice(0, operatorBefore ?? start)}${source.slice(end)}`
    : `${source.slice(0, start)}${source.slice(operatorAfter)}`;
}
