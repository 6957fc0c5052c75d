import { isJsonObject, type Json, type JsonObject } from "../json";
import { type Condition, operatorNames, parseOperator } from "./conditions";
import { splitArn } from "./wildcards";

/** One statement of a policy. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  /** Lists as the policy has them; `not` is the form of NotAction and NotResource. */
  readonly actions: { readonly not: boolean; readonly patterns: readonly string[] };
  /** Absent in a trust policy, which is about the role it belongs to. */
  readonly resources: { readonly not: boolean; readonly patterns: readonly string[] } | undefined;
  /** Absent in an identity policy, which is about whoever has it. */
  readonly principals: readonly Principal[] | undefined;
  readonly conditions: readonly Condition[];
}

/** Whom a resource policy is about: `*`, an account, a user or role by ARN, or an AWS service. */
export interface Principal {
  readonly kind: "AWS" | "Service";
  readonly value: string;
}

/** An element or operator that IAM has and the local runtime does not, or a document that IAM would refuse. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
}

/** An element, operator, key or policy that IAM has and the local runtime does not. */
export class UnservedPolicyError extends PolicyError {}

const elements = [
  "Sid",
  "Effect",
  "Principal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];

/**
 * Reads a policy document.
 *
 * @param text the document, or its JSON text.
 * @param owner what the policy belongs to, for messages.
 * @throws {PolicyError} naming an element, operator or variable that is not served.
 */
export function readPolicy(text: Json, owner: string): Statement[] {
  const document = typeof text === "string" ? parse(text, owner) : text;
  if (!isJsonObject(document)) throw new PolicyError(`${owner} must be a JSON object.`);
  for (const element of Object.keys(document)) {
    if (!["Version", "Id", "Statement"].includes(element)) throw unsupported(owner, `the element ${element}`);
  }
  const { Version = "2008-10-17", Statement = [] } = document;
  if (Version !== "2012-10-17" && Version !== "2008-10-17")
    throw unsupported(owner, `the Version ${String(Version)}`);
  return [Statement].flat().map((statement) => readStatement(statement, owner));
}

function parse(text: string, owner: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new PolicyError(`${owner} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

function readStatement(statement: Json, owner: string): Statement {
  if (!isJsonObject(statement)) throw new PolicyError(`${owner} must have objects as statements.`);
  for (const element of Object.keys(statement)) {
    if (!elements.includes(element)) throw unsupported(owner, `the element ${element}`);
  }
  const { Effect } = statement;
  if (Effect !== "Allow" && Effect !== "Deny") {
    throw new PolicyError(`${owner} must have the Effect Allow or Deny, received ${JSON.stringify(Effect)}.`);
  }
  const actions = either(statement, "Action", "NotAction", owner);
  if (!actions) throw new PolicyError(`${owner} has a statement with neither Action nor NotAction.`);
  const resources = either(statement, "Resource", "NotResource", owner);
  for (const pattern of resources?.patterns ?? []) {
    if (pattern !== "*" && !splitArn(pattern)) {
      throw new PolicyError(`${owner} must name resources by their ARNs or "*", received "${pattern}".`);
    }
  }
  return {
    effect: Effect,
    actions,
    resources,
    principals: statement.Principal === undefined ? undefined : readPrincipals(statement.Principal, owner),
    conditions: readConditions(statement.Condition, owner),
  };
}

function either(
  statement: JsonObject,
  element: string,
  negated: string,
  owner: string,
): Statement["resources"] {
  if (statement[element] !== undefined && statement[negated] !== undefined) {
    throw new PolicyError(`${owner} has a statement with both ${element} and ${negated}.`);
  }
  const not = statement[element] === undefined;
  const value = not ? statement[negated] : statement[element];
  return value === undefined ? undefined : { not, patterns: texts(value, not ? negated : element, owner) };
}

function readPrincipals(value: Json, owner: string): Principal[] {
  if (value === "*") return [{ kind: "AWS", value }];
  if (!isJsonObject(value)) throw new PolicyError(`${owner} has the Principal ${JSON.stringify(value)}.`);
  return Object.entries(value).flatMap(([kind, values]) => {
    if (kind !== "AWS" && kind !== "Service") throw unsupported(owner, `the Principal ${kind}`);
    return texts(values, "Principal", owner).map((principal) => ({ kind, value: principal }) as const);
  });
}

function readConditions(value: Json | undefined, owner: string): Condition[] {
  if (value === undefined) return [];
  if (!isJsonObject(value)) throw new PolicyError(`${owner} must have an object as Condition.`);
  return Object.entries(value).flatMap(([operator, keys]) => {
    if (!parseOperator(operator)) {
      throw unsupported(owner, `the condition operator ${operator}`, `It knows ${operatorNames.join(", ")}.`);
    }
    if (!isJsonObject(keys)) throw new PolicyError(`${owner} must have keys under ${operator}.`);
    return Object.entries(keys).map(([key, values]) => ({
      operator,
      key,
      values: texts(values, key, owner),
    }));
  });
}

function texts(value: Json, element: string, owner: string): string[] {
  return [value].flat().map((text) => {
    if (typeof text !== "string" && typeof text !== "boolean") {
      throw new PolicyError(`${owner} must have texts in ${element}, received ${JSON.stringify(text)}.`);
    }
    const written = String(text);
    if (written.includes("${")) throw unsupported(owner, `policy variables, such as in "${written}"`);
    return written;
  });
}

/** A name that begins a sentence elsewhere: `The policy of …`. */
export function inSentence(owner: string): string {
  return owner.replace(/^The /, "the ");
}

function unsupported(owner: string, what: string, more = ""): PolicyError {
  return new UnservedPolicyError(
    `The local runtime does not serve ${what}, which ${inSentence(owner)} uses. ${more}`.trim(),
  );
}
