// Compiles the folders that the package ships into dist/, from one TypeScript program.
import { ESLint } from "eslint";
import ts from "typescript";

/** The folders that are shipped. */
const shipped = /^(cli|components|contracts|local|testing)\//;

/** Bundled with the AWS SDK by bundle-redrive.mjs. */
const bundled = /^cli\/redrive\//;

/**
 * Checks types and writes JavaScript and declarations. Nothing is written when there is an error.
 *
 * @param {string} configFile tsconfig.json for all files of the repository, tsconfig.build.json for the shipped ones alone.
 * @param {{ lint?: boolean }} options `lint` runs ESLint on the same program. A program of its own would cost it more than its rules do. It also
 * checks the console, whose types are a browser's.
 * @returns {Promise<boolean>} whether there was no error. Errors are printed.
 */
export async function compile(configFile, { lint = false } = {}) {
  const program = createProgram(configFile, {
    ...{ noEmit: false, outDir: "dist", rootDir: ".", sourceMap: false },
  });
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
  return !lint || (await isLinted([program, ...page]));
}

function createProgram(configFile, overrides) {
  const host = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
    },
  };
  const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(configFile, overrides, host);
  return ts.createProgram({ rootNames: fileNames, options, configFileParsingDiagnostics: errors });
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
