import { existsSync } from "node:fs";
import { join } from "node:path";
import { projectFolderOf } from "./project";
import { readYaml } from "./yaml";

/** A program's project and the configuration of one of its stacks, as `pulumi up` would hand them to it. */
export interface StackConfiguration {
  readonly project: string;
  readonly stack: string;
  /** Key, with its namespace, to text: structured values are JSON, as Pulumi passes them. */
  readonly config: { readonly [key: string]: string };
}

/** What `Pulumi.yaml` and `Pulumi.<stack>.yaml` have in common. */
interface ConfigurationFile {
  name?: unknown;
  config?: Record<string, unknown> | null;
}

/**
 * Reads `Pulumi.yaml` and `Pulumi.<stack>.yaml` of a program, which stand beside it, or above it where `main` names it. The stack `dev`, which
 * everybody has of their own, has the values of `Pulumi.local.yaml` until it has a file, and no values where neither is there. Defaults of the project stand where the stack says nothing; `overrides` stand before both. Without a `Pulumi.yaml` the project
 * has the name `program` and no configuration.
 *
 * @throws {Error} when the file of a stack other than `dev` is missing, a file is no YAML or no mapping, or a value is encrypted that `overrides` do not give.
 */
export function readStackConfiguration(
  program: string,
  stack: string,
  overrides: { readonly [key: string]: string } = {},
): StackConfiguration {
  const folder = projectFolderOf(program);
  const project: ConfigurationFile | undefined = readYaml(join(folder, "Pulumi.yaml"));
  const ownFile = join(folder, `Pulumi.${stack}.yaml`);
  const localValues = join(folder, localFile);
  const stackFile =
    stack !== "dev" || existsSync(ownFile) || !existsSync(localValues) ? ownFile : localValues;
  const stackValues: ConfigurationFile | undefined = readYaml(stackFile);
  if (project && !stackValues && stack !== "dev") {
    throw new Error(`The stack '${stack}' has no configuration: ${stackFile} does not exist.`);
  }
  const name = typeof project?.name === "string" ? project.name : defaultProject;
  const withNamespace = (key: string) => inNamespace(name, key);

  const config: Record<string, string> = {};
  for (const [key, declaration] of Object.entries(project?.config ?? {})) {
    const value = defaultOf(declaration);
    if (value !== undefined) config[withNamespace(key)] = toText(value);
  }
  const given = new Set(Object.keys(overrides).map(withNamespace));
  const encrypted: string[] = [];
  for (const [key, value] of Object.entries(stackValues?.config ?? {})) {
    if (isEncrypted(value)) {
      if (given.has(withNamespace(key))) continue;
      encrypted.push(key);
      continue;
    }
    config[withNamespace(key)] = toText(value);
  }
  if (encrypted.length > 0) {
    throw new Error(
      `${stackFile}: ${encrypted.join(", ")} ${encrypted.length > 1 ? "are" : "is"} encrypted, and only Pulumi can decrypt it. ` +
        `Give it with the option config: { "${encrypted[0]}": "…" }, or --config ${encrypted[0]}=VALUE; or use a stack of plain values locally.`,
    );
  }
  for (const [key, value] of Object.entries(overrides)) config[withNamespace(key)] = value;
  return { project: name, stack, config };
}

/** Configures what runs locally and is never deployed. Pulumi leaves it alone, unless a stack has this very name. */
const localFile = "Pulumi.local.yaml";

/** @returns the stack that runs where none is named: `local` for a program that has a file for it, or else `dev`. */
export function defaultStackOf(program: string): string {
  return existsSync(join(projectFolderOf(program), localFile)) ? "local" : "dev";
}

/** @returns the configuration of a program that has no files: the values alone. Keys without a namespace are the project's. */
export function overridesOnly(
  stack: string,
  overrides: { readonly [key: string]: string },
): StackConfiguration {
  const entries = Object.entries(overrides).map(([key, value]) => [inNamespace(defaultProject, key), value]);
  return { project: defaultProject, stack, config: Object.fromEntries(entries) as Record<string, string> };
}

/** The project's name where no `Pulumi.yaml` says one. */
const defaultProject = "program";

function inNamespace(project: string, key: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

/** A secret stands as `{ secure: … }`, also within a structured value. */
function isEncrypted(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "secure" in value || Object.values(value).some(isEncrypted);
}

/** A declaration has `default` (keys of the project) or `value` (keys of a provider), or is the value itself. */
function defaultOf(declaration: unknown): unknown {
  if (typeof declaration !== "object" || declaration === null) return declaration;
  const { default: fallback, value } = declaration as { default?: unknown; value?: unknown };
  return fallback ?? value;
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
