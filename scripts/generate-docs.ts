import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildAsyncApiDocument, buildOpenApiDocument, streamLifecycleOrchestrator } from "../contracts";
import { metrics } from "../contracts/internal";
import { costTables } from "./costs";
import { referencePage } from "./reference";

/** Draws the contract's states and transitions as a Mermaid flow chart. */
export function workflowDiagram(): string {
  const lines = ["```mermaid", "flowchart TD"];
  for (const state of streamLifecycleOrchestrator.states) {
    const [open, close] = state.type === "Task" ? ["[", "]"] : ["([", "])"];
    lines.push(`  ${state.name}${open}${state.name}${close}`);
  }
  for (const state of streamLifecycleOrchestrator.states) {
    const outcomes = new Map<string, string[]>();
    for (const [outcome, target] of Object.entries("transitions" in state ? state.transitions : {})) {
      outcomes.set(target, [...(outcomes.get(target) ?? []), outcome]);
    }
    for (const [target, names] of outcomes) {
      // Failures are the exception: dotted, so that the way of a stream without trouble stands out.
      const arrow = names.some((name) => name === "success" || name === "ready") ? "-->" : "-.->";
      const label = names.length === 1 && names[0] === "success" ? "" : `|${names.join(", ")}|`;
      lines.push(`  ${state.name} ${arrow}${label} ${target}`);
    }
  }
  return [...lines, "```"].join("\n");
}

/** Puts a generated part between its markers in a document. */
export function insertGenerated(document: string, name: string, content: string): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The document has no markers for '${name}'.`);
  return `${document.slice(0, from + begin.length)}\n${content}\n${document.slice(to)}`;
}

/** Lists this component's own metrics. */
function metricTable(): string {
  const rows = Object.entries<{ unit: string; by?: string; means: string }>(metrics).map(
    ([name, { unit, by, means }]) => `| \`${name}\` | ${by ? `\`${by}\`` : ""} | ${unit} | ${means} |`,
  );
  return ["| metric | also by | unit | one value |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

/** The documents that show examples: for each, the language and the file of the example by the name of its markers. */
const examples: { readonly [document: string]: { readonly [marker: string]: readonly [string, string] } } = {
  "README.md": { example: ["ts", "stack.ts"] },
  "docs/api.md": { client: ["ts", "client.ts"], consumer: ["ts", "consumer.ts"] },
  "docs/console.md": { console: ["ts", "console.ts"] },
  "docs/distribution.md": {
    "shared-distribution": ["ts", "shared-distribution.ts"],
    "own-distribution": ["ts", "own-distribution.ts"],
  },
  "docs/languages.md": {
    python: ["python", "python/__main__.py"],
    go: ["go", "go/main.go"],
    yaml: ["yaml", "yaml/Pulumi.yaml"],
  },
  "docs/notifications.md": { "verify-webhook": ["ts", "verify-webhook.ts"] },
  "docs/own-resources.md": { "own-resources": ["ts", "own-resources.ts"] },
};

/** Every generated file, with what it has to hold. */
export function generatedFiles(root: string): { file: string; content: string }[] {
  const architecture = join(root, "docs", "architecture.md");
  const runbook = join(root, "docs", "runbook.md");
  const asJson = (document: object) => `${JSON.stringify(document, null, 2)}\n`;
  return [
    ...Object.entries(examples).map(([document, shown]) => ({
      file: join(root, document),
      content: Object.entries(shown).reduce(
        (text, [marker, [language, file]]) => {
          const code = readFileSync(join(root, "examples", file), "utf8").trimEnd();
          return insertGenerated(text, marker, `\`\`\`${language}\n${code}\n\`\`\``);
        },
        readFileSync(join(root, document), "utf8"),
      ),
    })),
    { file: join(root, "docs", "openapi.json"), content: asJson(buildOpenApiDocument()) },
    { file: join(root, "docs", "asyncapi.json"), content: asJson(buildAsyncApiDocument()) },
    {
      file: architecture,
      content: insertGenerated(readFileSync(architecture, "utf8"), "workflow", workflowDiagram()),
    },
    {
      file: runbook,
      content: insertGenerated(readFileSync(runbook, "utf8"), "metrics", metricTable()),
    },
  ];
}

/** The documents for which something has to run: a stream, to compute its cost, and each command's `--help`. */
export async function computedFiles(root: string): Promise<{ file: string; content: string }[]> {
  const costs = join(root, "docs", "costs.md");
  const content = Object.entries(await costTables(root)).reduce(
    (text, [name, table]) => insertGenerated(text, name, table),
    readFileSync(costs, "utf8"),
  );
  return [
    { file: costs, content },
    { file: join(root, "docs", "reference.md"), content: await referencePage(root) },
  ];
}

async function writeAll(root: string): Promise<void> {
  for (const { file, content } of [...generatedFiles(root), ...(await computedFiles(root))]) {
    writeFileSync(file, content);
  }
}

if (require.main === module) void writeAll(join(__dirname, ".."));
