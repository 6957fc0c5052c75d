import ts from "typescript";
import { weakenCondition } from "./clauses";
import { switchboardName } from "./switchboard";

/** A handler's source with a switch at each of its mechanisms, and the ids of these. */
export interface Instrumented {
  readonly text: string;
  readonly ids: readonly string[];
}

/**
 * Puts a switch at every guard, operand, catch and DynamoDB condition of a source.
 * @param name what the ids begin with: the file's path in the repository.
 */
export function instrument(name: string, source: string): Instrumented {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const ids = new Set<string>();
  return { text: render(file), ids: [...ids] };

  /** The text of a node, with switches, and with the comments before it. */
  function render(node: ts.Node): string {
    let text = "";
    let cursor = node.pos;
    ts.forEachChild(node, (child) => {
      text += source.slice(cursor, child.pos) + render(child);
      cursor = child.end;
    });
    text += source.slice(cursor, node.end);
    const leading = source.slice(node.pos, node.getStart(file));
    return leading + withSwitches(node, text.slice(leading.length));
  }

  function withSwitches(node: ts.Node, text: string): string {
    const { parent } = node;
    if (!parent) return text;
    if (ts.isIfStatement(parent) && parent.expression === node) return ifCondition(parent, text);
    if (isOperand(node)) return operand(node, text);
    if (ts.isCatchClause(node)) return catchClause(node, text);
    if (isRejectionHandler(node)) return `${board("rejection", idOf(node, "catch"), text)}`;
    if (isCondition(node)) return board("expression", idOf(node, `condition ${shown(node)}`), text);
    if (isConditionText(node)) return clauses(node, text);
    return text;
  }

  /** Without the guard; and, where it does not leave the function or the loop, with what it guards done in any case. */
  function ifCondition(statement: ts.IfStatement, text: string): string {
    const shownText = shown(statement.expression);
    const never = idOf(statement, `if (${shownText})`);
    const guarded = board("condition", never, text, "false");
    if (leaves(statement.thenStatement)) return guarded;
    return board("condition", idOf(statement, `if (${shownText}), done in any case`), guarded, "true");
  }

  function operand(node: ts.Node, text: string): string {
    const isAnd =
      (node.parent as ts.BinaryExpression).operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken;
    return board("condition", idOf(node, `operand ${shown(node)}`), text, String(isAnd));
  }

  function catchClause(node: ts.CatchClause, text: string): string {
    const variable = node.variableDeclaration?.name.getText(file) ?? "caughtError";
    const begun = node.variableDeclaration ? text : text.replace(/^catch/, "catch (caughtError)");
    const at = begun.indexOf("{", begun.indexOf(")")) + 1;
    return `${begun.slice(0, at)} ${board("caught", idOf(node, "catch"), variable)};${begun.slice(at)}`;
  }

  function clauses(node: ts.StringLiteralLike, text: string): string {
    return weakenCondition(node.text).reduce(
      (rest, { part, text: without }) =>
        board("text", idOf(node, `condition ${part}`), rest, JSON.stringify(without)),
      text,
    );
  }

  /** `file.ts functionName: what`; the second of the same words in one function has its number. */
  function idOf(node: ts.Node, what: string): string {
    const plain = `${name} ${functionOf(node)}: ${what}`;
    let id = plain;
    for (let number = 2; ids.has(id); number += 1) id = `${plain} (${number})`;
    ids.add(id);
    return id;
  }

  function shown(node: ts.Node): string {
    const line = node.getText(file).replace(/\s+/g, " ");
    return line.length > 120 ? `${line.slice(0, 119)}…` : line;
  }
}

/** A switch in the code. What the switchboard returns has no type, which a bundler does not mind. */
function board(member: string, id: string, ...args: string[]): string {
  return `globalThis.${switchboardName}.${member}(${[JSON.stringify(id), ...args].join(", ")})`;
}

/** The name of the function that a node is in; `module` outside of any. */
function functionOf(node: ts.Node): string {
  for (let one: ts.Node = node; one.parent; one = one.parent) {
    if ((ts.isFunctionDeclaration(one) || ts.isMethodDeclaration(one)) && one.name) return one.name.getText();
    if (ts.isVariableDeclaration(one) && one.initializer && ts.isArrowFunction(one.initializer)) {
      return one.name.getText();
    }
  }
  return "module";
}

function leaves(statement: ts.Statement): boolean {
  const last = ts.isBlock(statement) ? statement.statements.at(-1) : statement;
  return (
    last !== undefined &&
    (ts.isReturnStatement(last) ||
      ts.isThrowStatement(last) ||
      ts.isContinueStatement(last) ||
      ts.isBreakStatement(last))
  );
}

const logical: readonly ts.SyntaxKind[] = [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken];

function isLogical(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && logical.includes(node.operatorToken.kind);
}

/** An operand of `&&` or `||` that is no chain of the same operator itself. `...(x && { x })` is a member that may be there. */
function isOperand(node: ts.Node): boolean {
  const { parent } = node;
  if (!isLogical(parent) || node === parent.operatorToken) return false;
  if (isLogical(node) && node.operatorToken.kind === parent.operatorToken.kind) return false;
  let outer: ts.Node = parent;
  while (isLogical(outer) || ts.isParenthesizedExpression(outer)) outer = outer.parent;
  return !ts.isSpreadAssignment(outer) && !ts.isSpreadElement(outer);
}

/** The argument of `promise.catch(…)`. */
function isRejectionHandler(node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isCallExpression(parent) &&
    parent.arguments[0] === node &&
    ts.isPropertyAccessExpression(parent.expression) &&
    parent.expression.name.text === "catch"
  );
}

/** The whole condition of a write or a filter of a read, where it is not a text whose clauses are looked at one by one. */
function isCondition(node: ts.Node): boolean {
  const { parent } = node;
  if (!ts.isPropertyAssignment(parent) || parent.initializer !== node) return false;
  const name = parent.name.getText();
  return /^(?:ConditionExpression|FilterExpression)$/.test(name) && !hasConditionText(node);
}

function hasConditionText(node: ts.Node): boolean {
  return isConditionText(node) || (ts.forEachChild(node, hasConditionText) ?? false);
}

/** A text that is a condition of several clauses. Keys have to be given with an equality, and are no condition. */
function isConditionText(node: ts.Node): node is ts.StringLiteralLike {
  if (!ts.isStringLiteralLike(node) || /^(?:SET|REMOVE|ADD|DELETE)\b/.test(node.text.trim())) return false;
  if (!/(?:[=<>]|\bIN \() ?:|attribute_(?:not_)?exists\(/.test(node.text)) return false;
  if (/\b(?:AND|OR)\b/.test(node.text)) return !isOfKey(node);
  return isUnder(
    node,
    (one) =>
      ts.isPropertyAssignment(one) && /^(?:ConditionExpression|FilterExpression)$/.test(one.name.getText()),
  );
}

function isOfKey(node: ts.Node): boolean {
  return isUnder(
    node,
    (one) => ts.isPropertyAssignment(one) && one.name.getText() === "KeyConditionExpression",
  );
}

function isUnder(node: ts.Node, test: (one: ts.Node) => boolean): boolean {
  for (let one = node.parent; one && !ts.isStatement(one); one = one.parent) if (test(one)) return true;
  return false;
}
