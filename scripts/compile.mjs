// Compiles the folders that the package ships into dist/, and writes the schema of the plugin, from one TypeScript program.
import { readFileSync } from "node:fs";
import ts from "typescript";
import { schemaOf } from "./generate-schema.mjs";

/** The folders that are shipped. */
const shipped = /^(cli|client|components|contracts|local|testing)\//;

/** Bundled with the AWS SDK by bundle-redrive.mjs. */
const bundled = /^cli\/redrive\//;

/**
 * Checks types and writes JavaScript and declarations. Nothing is written when there is an error.
 *
 * @returns {boolean} whether there was no error. Errors are printed.
 */
export function compile() {
  const program = createProgram();
  const problems = [...ts.getPreEmitDiagnostics(program)];
  if (problems.length === 0) problems.push(...emit(program));
  if (problems.length > 0) {
    const formatHost = {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: ts.sys.getCurrentDirectory,
      getNewLine: () => "\n",
    };
    console.error(ts.formatDiagnosticsWithColorAndContext(problems, formatHost));
    return false;
  }
  const schema = schemaOf(program, JSON.parse(readFileSync("package.json", "utf8")));
  ts.sys.writeFile("dist/plugin/schema.json", `${JSON.stringify(schema, null, 2)}\n`);
  return true;
}

function createProgram() {
  const host = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
    },
  };
  const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile("tsconfig.build.json", {}, host);
  return ts.createProgram({
    rootNames: fileNames,
    options,
    host: hostFor(options),
    configFileParsingDiagnostics: errors,
  });
}

/** A host that reads the docstrings of our files only, which the schema has: reading those of @pulumi/aws takes a quarter of what reading all files takes. */
function hostFor(options) {
  const host = ts.createCompilerHost(options);
  const { ParseAll, ParseNone } = ts.JSDocParsingMode;
  const getSourceFile = (name, languageVersion, ...rest) => {
    const jsDocParsingMode = name.includes("/node_modules/") ? ParseNone : ParseAll;
    return host.getSourceFile(name, { ...languageVersion, jsDocParsingMode }, ...rest);
  };
  return { ...host, getSourceFile };
}

function emit(program) {
  const current = `${ts.sys.getCurrentDirectory()}/`;
  const nameOf = ({ fileName }) => fileName.replace(current, "");
  const files = program
    .getSourceFiles()
    .filter((file) => shipped.test(nameOf(file)) && !bundled.test(nameOf(file)) && !file.isDeclarationFile);
  return files.flatMap((file) => {
    // The commands are called, never imported.
    const write = nameOf(file).startsWith("cli/")
      ? (name, text, mark) => name.endsWith(".d.ts") || ts.sys.writeFile(name, text, mark)
      : undefined;
    return program.emit(file, write).diagnostics;
  });
}
