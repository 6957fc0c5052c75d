import { isJsonObject, type Json } from "../../local/json";
import { type Graph, resourcesOfType } from "../../local/record/graph";

/** The members of resources that name a queue for what failed: of rules, schedules, functions, subscriptions and queues. */
const members = /^(deadLetter(Config|TargetArn)|redrivePolicy|onFailure)$/;

/** @returns the names of the queues that get what could not be delivered. Messages of other queues are somebody's to handle. */
export function deadLetterQueues(graph: Graph): string[] {
  const named = graph.resources.flatMap(({ inputs }) => textsBelow(inputs, false)).join("\n");
  return resourcesOfType(graph, "aws:sqs/queue:Queue")
    .filter(({ outputs }) => named.includes(String(outputs.arn)))
    .map(({ outputs }) => String(outputs.name));
}

/** The texts in a value that stand below one of the members. */
function textsBelow(value: Json, isBelow: boolean): string[] {
  if (typeof value === "string") return isBelow ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((each) => textsBelow(each, isBelow));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => textsBelow(member, isBelow || members.test(name)));
}
