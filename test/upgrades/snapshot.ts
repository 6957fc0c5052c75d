import type { Json, JsonObject } from "../../local/json";
import { type Recording, type Registration, withoutDigests } from "../support/record";
import { replacingInputs, typeFacts } from "../support/type-facts";

/** A resource as a release deploys it, as far as a later release has to keep it. */
export interface KeptResource {
  /** The types of its parent and its own, and its name in the program: what a URN has at its end. */
  readonly urn: string;
  /** The inputs whose change replaces it. The ids of other resources stand as their types and names. */
  readonly fixed: JsonObject;
}

/** What a team that deploys another release would lose. */
export interface Loss {
  /** The resource's type and name. */
  readonly resource: string;
  readonly problem: string;
}

/** @returns what a recorded program makes, in the order of its names; components are no more than their children. */
export function snapshotOf(recording: Recording, nameNow: NameNow = identity): KeptResource[] {
  const text = nameResources(recording, nameNow);
  return recording.registrations
    .filter(isMade)
    .map((one) => ({ urn: shortUrn(one.options.urn), fixed: fixedInputs(one, text) }))
    .sort((one, other) => (one.urn < other.urn ? -1 : 1));
}

/** @returns the resources that a release made and that the recorded program would have deleted or replaced. */
export function lossesOf(before: readonly KeptResource[], now: Recording): Loss[] {
  const earlier = new Map(before.map((kept) => [kept.urn, kept]));
  const nowByUrn = new Map<string, Registration>();
  for (const one of now.registrations.filter(isMade)) {
    const urns = [one.options.urn, ...one.options.aliases].map(shortUrn);
    const known = urns.find((urn) => earlier.has(urn));
    if (known !== undefined) nowByUrn.set(known, one);
  }
  const oldUrns = new Map([...nowByUrn].map(([urn, one]) => [one, urn]));
  const text = nameResources(now, (one) => oldUrns.get(one) ?? shortUrn(one.options.urn));
  return before.flatMap(({ urn, fixed }) => {
    const one = nowByUrn.get(urn);
    if (!one) return [{ resource: describeUrn(urn), problem: describeDeletion(urn) }];
    const inputs = fixedInputs(one, text);
    const keys = [...new Set([...Object.keys(fixed), ...Object.keys(inputs)])];
    return keys
      .filter((key) => !one.options.ignoreChanges.includes(key))
      .filter((key) => JSON.stringify(fixed[key]) !== JSON.stringify(inputs[key]))
      .map((key) => ({
        resource: describeUrn(urn),
        problem: describeReplacement(urn, key, fixed[key], inputs[key]),
      }));
  });
}

type NameNow = (one: Registration) => string;

const identity: NameNow = ({ options }) => shortUrn(options.urn);

function isMade({ type, custom }: Registration): boolean {
  return custom && type.startsWith("aws:");
}

/** The parent's type, the type and the name: mocks know of no more ancestors. The stack is everything's. */
function shortUrn(urn: string): string {
  const [types = "", name] = urn.split("::").slice(-2);
  const known = types.split("$").filter((type) => type !== "pulumi:pulumi:Stack");
  return `${known.slice(-2).join("$")}::${name}`;
}

function describeUrn(urn: string): string {
  const [types = "", name = ""] = urn.split("::");
  return `${types.split("$").at(-1)} ${name}`;
}

/** @returns a function that puts types and names in the place of the ids of resources. */
function nameResources({ registrations }: Recording, nameNow: NameNow): (value: Json) => Json {
  const names = registrations
    .filter(({ id, custom }) => custom && id !== undefined && id.length > 3)
    .map((one) => [String(one.id), `<${describeUrn(nameNow(one))}>`] as const)
    .sort(([one], [other]) => other.length - one.length);
  return (value) => {
    const text = names.reduce((rest, [id, name]) => rest.replaceAll(id, name), JSON.stringify(value));
    return withoutDigests(JSON.parse(text) as Json);
  };
}

function fixedInputs({ type, inputs }: Registration, name: (value: Json) => Json): JsonObject {
  const facts = typeFacts[type];
  if (!facts) throw new Error(`test/support/type-facts.ts has no facts of ${type}: add what replaces it.`);
  const entries = replacingInputs(facts).flatMap((key) =>
    inputs[key] === undefined ? [] : [[key, name(inputs[key] as Json)] as const],
  );
  return Object.fromEntries(entries);
}

function describeDeletion(urn: string): string {
  const [, name = ""] = urn.split("::");
  return `is gone (${urn}): a deployment deletes it. If it has another name, type or parent now, give it an alias, such as { aliases: [{ name: "${name}" }] } in its options. If teams shall lose it, put it into test/upgrades/accepted.ts, and tell them in docs/migrate.md.`;
}

function describeReplacement(
  urn: string,
  key: string,
  before: Json | undefined,
  now: Json | undefined,
): string {
  return `has another ${key} (${JSON.stringify(before)} before, ${JSON.stringify(now)} now), which replaces it (${urn}). Keep the value, or put { ignoreChanges: ["${key}"] } into its options where deployed stacks may keep theirs. If teams shall lose it, put it into test/upgrades/accepted.ts, and tell them in docs/migrate.md.`;
}
