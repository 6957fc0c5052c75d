import { relative } from "node:path";
import { buildOpenApiDocument } from "../contracts";
import type { Json } from "../local/json";
import { type Graph, resourcesOfType } from "../local/record/graph";
import { recordProgram } from "../local/record/record";
import { accountId } from "../local/runtime";
import { readOptions, runCommand, UsageError } from "./cli";

/** The machine whose definition is printed where there are several, and none was asked for. */
const mainMachine = "StreamLifecycleOrchestrator";

const usage = `npm run -s definition|openapi|graph -- [options]

  --program FILE     the Pulumi program (default index.ts)
  --stack NAME       the stack whose Pulumi.NAME.yaml configures it (default dev)
  --machine NAME     the state machine whose definition is printed (default ${mainMachine})`;

/** Prints a document of the project as JSON on standard output, and nothing else. */
runCommand(async (args) => {
  const { values, positionals } = readOptions(
    args,
    {
      program: { type: "string", default: "index.ts" },
      stack: { type: "string", default: "dev" },
      machine: { type: "string" },
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
  else if (what === "definition") print(definitionOf(await record(), values.machine));
  else if (what === "graph") print(describe(await record()));
  else throw new UsageError(`There is no document '${positionals.join(" ")}'.\n\n${usage}`);
  return 0;
});

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

function print(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
