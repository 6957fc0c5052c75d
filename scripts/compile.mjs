// Compiles the folders that the package ships into dist/, and writes the schema of the plugin, from one TypeScript program.
import { readFileSync } from "node:fs";
import { ESLint } from "eslint";
import ts from "typescript";
import { schemaOf } from "./generate-schema.mjs";
import { snippets } from "./snippets.mjs";

/** The folders that are shipped. */
const shipped = /^(cli|client|components|contracts|local|testing)\//;

/** Bundled with the AWS SDK by bundle-redrive.mjs. */
const bundled = /^cli\/redrive\//;

/**
 * Checks types and writes JavaScript and declarations. Nothing is written when there is an error.
 *
 * @param {string} configFile tsconfig.json for all files of the repository, tsconfig.build.json for the shipped ones alone.
 * @param {{ lint?: boolean }} options `lint` checks the documents' TypeScript and the console, whose types are a browser's, too, and runs ESLint on the
 * same programs. A program of its own would cost it more than its rules do.
 * @returns {Promise<boolean>} whether there was no error. Errors are printed.
 */
export async function compile(configFile, { lint = false } = {}) {
  const documents = lint ? snippets(ts.sys.getCurrentDirectory()) : new Map();
  const overrides = { noEmit: false, outDir: "dist", rootDir: ".", sourceMap: false };
  const program = createProgram(configFile, overrides, documents);
  const page = lint ? [createProgram("console/tsconfig.json", {})] : [];
  const problems = [program, ...page].flatMap((each) => ts.getPreEmitDiagnostics(each));
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
  return !lint || (await isLinted([program, ...page]));
}

/** @param documents files of the program that are not there, by their paths. */
function createProgram(configFile, overrides, documents = new Map()) {
  const host = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
    },
  };
  const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(configFile, overrides, host);
  return ts.createProgram({
    rootNames: [...fileNames, ...documents.keys()],
    options,
    host: hostWith(documents, options),
    configFileParsingDiagnostics: errors,
  });
}

/** A host that finds some files which are not there. */
function hostWith(files, options) {
  const host = ts.createCompilerHost(options);
  return {
    ...host,
    fileExists: (name) => files.has(name) || host.fileExists(name),
    readFile: (name) => files.get(name) ?? host.readFile(name),
    getSourceFile: (name, ...rest) =>
      files.has(name)
        ? ts.createSourceFile(name, files.get(name), ...rest)
        : host.getSourceFile(name, ...rest),
  };
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

async function isLinted(programs) {
  const eslint = new ESLint({
    overrideConfig: {
      files: ["**/*.ts"],
      languageOptions: { parserOptions: { projectService: false, programs } },
    },
  });
  const results = await eslint.lintFiles(["."]);
  const report = await (await eslint.loadFormatter("stylish")).format(results);
  if (report) console.error(report);
  return results.every(({ errorCount, warningCount }) => errorCount + warningCount === 0);
}
