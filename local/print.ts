import { relative } from "node:path";
import { buildOpenApiDocument } from "../contracts";
import { readOptions, runCommand, UsageError } from "./cli";
import type { Json } from "./json";
import { type Graph, resourcesOfType } from "./program/graph";
import { recordProgram } from "./program/record";
import { accountId } from "./runtime";

const usage = "npm run -s definition|openapi|graph -- [--program FILE] [--stack NAME]";

/** Prints a document of the project as JSON on standard output, and nothing else. */
runCommand(async (args) => {
  const { values, positionals } = readOptions(
    args,
    {
      program: { type: "string", default: "index.ts" },
      stack: { type: "string", default: "dev" },
    },
    usage,
  );
  const what = positionals.join(" ");
  const record = () =>
    recordProgram(values.program, values.stack, {
      accountId,
      region: "us-east-1",
      apiUrl: "http://127.0.0.1:8787",
      awsUrl: "http://127.0.0.1:8788",
    });
  if (what === "openapi") print(buildOpenApiDocument());
  else if (what === "definition") print(definitionOf(await record()));
  else if (what === "graph") print(describe(await record()));
  else throw new UsageError(`There is no document '${positionals.join(" ")}'.\n\n${usage}`);
  return 0;
});

function definitionOf(graph: Graph): unknown {
  const machines = resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine");
  const [machine] = machines;
  if (!machine || machines.length > 1) {
    throw new UsageError(
      `The program has ${machines.length} state machines; this prints the definition of one.`,
    );
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

function print(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
