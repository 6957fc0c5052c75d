// Writes the TypeScript in the documents into dist/snippets/, where it is checked as any other file is.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What a snippet may use without a word of its own: what the text around it speaks of. */
const surroundings = `
import { expect } from "chai";
import { StreamOrchestration, type StreamOrchestrationArgs } from "@guidogerb/stream-orchestration";
import { type Local, startLocal } from "@guidogerb/stream-orchestration/testing";
import * as pulumi from "@pulumi/pulumi";
declare const config: pulumi.Config;
declare const args: StreamOrchestrationArgs;
declare const local: Local;
`;

const folder = join(root, "dist/snippets");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const pages = readdirSync(join(root, "docs"))
  .filter((file) => file.endsWith(".md"))
  .map((file) => `docs/${file}`);
for (const page of ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", ...pages]) {
  const text = readFileSync(join(root, page), "utf8");
  for (const block of text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
    const line = text.slice(0, block.index).split("\n").length;
    const code = block[1] ?? "";
    // A block that imports something stands for itself; another one stands in a function.
    const whole = /^(import|export) /m.test(code)
      ? code
      : `${surroundings}export async function snippet() {\n${code}}\n`;
    const name = page.replace(/\.md$/, "").replace("/", "-");
    writeFileSync(join(folder, `${name}-line-${line}.ts`), whole);
  }
}
