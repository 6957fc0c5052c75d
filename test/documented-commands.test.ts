import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { commands } from "../cli/command-list";
import { usageOf } from "../scripts/reference";
import { root } from "./support/root";

const read = (file: string) => readFileSync(join(root, file), "utf8");
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"))
    .filter((file) => file.endsWith(".md") && file !== "reference.md")
    .map((file) => `docs/${file}`),
];
const { scripts, peerDependencies, peerDependenciesMeta } = JSON.parse(read("package.json")) as {
  readonly [member in "scripts" | "peerDependencies" | "peerDependenciesMeta"]: {
    readonly [name: string]: string;
  };
};

/** What stands in the documents as code, in a line of a block or within a sentence, with the document. */
const code = documents.flatMap((document) => {
  const text = read(document);
  const blocks = [...text.matchAll(/^```(?:sh|console)\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) =>
    block.split("\n"),
  );
  const spans = [...text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`\n]+)`/g)].map(
    ([, span = ""]) => span,
  );
  return [...blocks, ...spans].map((line) => ({ document, line }));
});

/** The command of the bin that a line calls, with its options. */
function callOf(line: string): { command: string; options: string[] } | undefined {
  const found =
    /(?:npx |\$ |^)stream-orchestration ([a-z]+)(.*)/.exec(line) ??
    /npm run (?:-s )?([a-z]+)(?: --(?= )(.*))?/.exec(line.replace("npm start", "npm run dev"));
  const [, command, rest = ""] = found ?? [];
  if (command === undefined || !Object.hasOwn(commands, command)) return undefined;
  return { command, options: [...rest.matchAll(/(?<=\s)--[a-z-]+/g)].map(([option]) => option) };
}

describe("the commands in the documents", () => {
  it("are scripts of package.json", () => {
    const named = code.flatMap(({ document, line }) =>
      [...line.matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name = ""]) => `${name} in ${document}`),
    );
    expect(named.length).to.be.greaterThan(20);
    expect(named.filter((one) => !Object.hasOwn(scripts, one.split(" ")[0] ?? ""))).to.deep.equal([]);
  });

  it("are commands of the bin, with options that they have", async () => {
    const usages = new Map<string, string>();
    const wrong: string[] = [];
    let seen = 0;
    for (const { document, line } of code) {
      const unknown = /(?:npx |\$ |^)stream-orchestration ([a-z]+)/.exec(line)?.[1];
      if (unknown !== undefined && !Object.hasOwn(commands, unknown)) wrong.push(`${line} in ${document}`);
      const call = callOf(line);
      if (!call) continue;
      seen += 1;
      const usage = usages.get(call.command) ?? (await usageOf(call.command));
      usages.set(call.command, usage);
      wrong.push(
        ...call.options
          .filter((option) => !usage.includes(option))
          .map((one) => `${one}: ${line} in ${document}`),
      );
    }
    expect(seen).to.be.greaterThan(15);
    expect(wrong).to.deep.equal([]);
  });

  it("name files that are there, in a clone or in the installed package", () => {
    const files = code.flatMap(({ document, line }) =>
      [
        ...line.matchAll(
          /(?<![\w/.])(?:@|node_modules\/@guidogerb\/stream-orchestration\/)?((?:examples|docs|scripts)\/[\w./-]+\.\w+)/g,
        ),
      ].map(([, file = ""]) => `${file} in ${document}`),
    );
    expect(files.length).to.be.greaterThan(20);
    expect(files.filter((one) => !existsSync(join(root, one.split(" ")[0] ?? "")))).to.deep.equal([]);
  });

  it("install what the local runtime needs, in the versions of package.json", () => {
    const installed = code.flatMap(({ document, line }) => {
      const [, list = ""] = /^npm install ([^#]+)/.exec(line) ?? [];
      return list.split(/\s+/).flatMap((word) => {
        const [, library, wanted] = /^([a-z][\w-]*)(?:@([\d.]+))?$/.exec(word) ?? [];
        return library === undefined ? [] : [{ document, library, wanted }];
      });
    });
    const optional = Object.keys(peerDependenciesMeta).filter((library) => library !== "@pulumi/awsx");
    for (const document of ["docs/deploy.md", "docs/local-runtime.md", "docs/testing.md"]) {
      const libraries = installed.filter((one) => one.document === document).map(({ library }) => library);
      expect(libraries, document).to.include.members(optional);
    }
    const pinned = installed.filter(({ wanted }) => wanted !== undefined);
    expect(pinned.length).to.be.greaterThan(2);
    for (const { library, wanted } of pinned) expect(wanted, library).to.equal(peerDependencies[library]);
  });

  it("are all named in docs/cli.md", () => {
    const text = read("docs/cli.md");
    expect(Object.keys(commands).filter((name) => !new RegExp(`\`${name}[ \`]`).test(text))).to.deep.equal(
      [],
    );
  });

  it("set configuration keys that the program has", () => {
    const { config } = parse(read("Pulumi.yaml")) as { config: object };
    const keys = code.flatMap(({ line }) =>
      [...line.matchAll(/pulumi config set (?:--secret )?(\w+)/g)].map(([, key = ""]) => key),
    );
    expect(keys.length).to.be.greaterThan(2);
    expect(keys.filter((key) => !Object.hasOwn(config, key) && key !== "KEY")).to.deep.equal([]);
  });
});
