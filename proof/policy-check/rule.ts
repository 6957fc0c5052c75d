import { isJsonObject, type Json, type JsonObject } from "../../local/json";
import type { Graph, RecordedResource } from "../../local/record/graph";

/** What every resource of some types has to be. */
export interface Rule {
  readonly id: string;
  /** Where it comes from: the rule of cdk-nag's AwsSolutions pack, the control of AWS's standard, or the document. */
  readonly source: string;
  /** The rule in a sentence. */
  readonly says: string;
  /** The type tokens of the resources that it is about. */
  readonly appliesTo: readonly string[];
  /** @returns what is wrong with a resource, in words that an exception can be found by. */
  check(resource: RecordedResource, graph: Graph): readonly string[];
  /** The least that breaks it: resources of which the first is at fault. */
  readonly wrong: readonly RecordedResource[];
}

/** A resource for a rule's `wrong`. */
export function resource(type: string, inputs: JsonObject, outputs: JsonObject = {}): RecordedResource {
  return { type, name: "wrong", id: "wrong", inputs, outputs: { ...inputs, ...outputs } };
}

/** A problem, where there is one. */
export function unless(isRight: boolean, problem: string): readonly string[] {
  return isRight ? [] : [problem];
}

/** A statement of a policy, its members as lists. */
export interface Statement {
  readonly effect: string;
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Operator → key → value. */
  readonly conditions: { readonly [operator: string]: { readonly [key: string]: Json } };
}

/** @returns the statements of a policy document (JSON). */
export function statementsOf(document: Json | undefined): readonly Statement[] {
  const { Statement } = JSON.parse(String(document)) as { Statement: JsonObject[] };
  return Statement.map((statement) => ({
    effect: String(statement.Effect),
    principals: principalsOf(statement.Principal),
    actions: list(statement.Action),
    resources: list(statement.Resource),
    conditions: (statement.Condition ?? {}) as Statement["conditions"],
  }));
}

/** @returns a value, or the elements of a list, as texts. */
export function list(value: Json | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat().map(String);
}

/** `Service: x`, `AWS: x`, or `*` for everybody. */
function principalsOf(principal: Json | undefined): readonly string[] {
  if (!isJsonObject(principal)) return list(principal);
  return Object.entries(principal).flatMap(([kind, values]) =>
    list(values).map((value) => (value === "*" ? "*" : `${kind}: ${value}`)),
  );
}

/** @returns the keys that a statement's conditions name, in lower case, as IAM compares them. */
export function conditionKeys({ conditions }: Statement): readonly string[] {
  return Object.values(conditions).flatMap((keys) => Object.keys(keys).map((key) => key.toLowerCase()));
}

/** @returns the resources of a type. */
export function ofType({ resources }: Graph, type: string): readonly RecordedResource[] {
  return resources.filter((one) => one.type === type);
}

/** @returns the URNs of all resources after which one is made, directly or not. */
export function allDependencies({ options }: RecordedResource, { resources }: Graph): ReadonlySet<string> {
  const optionsOf = new Map(resources.map((one) => [one.options?.urn, one.options]));
  const found = new Set<string>();
  const add = (urns: readonly string[]) => {
    for (const urn of urns) {
      if (found.has(urn)) continue;
      found.add(urn);
      add(optionsOf.get(urn)?.dependencies ?? []);
    }
  };
  add(options?.dependencies ?? []);
  return found;
}

/** @returns the resource with an ARN or a name of its own, or undefined where the program has none. */
export function find(graph: Graph, type: string, reference: Json | undefined): RecordedResource | undefined {
  return ofType(graph, type).find(({ id, outputs }) =>
    [id, outputs.arn, outputs.name, outputs.url].some((known) => known !== undefined && known === reference),
  );
}

/** @returns whether a resource policy turns away whoever comes without TLS. */
export function deniesPlaintext(document: Json | undefined): boolean {
  return statementsOf(document).some(
    ({ effect, principals, conditions }) =>
      effect === "Deny" &&
      principals.includes("*") &&
      String(conditions.Bool?.["aws:SecureTransport"]) === "false",
  );
}

/** @returns the statements by which a resource policy lets in more than one AWS service for a source of its own account. */
export function openStatements(document: Json | undefined): readonly string[] {
  return statementsOf(document)
    .filter(({ effect }) => effect === "Allow")
    .flatMap((statement) => [
      ...statement.principals
        .filter((principal) => !principal.startsWith("Service: "))
        .map((principal) => `it lets in ${principal}`),
      ...unless(
        conditionKeys(statement).some((key) => key === "aws:sourcearn" || key === "aws:sourceaccount"),
        `it lets in ${statement.principals.join(", ")} on behalf of anybody`,
      ),
    ]);
}
