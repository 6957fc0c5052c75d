// Writes the schema by which Pulumi generates the SDKs of its other languages.
import { createRequire } from "node:module";
import ts from "typescript";

const require = createRequire(import.meta.url);
const { Analyzer, InputOutput } = require("@pulumi/pulumi/provider/experimental/analyzer");
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
    const types = type.isUnion() ? type.types : [type];
    const variants = types.filter((each) => !(each.flags & ts.TypeFlags.Undefined));
    const isUnnamed = variants.some(({ symbol }) => symbol?.name === "__type");
    if (variants.every((each) => this.isPlainObject(each)) && (variants.length > 1 || isUnnamed)) {
      return this.analyzeVariants(context, type.aliasSymbol, variants, optional, docString);
    }
    const texts = type.isUnion()
      ? type.types.filter((each) => !(each.flags & ts.TypeFlags.Undefined))
      : [type];
    if (!texts.every((each) => each.isStringLiteral())) {
      return super.analyzeType(context, type, location, optional, docString);
    }
    const allowed = oneOf(texts.map(({ value }) => value));
    const description = paragraphs(docString, allowed);
    return super.analyzeType(context, this.checker.getStringType(), location, optional, description);
  }

  /** Interfaces and object types, but neither a map nor what an Input or a list consists of. */
  isPlainObject(type) {
    const isObject = (type.flags & ts.TypeFlags.Object) !== 0 && type.symbol !== undefined;
    const isMap = this.checker.getIndexInfoOfType(type, ts.IndexKind.String) !== undefined;
    return isObject && !isMap && !["Array", "OutputInstance", "Promise"].includes(type.symbol.name);
  }

  /** Takes one of several interfaces for one interface, whose members are optional unless all have them: SDKs know no other union that every language has. */
  analyzeVariants(context, alias, variants, optional, docString) {
    const property = context.property.replace("[]", "");
    const own = `${(context.typeName ?? "").replace(/Args$/, "")}${property[0].toUpperCase()}${property.slice(1)}Args`;
    const name = alias?.name ?? own;
    if (!this.typeDefinitions[name]) {
      this.typeDefinitions[name] = { name, type: "object", properties: {} };
      const documented = alias?.getDocumentationComment(this.checker);
      if (documented) this.docStrings[name] = ts.displayPartsToString(documented);
      const members = new Map();
      for (const symbol of variants.flatMap((variant) => variant.getProperties())) {
        members.set(symbol.name, [...(members.get(symbol.name) ?? []), symbol]);
      }
      for (const [member, symbols] of members) {
        const memberContext = {
          ...context,
          inputOutput: InputOutput.Neither,
          typeName: name,
          property: member,
        };
        const found = symbols.map((symbol) => this.analyzeSymbol(memberContext, symbol));
        this.typeDefinitions[name].properties[member] = mergeProperties(
          found,
          symbols.length === variants.length,
        );
      }
    }
    return {
      $ref: `#/types/${this.providerName}:index:${name}`,
      ...(optional && { optional: true }),
      ...(context.inputOutput === InputOutput.Neither && { plain: true }),
      ...(docString && { description: docString }),
    };
  }
}

/** @returns one property for what several types have under one name; `isEverywhere` says whether all of them have it. */
function mergeProperties(properties, isEverywhere) {
  const allowed = properties.flatMap(({ description = "" }) => allowedIn(description));
  const texts = properties.map(({ description = "" }) => description.replace(allowedPattern, "").trim());
  const values = allowed.length > 0 ? oneOf(allowed) : undefined;
  const { optional: _, description: __, ...property } = properties[0];
  const description = paragraphs(...new Set(texts), values);
  return {
    ...property,
    ...(description && { description }),
    ...((!isEverywhere || properties.some(({ optional }) => optional)) && { optional: true }),
  };
}

const allowedPattern = /One of (`[^`]+`(?:, `[^`]+`)*)\./;

function allowedIn(description) {
  return (allowedPattern.exec(description)?.[1] ?? "").match(/[^`, ]+/g) ?? [];
}

function oneOf(values) {
  const texts = [...new Set(values)].sort().map((value) => `\`${value}\``);
  return `One of ${texts.join(", ")}.`;
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
