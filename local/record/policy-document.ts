import { crc32 } from "node:zlib";
import { isJsonObject, type Json, type JsonObject } from "../json";

/**
 * Answers `aws.iam.getPolicyDocument` as the provider does (terraform-provider-aws, internal/service/iam/policy_model.go and
 * policy_document_data_source.go): the order of members, lists in reverse order, a list of one as its element, two blanks of indentation, and
 * `<`, `>` and `&` escaped, as Go's JSON encoder does.
 *
 * @throws {Error} for two statements with one Sid, and for a source document that is no JSON.
 */
export function renderPolicyDocument(inputs: JsonObject): JsonObject {
  const version = text(inputs.version) || "2012-10-17";
  const merged: Policy = { version: "", id: "", statements: [] };
  const sourceSids = new Set<string>();
  for (const source of list(inputs.sourcePolicyDocuments)) {
    const document = parse(source);
    refuseEqualSids(document.statements, sourceSids);
    merge(merged, document);
  }
  const statements = list(inputs.statements).filter(isJsonObject).map(readStatement);
  refuseEqualSids(statements, new Set());
  merge(merged, { version, id: text(inputs.policyId), statements });
  for (const override of list(inputs.overridePolicyDocuments)) merge(merged, parse(override));

  const document = withoutEmpty({ Version: merged.version, Id: merged.id, Statement: merged.statements });
  const json = escapeAsGo(JSON.stringify(document, null, 2));
  return {
    ...inputs,
    version,
    id: String(crc32(json)),
    json,
    minifiedJson: escapeAsGo(JSON.stringify(document)),
  };
}

interface Policy {
  version: string;
  id: string;
  statements: JsonObject[];
}

/** A later statement takes the place of an earlier one with its Sid. */
function merge(into: Policy, { version, id, statements }: Policy): void {
  if (id) into.id = id;
  if (version > into.version) into.version = version;
  for (const statement of statements) {
    const at = statement.Sid ? into.statements.findIndex(({ Sid }) => Sid === statement.Sid) : -1;
    if (at < 0) into.statements.push(statement);
    else into.statements[at] = statement;
  }
}

function refuseEqualSids(statements: readonly JsonObject[], seen: Set<string>): void {
  for (const { Sid } of statements) {
    if (!Sid) continue;
    if (seen.has(text(Sid)))
      throw new Error(`Two statements of the policy document have the Sid '${text(Sid)}'.`);
    seen.add(text(Sid));
  }
}

function readStatement(statement: JsonObject): JsonObject {
  return withoutEmpty({
    Sid: statement.sid ?? "",
    Effect: statement.effect ?? "Allow",
    Action: oneOrReversed(statement.actions),
    NotAction: oneOrReversed(statement.notActions),
    Resource: oneOrReversed(statement.resources),
    NotResource: oneOrReversed(statement.notResources),
    Principal: readPrincipals(statement.principals),
    NotPrincipal: readPrincipals(statement.notPrincipals),
    Condition: readConditions(statement.conditions),
  });
}

function readPrincipals(value: Json | undefined): Json {
  const principals = list(value).filter(isJsonObject);
  const [first] = principals;
  if (principals.length === 1 && first?.type === "*" && list(first.identifiers).join() === "*") return "*";
  const byType: { [type: string]: Json[] } = {};
  for (const { type, identifiers } of principals) {
    byType[text(type)] = [...(byType[text(type)] ?? []), ...reversed(identifiers)];
  }
  return sorted(byType);
}

/** The values of a condition keep their order. */
function readConditions(value: Json | undefined): JsonObject {
  const byTest: { [test: string]: { [variable: string]: Json[] } } = {};
  for (const { test, variable, values } of list(value).filter(isJsonObject)) {
    const ofTest = byTest[text(test)] ?? {};
    byTest[text(test)] = ofTest;
    ofTest[text(variable)] = [...(ofTest[text(variable)] ?? []), ...list(values).map(withVariables)];
  }
  return Object.fromEntries(
    Object.keys(byTest)
      .sort()
      .map((test) => [test, sorted(byTest[test] ?? {})]),
  );
}

/** Go writes the keys of a map in order. */
function sorted(lists: { readonly [key: string]: readonly Json[] }): JsonObject {
  return Object.fromEntries(
    Object.keys(lists)
      .sort()
      .map((key) => [key, oneOrAll(lists[key] ?? [])]),
  );
}

function reversed(value: Json | undefined): Json[] {
  return [...new Set(list(value).map(text))].sort().reverse().map(withVariables);
}

function oneOrReversed(value: Json | undefined): Json {
  return oneOrAll(reversed(value));
}

function oneOrAll(values: readonly Json[]): Json {
  return values.length === 1 ? (values[0] ?? null) : [...values];
}

/** `&{aws:username}` stands for `${aws:username}`, which Terraform would take for its own. */
function withVariables(value: Json): Json {
  return text(value).replaceAll("&{", "${");
}

function parse(source: Json): Policy {
  const { Version, Id, Statement } = JSON.parse(text(source)) as JsonObject;
  const statements = (Array.isArray(Statement) ? Statement : [Statement ?? null]).filter(isJsonObject);
  return { version: text(Version), id: text(Id), statements };
}

function withoutEmpty(members: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => {
      if (Array.isArray(value)) return value.length > 0;
      return isJsonObject(value) ? Object.keys(value).length > 0 : value !== "";
    }),
  );
}

function escapeAsGo(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function text(value: Json | undefined): string {
  return value === undefined || value === null ? "" : String(value);
}
