import type { RuleResult } from "./check";
import { declined, exceptions } from "./exceptions";
import { nothingToCheck } from "./types";

/** @returns the part of docs/security.md that the policy check speaks of. */
export function report(results: readonly RuleResult[]): string {
  const resources = new Set(results.flatMap(({ checked }) => [...checked]));
  const checks = results.reduce((sum, { checked }) => sum + checked.size, 0);
  return [
    `${results.length} rules, ${resources.size} resources, ${checks} checks, ${exceptions.length} exceptions.`,
    "",
    "| rule | says | source | resources | exceptions |",
    "| --- | --- | --- | --- | --- |",
    ...results.map(({ rule, checked, findings }) => {
      const excepted = exceptions.flatMap((exception, index) => {
        const of = new Set(
          findings.filter((one) => one.exception === exception).map((one) => one.resource.name),
        );
        return of.size > 0 ? [`${of.size} (${index + 1})`] : [];
      });
      return `| \`${rule.id}\` | ${rule.says} | ${rule.source} | ${checked.size} | ${excepted.join(", ")} |`;
    }),
    "",
    "The exceptions:",
    "",
    ...exceptions.map(({ rule, reason }, index) => `${index + 1}. \`${rule}\`: ${reason}`),
    "",
    "No rule is about:",
    "",
    ...Object.entries(nothingToCheck).map(([type, reason]) => `- \`${type}\`: ${reason}`),
    "",
    "Asked for by the same packs, and decided otherwise:",
    "",
    "| source | asks for | why not |",
    "| --- | --- | --- |",
    ...declined.map(({ source, asks, reason }) => `| ${source} | ${asks} | ${reason} |`),
  ].join("\n");
}
