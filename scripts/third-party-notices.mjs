// Collects the licences of the packages whose code is in a bundle: whoever passes a bundle on passes these on, too.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Files in which a package has its licence, or what has to be passed on with it. */
const texts = /^(licen[cs]e|notice|copying)(\.|-|$)/i;

/** Licences that ask for nothing to be passed on. */
const withoutNotice = ["0BSD", "CC0-1.0", "MIT-0", "Unlicense"];

/**
 * @param {readonly string[]} inputs the files that bundles are made of, as esbuild's metafiles have them.
 * @returns {{ name: string, version: string, license: string, text: string }[]} the packages among them, by name and version.
 * @throws {Error} for a package without a licence or without its text.
 */
export function packagesOf(inputs) {
  const folders = new Set(
    inputs.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []),
  );
  const packages = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    // Apache's text is the same for all, and names no copyright holder: it is this package's own licence as well.
    if (license === "Apache-2.0" && !readdirSync(folder).some((file) => texts.test(file))) {
      return { name, version, license, text: readFileSync("LICENSE", "utf8").trim() };
    }
    const files = readdirSync(folder).filter((file) => texts.test(file));
    if (typeof license !== "string" || (files.length === 0 && !withoutNotice.includes(license))) {
      throw new Error(
        `The package ${name}@${version}, which a bundle has code of, has no licence or no file with its text.`,
      );
    }
    const text = files.sort().map((file) => readFileSync(join(folder, file), "utf8").trim());
    return { name, version, license, text: text.join("\n\n") };
  });
  // One version may be installed in several places.
  const byId = new Map(packages.map((each) => [`${each.name}@${each.version}`, each]));
  return [...byId.keys()].sort().map((id) => byId.get(id));
}

/**
 * @param {ReturnType<typeof packagesOf>} packages
 * @returns {string} the notices, a text that several packages share once.
 */
export function noticesOf(packages) {
  const byText = new Map();
  for (const each of packages) byText.set(each.text, [...(byText.get(each.text) ?? []), each]);
  const parts = [...byText].map(([text, sharing]) => {
    const names = sharing.map(({ name, version, license }) => `${name} ${version} (${license})`);
    return `${names.join("\n")}\n\n${text || "The licence asks for no notice, and the package has none."}`;
  });
  const head =
    "The bundles in this package (lambda/, plugin/ and cli/redrive/) contain code of the following packages. Each is under the licence below its name.";
  return `${[head, ...parts].join(`\n\n${"=".repeat(80)}\n\n`)}\n`;
}
