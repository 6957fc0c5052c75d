// Writes the schema by which Pulumi generates the SDKs of its other languages.
import { createRequire } from "node:module";
import ts from "typescript";

const require = createRequire(import.meta.url);
const { Analyzer } = require("@pulumi/pulumi/provider/experimental/analyzer");
const { generateSchema } = require("@pulumi/pulumi/provider/experimental/schema");

const packageName = "stream-orchestration";
const component = "StreamOrchestration";

/** Pulumi's analyzer of components, on a program that is there already: one of its own would take as long as the build. */
class SchemaAnalyzer extends Analyzer {
  /** @param {ts.Program} program */
  static of(program, packageJSON) {
    return Object.assign(Object.create(SchemaAnalyzer.prototype), {
      components: {},
      typeDefinitions: {},
      dependencies: [],
      docStrings: {},
      dir: ".",
      packageJSON,
      providerName: packageName,
      program,
      checker: program.getTypeChecker(),
      componentNames: new Set([component]),
      programFiles: new Set(program.getSourceFiles().map(({ fileName }) => fileName)),
    });
  }

  findProgramEntryPoint() {
    return this.program.getSourceFiles().find(({ fileName }) => fileName.endsWith("/components/index.ts"));
  }

  /** Adds what the analyzer leaves out of a property: its default, and whether it is a secret. */
  analyzeSymbol(context, symbol) {
    const property = super.analyzeSymbol(context, symbol);
    const tags = new Map(
      symbol.getJsDocTags(this.checker).map(({ name, text }) => [name, ts.displayPartsToString(text)]),
    );
    const value = tags.get("default")?.replace(/^- |\.$/g, "");
    const fallback = value === undefined ? undefined : `Default: ${value}.`;
    const description = paragraphs(property.description, fallback);
    if (description) property.description = description;
    if (tags.has("secret")) property.secret = true;
    return property;
  }

  /** Takes one of several texts, such as `"manual" | "automatic"`, for a string: the analyzer takes them as an enum with a name only. */
  analyzeType(context, type, location, optional, docString) {
    if (type.isClassOrInterface()) {
      const { symbol } = type;
      this.docStrings[symbol.name] = ts.displayPartsToString(symbol.getDocumentationComment(this.checker));
    }
    const texts = type.isUnion()
      ? type.types.filter((each) => !(each.flags & ts.TypeFlags.Undefined))
      : [type];
    if (!texts.every((each) => each.isStringLiteral())) {
      return super.analyzeType(context, type, location, optional, docString);
    }
    const allowed = `One of ${texts
      .map(({ value }) => `\`${value}\``)
      .sort()
      .join(", ")}.`;
    const description = paragraphs(docString, allowed);
    return super.analyzeType(context, this.checker.getStringType(), location, optional, description);
  }
}

/** @returns the texts as paragraphs, each in one line: where a line breaks in the source means nothing. */
function paragraphs(...texts) {
  const lines = texts.filter(Boolean).join("\n\n");
  return lines.replaceAll(/(?<!\n)\n(?!\n)/g, " ");
}

/**
 * @param {ts.Program} program one that has the component's sources.
 * @param {{ version: string, description: string, license: string, keywords: string[] }} packageJson
 * @returns {object} the schema of the component.
 */
export function schemaOf(program, packageJson) {
  const analyzer = SchemaAnalyzer.of(program, packageJson);
  const { components, typeDefinitions, dependencies } = analyzer.analyze();
  const { version, description, license, keywords } = packageJson;
  const schema = generateSchema(
    packageName,
    version,
    description,
    components,
    typeDefinitions,
    dependencies,
    "guidogerb",
  );
  for (const [name, { description: text }] of Object.entries(typeDefinitions)) {
    if (text) schema.types[`${packageName}:index:${name}`].description = paragraphs(text);
  }
  for (const resource of Object.values(schema.resources))
    resource.description = paragraphs(resource.description);
  // An SDK puts 'Args' behind the name of each type that it takes.
  const twice = Object.keys(typeDefinitions).filter((name) => `${name}Args` in typeDefinitions);
  if (twice.length > 0)
    throw new Error(`An SDK cannot have these types beside their Args: ${twice.join(", ")}.`);
  // With support for packs, a Go SDK is a module of its own.
  const text = JSON.stringify({ ...schema, meta: { supportPack: true }, license, keywords });
  return JSON.parse(text.replaceAll(/(:index:\w+)Args"/g, '$1"'));
}
