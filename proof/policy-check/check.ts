import type { Graph, RecordedResource } from "../../local/record/graph";
import { type Exception, exceptions } from "./exceptions";
import type { Rule } from "./rule";
import { rules } from "./rules";

/** What a rule says of a resource. */
interface Finding {
  readonly rule: Rule;
  readonly resource: RecordedResource;
  readonly problem: string;
  /** Why it is accepted; undefined where it is not. */
  readonly exception: Exception | undefined;
}

/** What became of a rule. */
export interface RuleResult {
  readonly rule: Rule;
  /** The resources that it was checked on, by type and name. */
  readonly checked: ReadonlySet<string>;
  readonly findings: readonly Finding[];
}

/** Checks every rule on every resource that it applies to, in every graph. */
export function checkRules(graphs: Iterable<Graph>): readonly RuleResult[] {
  const all = [...graphs];
  return rules.map((rule) => {
    const checked = new Set<string>();
    const findings = new Map<string, Finding>();
    for (const graph of all) {
      for (const resource of graph.resources.filter(({ type }) => rule.appliesTo.includes(type))) {
        const key = `${resource.type} ${resource.name}`;
        checked.add(key);
        for (const problem of rule.check(resource, graph)) {
          const exception = exceptions.find((one) => accepts(one, rule, resource, problem));
          findings.set(`${key}: ${problem}`, { rule, resource, problem, exception });
        }
      }
    }
    return { rule, checked, findings: [...findings.values()] };
  });
}

function accepts(exception: Exception, rule: Rule, { name }: RecordedResource, problem: string): boolean {
  return exception.rule === rule.id && exception.resource.test(name) && exception.problem.test(problem);
}
