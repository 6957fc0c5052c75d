// The TypeScript in the documents, as files of the program whose types are checked.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

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

/**
 * @param {string} root the repository's folder.
 * @returns {Map<string, string>} for each block of TypeScript in a document, a path that does not exist and what would stand there. A block that
 * imports something stands for itself; another one stands in a function.
 */
export function snippets(root) {
  const pages = readdirSync(join(root, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`);
  const found = new Map();
  for (const page of ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", ...pages]) {
    const text = readFileSync(join(root, page), "utf8");
    for (const block of text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
      const line = text.slice(0, block.index).split("\n").length;
      const code = block[1] ?? "";
      const whole = /^(import|export) /m.test(code)
        ? code
        : `${surroundings}export async function snippet() {\n${code}}\n`;
      found.set(join(root, `${page.replace(/\.md$/, "")}-line-${line}.ts`), whole);
    }
  }
  return found;
}
