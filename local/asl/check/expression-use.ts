import { isJsonObject } from "../../json";
import { describeJsonataError } from "../jsonata";
import { compileJsonata } from "../jsonata-library";

/** What a JSONata expression needs from around it. */
export interface ExpressionUse {
  /** The variables that it reads and does not bind itself, `states` left out, each with whether `$exists` guards it. */
  readonly variables: ReadonlyMap<string, { readonly guarded: boolean }>;
  /** The functions that it calls and nobody defines. */
  readonly unknownFunctions: ReadonlySet<string>;
  /** The members of `$states` that it reads. */
  readonly statesMembers: ReadonlySet<string>;
  /** The field names that it reads where Step Functions gives it nothing to read from: `name`, but not `$states.input.name`. */
  readonly bareNames: ReadonlySet<string>;
  /** Whether it reads `$`, `$$` or a wildcard there. */
  readonly readsRoot: boolean;
}

/** JSONata's functions at version 2.0.6. Source: docs.jsonata.org, "Function library". `$eval` is left out: AWS has none. */
const jsonataFunctions =
  "string length substring substringBefore substringAfter uppercase lowercase trim pad contains split join match replace base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl number abs floor ceil round power sqrt random formatNumber formatBase formatInteger parseInteger sum max min average boolean not exists count append sort reverse shuffle distinct zip keys lookup spread merge sift each error assert type map filter single reduce now millis fromMillis toMillis clone";

/** Source: Step Functions Developer Guide, "JSONata functions provided by Step Functions". */
const awsFunctions = "partition range hash random uuid parse";

/** Every function that an expression of Step Functions may call, without its `$`. */
export const knownFunctions: ReadonlySet<string> = new Set([
  ...jsonataFunctions.split(" "),
  ...awsFunctions.split(" "),
]);

/** A node of JSONata's syntax tree; which members it has depends on its type. */
interface Node {
  readonly type?: string;
  readonly value?: unknown;
  readonly [member: string]: unknown;
}

/** Where a node stands. */
interface Position {
  /** The names bound around it; a block adds to its own. */
  readonly bound: Set<string>;
  /** Whether something stands around it that `$` and field names are read from: a path step, a predicate. */
  readonly hasContext: boolean;
}

/** What was found of an expression: what it reads, or what is wrong with it. */
interface Finding {
  readonly use: ExpressionUse;
  readonly problem: string | undefined;
}

/** By source: the same definitions are created again in each runtime of a process, and compiling takes most of a check. */
const findings = new Map<string, Finding>();

/** @returns what is wrong with a JSONata source, undefined when nothing is: its syntax, or a use of `$eval`. */
export function expressionProblem(source: string): string | undefined {
  return find(source).problem;
}

/**
 * Finds out what an expression reads, without evaluating it.
 * @param source the expression without its `{% %}`; it must parse.
 */
export function analyzeExpression(source: string): ExpressionUse {
  return find(source).use;
}

function find(source: string): Finding {
  const known = findings.get(source);
  if (known) return known;
  const finding = analyze(source);
  findings.set(source, finding);
  return finding;
}

function analyze(source: string): Finding {
  const use = new UseFinder();
  let ast: Node;
  try {
    ast = compileJsonata(source).ast() as Node;
  } catch (error) {
    return { use, problem: describeJsonataError(error) };
  }
  use.visit(ast, { bound: new Set(), hasContext: false });
  const usesEval = mentionsVariable(ast, "eval");
  const problem = usesEval
    ? "Step Functions does not offer $eval; to read a JSON text, use $parse"
    : undefined;
  return { use, problem };
}

function mentionsVariable(node: unknown, name: string): boolean {
  if (Array.isArray(node)) return node.some((item) => mentionsVariable(item, name));
  if (!isJsonObject(node)) return false;
  if (node.type === "variable" && node.value === name) return true;
  return Object.values(node).some((member) => mentionsVariable(member, name));
}

class UseFinder implements ExpressionUse {
  readonly variables = new Map<string, { guarded: boolean }>();
  readonly unknownFunctions = new Set<string>();
  readonly statesMembers = new Set<string>();
  readonly bareNames = new Set<string>();
  readsRoot = false;

  visit(node: Node, position: Position): void {
    const { bound, hasContext } = position;
    const { type = "" } = node;
    switch (type) {
      case "variable":
        this.visitVariable(String(node.value), position);
        this.visitMembers(node, position);
        return;
      case "name":
        if (!hasContext) this.bareNames.add(String(node.value));
        this.visitMembers(node, { bound, hasContext: true });
        return;
      case "wildcard":
      case "descendant":
        if (!hasContext) this.readsRoot = true;
        this.visitMembers(node, { bound, hasContext: true });
        return;
      case "path":
        this.visitPath(node, position);
        return;
      case "block":
        this.visitMembers(node, { bound: new Set(bound), hasContext });
        return;
      case "bind":
        // Bound before its value is read, so that a function may call itself.
        bound.add(nameOf(node.lhs));
        this.visitMember(node.rhs, position);
        return;
      case "lambda": {
        const parameters = nodesIn(node.arguments).map(nameOf);
        this.visitMember(node.body, { bound: new Set([...bound, ...parameters]), hasContext });
        return;
      }
      case "function":
      case "partial":
        this.visitCall(node, position);
        return;
      case "transform":
        this.visitMembers(node, { bound, hasContext: true });
        return;
      default:
        this.visitMembers(node, position);
    }
  }

  private visitVariable(name: string, { bound, hasContext }: Position): void {
    if (name === "" || name === "$") {
      if (!hasContext || name === "$") this.readsRoot = true;
    } else if (name !== "states" && !bound.has(name) && !knownFunctions.has(name)) {
      this.variables.set(name, { guarded: this.variables.get(name)?.guarded ?? false });
    }
  }

  private visitPath(node: Node, { bound, hasContext }: Position): void {
    const steps = nodesIn(node.steps);
    const inPath = new Set(bound);
    const [first, second] = steps;
    if (first?.type === "variable" && first.value === "states" && second?.type === "name") {
      this.statesMembers.add(String(second.value));
    }
    for (const [index, step] of steps.entries()) {
      const positions = nodesIn(step.stages).filter(({ type }) => type === "index");
      for (const name of [step.focus, step.index, ...positions.map(nameOf)]) {
        if (typeof name === "string") inPath.add(name);
      }
      this.visit(step, { bound: inPath, hasContext: hasContext || index > 0 });
    }
    this.visitMember(node.group, { bound: inPath, hasContext: true });
  }

  private visitCall(node: Node, position: Position): void {
    const procedure = node.procedure as Node;
    const passed = nodesIn(node.arguments);
    const name = procedure.type === "variable" ? String(procedure.value) : undefined;
    if (name === undefined) this.visit(procedure, position);
    else if (!position.bound.has(name) && !knownFunctions.has(name)) this.unknownFunctions.add(name);
    for (const argument of passed) this.visit(argument, position);
    const [guarded] = passed;
    if (name === "exists" && guarded) this.guard(guarded);
  }

  private guard(node: Node): void {
    const [variable] = node.type === "path" ? nodesIn(node.steps) : [node];
    const name = variable?.type === "variable" ? String(variable.value) : "";
    if (this.variables.has(name)) this.variables.set(name, { guarded: true });
  }

  /** Visits what hangs on a node. Its predicates and sort terms read from what the node yields. */
  private visitMembers(node: Node, position: Position): void {
    const inside = { bound: position.bound, hasContext: true };
    for (const [member, value] of Object.entries(node)) {
      const reads = ["predicate", "stages", "terms", "group"].includes(member);
      this.visitMember(value, reads ? inside : position);
    }
  }

  private visitMember(value: unknown, position: Position): void {
    if (Array.isArray(value)) for (const item of value) this.visitMember(item, position);
    else if (isNode(value)) this.visit(value, position);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof RegExp);
}

function nodesIn(list: unknown): Node[] {
  return Array.isArray(list) ? list.filter(isNode) : [];
}

function nameOf(node: unknown): string {
  return isNode(node) ? String(node.value) : "";
}
