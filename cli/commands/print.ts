import { relative } from "node:path";
import { buildAsyncApiDocument, buildOpenApiDocument } from "../../contracts";
import type { Json } from "../../local/json";
import { type Graph, resourcesOfType } from "../../local/record/graph";
import { recordProgram } from "../../local/record/record";
import { accountId } from "../../local/runtime";
import { type Command, readOptions, refuseArguments, UsageError } from "../cli";
import { programOptions, programUsage, readProgram } from "../program";

/** The machine whose definition is printed where there are several, and none was asked for. */
const mainMachine = "StreamLifecycleOrchestrator";

const usage = {
  definition: `Usage: stream-orchestration definition [options]
In a clone: npm run -s definition -- [options]

Prints the definition of a state machine as JSON.

${programUsage()}
  --machine NAME     the state machine (default ${mainMachine})`,
  openapi: `Usage: stream-orchestration openapi
In a clone: npm run -s openapi

Prints the OpenAPI 3.1 document as JSON. It has no options.`,
  asyncapi: `Usage: stream-orchestration asyncapi
In a clone: npm run -s asyncapi

Prints the AsyncAPI 3.0 document of the events as JSON. It has no options.`,
  graph: `Usage: stream-orchestration graph [options]
In a clone: npm run -s graph -- [options]

Prints type, name and inputs of every resource that the program registers, as JSON.

${programUsage()}`,
};

export const definition: Command = async (args) => {
  const options = { ...programOptions, machine: { type: "string" } } as const;
  const { values, positionals } = readOptions(args, options, usage.definition);
  refuseArguments(positionals, usage.definition);
  return print(definitionOf(await record(values), values.machine));
};

export const openapi: Command = async (args) => {
  refuseArguments(readOptions(args, {}, usage.openapi).positionals, usage.openapi);
  return print(buildOpenApiDocument());
};

export const asyncapi: Command = async (args) => {
  refuseArguments(readOptions(args, {}, usage.asyncapi).positionals, usage.asyncapi);
  return print(buildAsyncApiDocument());
};

export const graph: Command = async (args) => {
  const { values, positionals } = readOptions(args, programOptions, usage.graph);
  refuseArguments(positionals, usage.graph);
  return print(describe(await record(values)));
};

function record(values: Parameters<typeof readProgram>[0]): Promise<Graph> {
  const { program, stack, config, surroundings } = readProgram(values);
  const place = {
    accountId,
    region: "us-east-1",
    apiUrl: "http://127.0.0.1:8787",
    awsUrl: "http://127.0.0.1:8788",
  };
  return recordProgram(program, stack, place, config, surroundings);
}

/** @param wanted a state machine's logical name, or the part of it behind the component's name. */
function definitionOf(graph: Graph, wanted: string | undefined): unknown {
  const machines = resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine");
  const named = (part: string) => machines.filter(({ name }) => name === part || name.endsWith(`-${part}`));
  const candidates = machines.length === 1 && wanted === undefined ? machines : named(wanted ?? mainMachine);
  const [machine] = candidates;
  if (!machine || candidates.length > 1) {
    const names = machines.map(({ name }) => `'${name}'`).join(", ") || "none";
    throw new UsageError(`Choose one of the program's state machines with --machine NAME: ${names}.`);
  }
  return JSON.parse(String(machine.inputs.definition));
}

function describe(graph: Graph): unknown {
  return graph.resources.map(({ type, name, inputs }) => ({ type, name, inputs: withRelativePaths(inputs) }));
}

/** Archives stand with the path they have on this machine, which says nothing on another. */
function withRelativePaths(value: Json): Json {
  return JSON.parse(JSON.stringify(value), (key, member: unknown) =>
    key === "fileArchive" ? relative(process.cwd(), String(member)) : member,
  ) as Json;
}

/** Prints a document, and nothing else. */
function print(document: unknown): number {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  return 0;
}
