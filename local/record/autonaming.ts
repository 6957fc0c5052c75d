import { createHash } from "node:crypto";
import { isJsonObject, type Json, type JsonObject } from "../json";
import type { StackConfiguration } from "./configuration";
import { digest } from "./outputs";

/** Says the physical name of a resource that has none in the program. */
export type Autonamer = (type: string, name: string) => string;

/** What an entry of `pulumi:autonaming` may hold; the outer one has `providers` as well, and a provider's has `resources`. */
interface Naming {
  readonly mode?: Json;
  readonly pattern?: Json;
  readonly enforce?: Json;
}

/** The engine names a local or self-managed stack's organization so. */
const organization = "organization";

/**
 * Reads `pulumi:autonaming` of a stack as Pulumi's engine does (`pkg/cmd/pulumi/autonaming`). What Pulumi would draw at random is a digest of the resource's
 * type and name, so that names are the same from run to run.
 *
 * @throws {Error} when the setting is not one that Pulumi takes.
 */
export function autonamerOf(stack: StackConfiguration): Autonamer {
  const text = stack.config["pulumi:autonaming"];
  if (text === undefined) return defaultName;
  const settings = members(parse(text), "pulumi:autonaming", ["providers"]);
  const fallback = namerOf(settings, "pulumi:autonaming", stack) ?? defaultName;
  const providers = new Map<string, { name: Autonamer; resources: Map<string, Autonamer> }>();
  for (const [provider, value] of Object.entries(members(settings.providers ?? {}, "providers"))) {
    const where = `pulumi:autonaming.providers.${provider}`;
    const own = members(value, where, ["resources"]);
    const resources = Object.entries(members(own.resources ?? {}, `${where}.resources`)).map(
      ([type, naming]): [string, Autonamer] => {
        const name = namerOf(
          members(naming, `${where}.resources.${type}`, []),
          `${where}.resources.${type}`,
          stack,
        );
        if (!name) throw new Error(`${where}.resources.${type} must have a mode or a pattern.`);
        return [type, name];
      },
    );
    providers.set(provider, { name: namerOf(own, where, stack) ?? fallback, resources: new Map(resources) });
  }
  return (type, name) => {
    const provider = providers.get(type.split(":")[0] ?? "");
    const namer = provider?.resources.get(type) ?? provider?.name ?? fallback;
    return namer(type, name);
  };
}

/** Pulumi appends seven random hexadecimal digits. */
function defaultName(type: string, name: string): string {
  return `${name}-${digest(`${type} ${name}`, 7)}`;
}

function namerOf(
  { mode, pattern, enforce }: Naming,
  where: string,
  stack: StackConfiguration,
): Autonamer | undefined {
  if (mode !== undefined && (pattern !== undefined || enforce !== undefined)) {
    throw new Error(`${where} must not have both a mode and a pattern or enforce.`);
  }
  if (typeof pattern === "string") {
    const resolved = withStack(pattern, stack);
    return (type, name) => withResource(resolved, type, name);
  }
  if (pattern !== undefined)
    throw new Error(`${where}.pattern must be a string, received ${JSON.stringify(pattern)}.`);
  if (enforce !== undefined) throw new Error(`${where} must have a pattern beside enforce.`);
  if (mode === undefined) return undefined;
  const namer = typeof mode === "string" && Object.hasOwn(modes, mode) ? modes[mode] : undefined;
  if (!namer) {
    throw new Error(`${where}.mode must be default, verbatim or disabled, received ${JSON.stringify(mode)}.`);
  }
  return namer;
}

const modes: { readonly [mode: string]: Autonamer } = {
  default: defaultName,
  verbatim: (_, name) => name,
  // The provider draws the names itself then. Whether it would refuse a type without a name is not known here.
  disabled: (type, name) => `terraform-${digest(`${type} ${name}`, 26)}`,
};

function withStack(pattern: string, { project, stack, config }: StackConfiguration): string {
  return pattern
    .replaceAll("${organization}", organization)
    .replaceAll("${project}", project)
    .replaceAll("${stack}", stack)
    .replace(/\$\{config\.([^}]+)\}/g, (_, key: string) => {
      const value = config[`${project}:${key}`];
      if (value === undefined) throw new Error(`pulumi:autonaming: no value found for key '${key}'.`);
      return value;
    });
}

const alphabets: { readonly [kind: string]: string } = {
  hex: "0123456789abcdef",
  alphanum: "abcdefghijklmnopqrstuvwxyz0123456789",
  string: "abcdefghijklmnopqrstuvwxyz",
  num: "0123456789",
};

function withResource(pattern: string, type: string, name: string): string {
  const seed = `${type} ${name}`;
  return pattern
    .replaceAll("${name}", name)
    .replace(/\$\{(hex|alphanum|string|num)\((\d+)\)\}/g, (_, kind: string, length: string) =>
      characters(seed, alphabets[kind] ?? "", Number(length)),
    )
    .replaceAll("${uuid}", digest(seed, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"));
}

/** @returns as many characters of an alphabet, the same for the same seed. */
function characters(seed: string, alphabet: string, length: number): string {
  let text = "";
  for (let block = 0; text.length < length; block += 1) {
    for (const byte of createHash("sha256").update(`${seed} ${block}`).digest()) {
      text += alphabet[byte % alphabet.length];
    }
  }
  return text.slice(0, length);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @returns a value as a mapping; with `more`, one that has no members but those of a {@link Naming} and these. */
function members(value: unknown, where: string, more?: readonly string[]): JsonObject {
  if (!isJsonObject(value)) throw new Error(`${where} must be a mapping, received ${JSON.stringify(value)}.`);
  const unknown =
    more && Object.keys(value).find((key) => !["mode", "pattern", "enforce", ...more].includes(key));
  if (unknown !== undefined)
    throw new Error(`${where} has the member '${unknown}', which Pulumi does not know.`);
  return value;
}
