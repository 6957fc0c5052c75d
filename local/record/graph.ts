import type { JsonObject } from "../json";
import type { ResourceOptions } from "./monitor";

/** One resource that a program registered. */
export interface RecordedResource {
  /** The type token, such as `aws:lambda/function:Function`. */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** The physical id that later resources refer to. */
  readonly id: string;
  /** What the program gave. An archive or asset stands as `{ fileArchive | fileAsset | stringAsset: … }`. */
  readonly inputs: JsonObject;
  /** What the provider would answer: the inputs and what AWS adds, such as the ARN. */
  readonly outputs: JsonObject;
  /** What the program says of it beside its inputs; a graph that is written by hand may leave it out. */
  readonly options?: ResourceOptions;
  /** Nothing in the runtime serves it: it does nothing. @default false */
  readonly isInert?: boolean;
  /** Why it is inert, where others of its type are served. */
  readonly inertBecause?: string;
}

/** Everything that a program registered, in the order of registration, and its stack outputs. */
export interface Graph {
  readonly resources: readonly RecordedResource[];
  readonly outputs: JsonObject;
}

/** @returns the served resources of one type, in the order of registration. */
export function resourcesOfType(graph: Graph, type: string): RecordedResource[] {
  return graph.resources.filter((resource) => resource.type === type && !resource.isInert);
}

/**
 * @returns the same, each resource once. One that the program makes and then reads is registered twice with one id: it is the later one, which has the name
 * that the reader gives it.
 */
export function distinctResourcesOfType(graph: Graph, type: string): RecordedResource[] {
  return [...new Map(resourcesOfType(graph, type).map((resource) => [resource.id, resource])).values()];
}

/** @returns the ids, in first-seen order, that the policies of a program's roles have where a pattern has its group. */
export function idsInPolicies(graph: Graph, pattern: RegExp): Set<string> {
  const policies = resourcesOfType(graph, "aws:iam/rolePolicy:RolePolicy");
  const text = policies.map(({ inputs }) => String(inputs.policy)).join("\n");
  return new Set([...text.matchAll(pattern)].map(([, id = ""]) => id));
}
