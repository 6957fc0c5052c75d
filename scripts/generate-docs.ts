import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildOpenApiDocument, streamLifecycleOrchestrator } from "../contracts";
import { metrics } from "../contracts/internal";

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

/** Every generated file, with what it has to hold. */
export function generatedFiles(root: string): { file: string; content: string }[] {
  const readme = join(root, "README.md");
  const example = readFileSync(join(root, "examples", "stack.ts"), "utf8").trimEnd();
  const withExample = insertGenerated(
    readFileSync(readme, "utf8"),
    "example",
    `\`\`\`ts\n${example}\n\`\`\``,
  );
  const notifications = join(root, "docs", "notifications.md");
  const runbook = join(root, "docs", "runbook.md");
  const distribution = join(root, "docs", "distribution.md");
  const withExamples = ["shared-distribution", "own-distribution"].reduce(
    (text, name) => {
      const code = readFileSync(join(root, "examples", `${name}.ts`), "utf8").trimEnd();
      return insertGenerated(text, name, `\`\`\`ts\n${code}\n\`\`\``);
    },
    readFileSync(distribution, "utf8"),
  );
  return [
    {
      file: distribution,
      content: withExamples,
    },
    {
      file: notifications,
      content: insertGenerated(
        readFileSync(notifications, "utf8"),
        "verify-webhook",
        `\`\`\`ts\n${readFileSync(join(root, "examples", "verify-webhook.ts"), "utf8").trimEnd()}\n\`\`\``,
      ),
    },
    {
      file: runbook,
      content: insertGenerated(readFileSync(runbook, "utf8"), "metrics", metricTable()),
    },
    {
      file: join(root, "docs", "openapi.json"),
      content: `${JSON.stringify(buildOpenApiDocument(), null, 2)}\n`,
    },
    { file: readme, content: insertGenerated(withExample, "workflow", workflowDiagram()) },
  ];
}

if (require.main === module) {
  for (const { file, content } of generatedFiles(join(__dirname, ".."))) writeFileSync(file, content);
}
