import { readFileSync } from "node:fs";
import { escapeControlsInLines } from "../contracts";
import { isJsonObject, type JsonObject } from "../local/json";
import { defaultStackOf } from "../local/record/configuration";
import { mainOfProject } from "../local/record/project";
import type { Surroundings } from "../local/record/surroundings";
import { checkOptionalLibraries } from "../local/services/optional-library";
import { readCount, UsageError } from "./cli";

/** The options by which every command that runs a program takes it, and what the program finds around it. */
export const programOptions = {
  program: { type: "string" },
  stack: { type: "string" },
  config: { type: "string", multiple: true },
  strict: { type: "boolean" },
  mocks: { type: "string" },
  "ssm-parameter": { type: "string", multiple: true },
  "stack-outputs": { type: "string" },
  "program-patience": { type: "string" },
} as const;

/** @param width of the column of options. */
export const programUsage = (width = 18) => {
  const gap = " ".repeat(width + 3);
  return `  ${"--program FILE".padEnd(width)} \
the Pulumi program (default: main of ./Pulumi.yaml, or index.ts)
  ${"--stack NAME".padEnd(width)} the stack whose Pulumi.NAME.yaml configures it (default: local, or dev without a Pulumi.local.yaml)
  ${"--config KEY=VALUE".padEnd(width)} a configuration value, before that of the stack; any number of them
  ${"--strict".padEnd(width)} refuse a program with resources that are not served (default: record them)
  --ssm-parameter NAME=VALUE
${gap}the value of an SSM parameter that the program reads; any number of them
  --stack-outputs FILE
${gap}JSON with the outputs of the stacks that the program refers to: { "org/project/stack": { "output": … } }
  ${"--mocks FILE".padEnd(width)} JSON with the answers to invokes: { "aws:ec2/getSubnets:getSubnets": { "ids": [ … ] } }
  --program-patience SECONDS
${gap}how long the program may register nothing while something keeps it running (default 30 where only
${gap}repeating timers run, else 120)`;
};

/** The values of {@link programOptions} on a command line. */
export interface ProgramValues {
  readonly program?: string | undefined;
  readonly stack?: string | undefined;
  readonly config?: readonly string[] | undefined;
  readonly strict?: boolean | undefined;
  readonly mocks?: string | undefined;
  readonly "ssm-parameter"?: readonly string[] | undefined;
  readonly "stack-outputs"?: string | undefined;
  readonly "program-patience"?: string | undefined;
}

/** A program as a command runs it. */
export interface ProgramToRun {
  readonly program: string;
  readonly stack: string;
  readonly config: { readonly [key: string]: string };
  readonly surroundings: Surroundings;
}

/**
 * Finds the program that a command runs: the one that is named, or the one of the Pulumi project in the working folder.
 *
 * @throws {UsageError} for a value without `=`, and a file that holds no JSON object of objects.
 * @throws {Error} that names every library that is missing, with the command that installs them.
 */
export function readProgram(values: ProgramValues): ProgramToRun {
  // Not all of them are needed by every program. One message beats five, each after another installation.
  checkOptionalLibraries("dynalite", "fast-xml-parser", "jsonata", "tsx", "yaml");
  const program = values.program ?? mainOfProject(process.cwd());
  const { mocks, "stack-outputs": stackOutputs, "program-patience": patience } = values;
  return {
    program,
    stack: values.stack ?? defaultStackOf(program),
    config: readPairs("--config", "KEY=VALUE", values.config),
    surroundings: {
      unsupported: values.strict ? "refuse" : "record",
      ssmParameters: readPairs("--ssm-parameter", "NAME=VALUE", values["ssm-parameter"]),
      ...(patience !== undefined && { programPatienceSeconds: readCount("--program-patience", patience) }),
      onProgramWaits: (message) => process.stderr.write(`${escapeControlsInLines(message)}\n`),
      ...(mocks !== undefined && { mocks: readObjects("--mocks", mocks) }),
      ...(stackOutputs !== undefined && { stackOutputs: readObjects("--stack-outputs", stackOutputs) }),
    },
  };
}

function readPairs(option: string, form: string, texts: readonly string[] = []): { [name: string]: string } {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=");
      if (at < 1) throw new UsageError(`${option} must be ${form}, received '${text}'.`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function readObjects(option: string, file: string): { [name: string]: JsonObject } {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`${option} must be a file with JSON; '${file}': ${(error as Error).message}`);
  }
  if (!isJsonObject(content) || !Object.values(content).every(isJsonObject)) {
    throw new UsageError(
      `${option} must be a file with a JSON object of objects; '${file}' holds another value.`,
    );
  }
  return content as { [name: string]: JsonObject };
}
