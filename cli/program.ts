import { defaultStackOf } from "../local/record/configuration";
import { mainOfProject } from "../local/record/project";
import { checkOptionalLibraries } from "../local/services/optional-library";

/** The options by which every command that runs a program takes it. */
export const programOptions = {
  program: { type: "string" },
  stack: { type: "string" },
} as const;

/** @param width of the column of options. */
export const programUsage = (width = 18) => `  ${"--program FILE".padEnd(width)} \
the Pulumi program (default: main of ./Pulumi.yaml, or index.ts)
  ${"--stack NAME".padEnd(width)} the stack whose Pulumi.NAME.yaml configures it (default: local, or dev without a Pulumi.local.yaml)`;

/**
 * Finds the program that a command runs: the one that is named, or the one of the Pulumi project in the working folder.
 *
 * @throws {Error} that names every library that is missing, with the command that installs them.
 */
export function readProgram(values: { program?: string | undefined; stack?: string | undefined }): {
  program: string;
  stack: string;
} {
  // Not all of them are needed by every program. One message beats five, each after another installation.
  checkOptionalLibraries("dynalite", "fast-xml-parser", "jsonata", "tsx", "yaml");
  const program = values.program ?? mainOfProject(process.cwd());
  return { program, stack: values.stack ?? defaultStackOf(program) };
}
