import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { parse } from "yaml";
import { HelpAsked } from "../cli/cli";
import { commands } from "../cli/command-list";

/** Where the types stand that an entry's reference shows. */
const sources = {
  args: "components/stream-orchestration-args.ts",
  component: "components/stream-orchestration.ts",
  startLocal: "testing/start-local.ts",
} as const;

/** What is told of a member of an interface or a class. */
interface Member {
  readonly name: string;
  readonly type: string;
  readonly isOptional: boolean;
  readonly text: string;
  readonly standard: string | undefined;
  readonly returns: string | undefined;
  readonly errors: readonly string[];
}

interface Declaration {
  readonly name: string;
  readonly text: string;
  readonly members: readonly Member[];
}

/** `docs/reference.md`: arguments, outputs, methods, `startLocal`, the command line and the configuration keys, from their docstrings. */
export async function referencePage(root: string): Promise<string> {
  const args = declarationsOf(root, sources.args);
  const [component] = declarationsOf(root, sources.component);
  const local = declarationsOf(root, sources.startLocal);
  if (!component) throw new Error(`${sources.component} declares no class.`);
  const isMethod = ({ type }: Member) => type.startsWith("(");
  return `${[
    "# Reference",
    "`npm run docs` writes this page from the docstrings. A member with `?` is optional.",
    "## Arguments of `StreamOrchestration`",
    "Wrong arguments end the deployment before the first resource, with every problem at once.",
    ...declarationsInOrder(args, "StreamOrchestrationArgs").map((one) => section(one)),
    "## Outputs of `StreamOrchestration`",
    table(component.members.filter((member) => !isMethod(member))),
    "## Methods of `StreamOrchestration`",
    table(component.members.filter(isMethod)),
    "## Configuration of the program",
    "`pulumi config set KEY VALUE`, for the program of the repository. The program checks all values at once.",
    configuration(root),
    "## `startLocal`",
    "From `@guidogerb/stream-orchestration/testing`; [testing.md](testing.md) shows how it is used.",
    ...local.map((one) => section(one)),
    ...membersOfLocal(root, local).map((one) => section(one)),
    "## Command line",
    "`npx stream-orchestration COMMAND`. [cli.md](cli.md) has the commands for operators, with their exit codes.",
    ...(await commandUsages()),
  ].join("\n\n")}\n`;
}

/** Every exported interface and class of a file, in its order. */
function declarationsOf(root: string, file: string): Declaration[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), "utf8"),
    ts.ScriptTarget.ES2022,
    true,
  );
  return source.statements.flatMap((statement): Declaration[] => {
    const isWanted = ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement);
    if (!isWanted || !isExported(statement) || !statement.name) return [];
    const members = [...statement.members].flatMap((member) => memberOf(member, source));
    return [{ name: statement.name.text, text: textOf(statement), members }];
  });
}

function isExported(node: ts.HasModifiers): boolean {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function memberOf(member: ts.TypeElement | ts.ClassElement, source: ts.SourceFile): Member[] {
  if (!member.name || isHidden(member)) return [];
  const name = member.name.getText(source);
  const isProperty = ts.isPropertySignature(member) || ts.isPropertyDeclaration(member);
  const isMethod = ts.isMethodSignature(member) || ts.isMethodDeclaration(member);
  if (!isProperty && !isMethod) return [];
  const type = isProperty ? (member.type?.getText(source) ?? "") : signatureOf(member, source);
  const tags = ts.getJSDocTags(member);
  const comment = (tag: ts.JSDocTag) => oneLine(ts.getTextOfJSDocComment(tag.comment) ?? "");
  const find = (name: string) => tags.find(({ tagName }) => tagName.text === name);
  const [standard, returns] = [find("default"), find("returns")];
  return [
    {
      name,
      type: oneLine(type),
      isOptional: "questionToken" in member && member.questionToken !== undefined,
      text: textOf(member),
      standard: standard && comment(standard).replace(/^- /, ""),
      returns: returns && comment(returns),
      errors: tags.filter(({ tagName }) => tagName.text === "throws").map(comment),
    },
  ];
}

function isHidden(member: ts.TypeElement | ts.ClassElement): boolean {
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword];
  const modifiers = ts.canHaveModifiers(member) ? (member.modifiers ?? []) : [];
  return (
    modifiers.some(({ kind }) => hidden.includes(kind)) || member.name?.getText().startsWith("#") === true
  );
}

function signatureOf(member: ts.MethodSignature | ts.MethodDeclaration, source: ts.SourceFile): string {
  const parameters = member.parameters.map((parameter) => {
    const isOptional = parameter.questionToken !== undefined || parameter.initializer !== undefined;
    const type = parameter.type ? `: ${parameter.type.getText(source)}` : "";
    return `${parameter.name.getText(source)}${isOptional ? "?" : ""}${type}`;
  });
  return `(${parameters.join(", ")}) => ${member.type?.getText(source) ?? "void"}`;
}

/** @returns a docstring without its tags. */
function textOf(node: ts.Node): string {
  const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return oneLine(ts.getTextOfJSDocComment(doc?.comment) ?? "");
}

function oneLine(text: string): string {
  return text
    .replace(/\{@link ([^}]+)\}/g, (_all, target: string) => `\`${target.trim()}\``)
    .replace(/\s+/g, " ")
    .trim();
}

/** The interface itself first, then each that it refers to, as they come. */
function declarationsInOrder(all: readonly Declaration[], first: string): Declaration[] {
  const ordered: Declaration[] = [];
  const add = (name: string) => {
    const found = all.find((one) => one.name === name);
    if (!found || ordered.includes(found)) return;
    ordered.push(found);
    for (const { type } of found.members) for (const [word] of type.matchAll(/\w+/g)) add(word);
  };
  add(first);
  return ordered;
}

/** The interfaces and classes that the members of `Local` are of. */
function membersOfLocal(root: string, declarations: readonly Declaration[]): Declaration[] {
  const types = declarations
    .filter(({ name }) => name === "Local")
    .flatMap(({ members }) => members.map(({ type }) => type));
  const files = readdirSync(join(root, "testing")).filter((file) => file.endsWith(".ts"));
  const all = files.flatMap((file) => declarationsOf(root, `testing/${file}`));
  const faults = declarationsOf(root, "local/faults/faults.ts");
  return [...all, ...faults].filter(
    ({ name }) => types.includes(name) && !declarations.some((one) => one.name === name),
  );
}

function section({ name, text, members }: Declaration): string {
  return [`### ${name}`, text, table(members)].filter((part) => part !== "").join("\n\n");
}

function table(members: readonly Member[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = members.map(({ name, type, isOptional, text, standard, returns, errors }) => {
    const parts = [
      ...(text === "" ? [] : [text]),
      ...(returns === undefined ? [] : [`*Returns* ${returns}`]),
      ...(standard === undefined ? [] : [`*Default:* ${standard}.`.replace(/\.\.$/, ".")]),
      ...errors.map((error) => `*Throws* ${error}`),
    ];
    return `| \`${name}${isOptional ? "?" : ""}\` | \`${cell(type)}\` | ${cell(parts.join(" "))} |`;
  });
  return ["| member | type | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

function configuration(root: string): string {
  const { config } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
    config: { [key: string]: { description: string; default?: unknown; value?: unknown } };
  };
  const rows = Object.entries(config).map(([key, { description, default: standard, value }]) => {
    const shown = value ?? standard;
    const isEmpty = shown === "" || shown === undefined;
    return `| \`${key}\` | ${oneLine(description)} | ${isEmpty ? "empty" : `\`${String(shown)}\``} |`;
  });
  return ["| key | meaning | default |", "| --- | --- | --- |", ...rows].join("\n");
}

/** What each command prints with `--help`. */
async function commandUsages(): Promise<string[]> {
  const sections: string[] = [];
  for (const name of Object.keys(commands)) {
    sections.push(`### ${name}`, `\`\`\`text\n${await usageOf(name)}\n\`\`\``);
  }
  return sections;
}

/** @throws {Error} when a command does not take `--help`. */
export async function usageOf(name: string): Promise<string> {
  try {
    await commands[name]?.load()(["--help"]);
  } catch (error) {
    if (error instanceof HelpAsked) return error.message;
    throw error;
  }
  throw new Error(`The command '${name}' does not take --help.`);
}
