import { isJsonObject, type Json, type JsonObject } from "../../json";
import { mapOf } from "../../wire/query-parameters";

/** What the query protocol calls errors that the API model names otherwise. */
export const sqsQueryCodes: ReadonlyMap<string, string> = new Map([
  ["AccessDeniedException", "AccessDenied"],
  ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"],
  ["InvalidParameterValueException", "InvalidParameterValue"],
]);

const listNames: ReadonlyMap<string, string> = new Map([
  ["AttributeName", "AttributeNames"],
  ["MessageAttributeName", "MessageAttributeNames"],
  ["MessageSystemAttributeName", "MessageSystemAttributeNames"],
]);

const integers = new Set(["DelaySeconds", "MaxNumberOfMessages", "VisibilityTimeout", "WaitTimeSeconds"]);

/** SQS's query protocol flattens lists and maps and names them in the singular. */
export function fromSqsQuery(parameters: JsonObject): JsonObject {
  const members = Object.entries(parameters).map(([name, value]): [string, Json] => {
    if (name === "MessageAttribute") return ["MessageAttributes", mapOf(value)];
    const listName = listNames.get(name);
    if (listName !== undefined) return [listName, value];
    return [name, integers.has(name) && typeof value === "string" ? Number(value) : value];
  });
  return Object.fromEntries(members);
}

/** The reverse of {@link fromSqsQuery}, for results. */
export function toSqsQuery(result: JsonObject): JsonObject {
  const members = Object.entries(result).map(([name, value]): [string, Json] => {
    switch (name) {
      case "Messages":
        return ["Message", Array.isArray(value) ? value.filter(isJsonObject).map(toSqsQuery) : []];
      case "Attributes":
        return ["Attribute", pairsOf(value)];
      case "MessageAttributes":
        return ["MessageAttribute", pairsOf(value)];
      case "QueueUrls":
        return ["QueueUrl", value];
      default:
        return [name, value];
    }
  });
  return Object.fromEntries(members);
}

function pairsOf(map: Json): Json[] {
  return isJsonObject(map) ? Object.entries(map).map(([Name, Value]) => ({ Name, Value })) : [];
}
