import type { Graph, RecordedResource } from "./graph";
import { serviceOf } from "./inert-outputs";

/** @returns the resources that are only recorded. Providers are left out: nothing is called of them. */
function inertResources({ resources }: Graph): RecordedResource[] {
  return resources.filter(({ type, isInert }) => isInert && !type.startsWith("pulumi:providers:"));
}

/** @returns in one line which resources are only recorded, by type; undefined where there are none. */
export function describeInert(graph: Graph): string | undefined {
  const byType = new Map<string, number>();
  for (const { type } of inertResources(graph)) byType.set(type, (byType.get(type) ?? 0) + 1);
  if (byType.size === 0) return undefined;
  const types = [...byType].sort().map(([type, count]) => (count > 1 ? `${type} (${count})` : type));
  return `Recorded, not served: ${types.join(", ")}`;
}

/** A resource as messages name it. */
function nameInert({ type, name, inertBecause }: RecordedResource): string {
  return `'${name}' (${type})${inertBecause === undefined ? "" : `: ${inertBecause.replace(/\.$/, "")}`}`;
}

/**
 * Finds the inert resources that a call is about.
 *
 * @param service the service's name in signatures and ARNs, such as `s3`.
 * @param texts what the call says: path, host, body.
 * @returns those that the texts name; or else all of the service.
 */
function inertResourcesOf(graph: Graph, service: string, texts: readonly string[]): RecordedResource[] {
  const ofService = inertResources(graph).filter(
    ({ type }) => type.startsWith("aws:") && serviceOf(type) === service,
  );
  const named = ofService.filter(({ id, outputs }) =>
    [id, outputs.name, outputs.bucket, outputs.arn].some(
      (value) => typeof value === "string" && value !== "" && texts.some((text) => text.includes(value)),
    ),
  );
  return named.length > 0 ? named : ofService;
}

/** @returns which recorded resources a call that is not served is about; undefined where there are none. */
export function explainUnserved(
  graph: Graph | undefined,
  service: string,
  texts: readonly string[],
): string | undefined {
  const resources = graph ? inertResourcesOf(graph, service, texts) : [];
  if (resources.length === 0) return undefined;
  const list = resources.map(nameInert).join(", ");
  return `The program's ${list} ${resources.length > 1 ? "are" : "is"} only recorded, not served.`;
}

/** @returns the name of the inert resource with an ARN, which a rule, a schedule or an alarm may have as its target. */
export function nameInertWithArn(graph: Graph | undefined, arn: string): string | undefined {
  const resource = graph && inertResources(graph).find(({ outputs }) => outputs.arn === arn);
  return resource && nameInert(resource);
}
