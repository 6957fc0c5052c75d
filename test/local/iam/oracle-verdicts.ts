import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Requester } from "../../../local/iam/evaluate";
import type { JsonObject } from "../../../local/json";

/** A request, the policies that apply to it, and the verdict of an independent simulator. */
export interface OracleCase {
  readonly verdict: string;
  readonly requester: Requester;
  readonly request: { readonly action: string; readonly resource: string; readonly context: Context };
  readonly identity: readonly JsonObject[];
  readonly ofResource: readonly JsonObject[];
}

type Context = { readonly [key: string]: string | readonly string[] };

/** A number is the index of a text. */
interface OracleFile {
  readonly texts: readonly string[];
  readonly cases: readonly CaseRow[];
}
type CaseRow = [
  verdict: number,
  requester: number,
  action: number,
  resource: number,
  context: [key: number, value: number | number[]][],
  identity: StatementRow[],
  ofResource: StatementRow[],
];
/** "*", or a kind with one name or a list. */
type PrincipalRow = [kind: number, names?: number | number[]];
type StatementRow = [
  effect: number,
  actionMember: number,
  actions: number[],
  resourceMember: number,
  resources: number[],
  conditions: [operator: number, keys: [key: number, values: number[]][]][],
  principal?: PrincipalRow,
];

/**
 * Reads `oracle-verdicts.json`. Its cases are 2,474 of 9,000 that fast-check 4.10.2 drew with the seed 20261126: every one that was allowed
 * or denied explicitly, and a share of those that no statement decides. The verdicts are those of @cloud-copilot/iam-simulate 0.1.173,
 * asked on 2026-11-26. They are data: the simulator's licence (AGPL) keeps it out of this project, and nothing here holds code of it.
 * Git's history of `oracle.test.ts` has the generator that drew the cases and asked the simulator.
 */
export function readOracleCases(): OracleCase[] {
  const { texts, cases } = JSON.parse(
    readFileSync(join(__dirname, "oracle-verdicts.json"), "utf8"),
  ) as OracleFile;
  const text = (index: number): string => {
    const found = texts[index];
    if (found === undefined) throw new Error(`oracle-verdicts.json has no text ${index}.`);
    return found;
  };
  const textOrTexts = (value: number | number[]) =>
    typeof value === "number" ? text(value) : value.map(text);
  const statement = ([
    effect,
    action,
    actions,
    resource,
    resources,
    conditions,
    principal,
  ]: StatementRow) => ({
    Effect: text(effect),
    [text(action)]: actions.map(text),
    [text(resource)]: resources.map(text),
    ...(conditions.length > 0 && {
      Condition: Object.fromEntries(
        conditions.map(([operator, keys]) => [
          text(operator),
          Object.fromEntries(keys.map(([key, values]) => [text(key), values.map(text)])),
        ]),
      ),
    }),
    ...(principal && { Principal: readPrincipal(principal) }),
  });
  const readPrincipal = ([kind, names]: PrincipalRow) =>
    names === undefined ? text(kind) : { [text(kind)]: textOrTexts(names) };
  return cases.map(([verdict, requester, action, resource, context, identity, ofResource]) => ({
    verdict: text(verdict),
    requester: requesters[text(requester) as Requester["kind"]],
    request: {
      action: text(action),
      resource: text(resource),
      context: Object.fromEntries(context.map(([key, value]) => [text(key), textOrTexts(value)])),
    },
    identity: identity.map(statement),
    ofResource: ofResource.map(statement),
  }));
}

const requesters: { readonly [kind in Requester["kind"]]: Requester } = {
  role: { kind: "role", roleArn: "arn:aws:iam::000000000000:role/worker" },
  service: { kind: "service", service: "events.amazonaws.com" },
};
