import { isJsonObject, type Json, type JsonObject } from "../../local/json";
import { type Account, type LiveResource, place } from "./account";

/** What a policy reaches: a pattern of an ARN in it, and the resources that match. */
export interface Reach {
  /** The policy, by its name in the program. */
  readonly policy: string;
  readonly pattern: string;
  readonly resources: readonly LiveResource[];
}

/** What the account holds that no stack deploys. */
const foreign = /^arn:aws:(cloudfront|kms|medialive|mediapackagev2|wafv2):/;

/** @returns what each ARN in the policies reaches, of those in the account that a stack deploys. */
export function reaches(account: Account): Reach[] {
  const targets = account.resources.flatMap((resource) => arnsOf(resource).map((arn) => ({ arn, resource })));
  return account.resources.flatMap(({ type, name, inputs }) => {
    const { policy, assumeRolePolicy } = inputs;
    return [policy, assumeRolePolicy].flatMap((document) =>
      typeof document !== "string"
        ? []
        : arnsIn(JSON.parse(document)).map((pattern) => ({
            policy: `${type} ${name}`,
            pattern,
            resources: targets.filter(({ arn }) => matches(arn, pattern)).map(({ resource }) => resource),
          })),
    );
  });
}

/** @returns the ARNs of a resource, and of what AWS or the component makes in it later. */
function arnsOf({ type, id, computed, inputs }: LiveResource): string[] {
  const arn = String(computed.arn ?? inputs.arn ?? "");
  const name = String(inputs.name ?? computed.name ?? "");
  const own = (service: string, resource: string) =>
    `arn:aws:${service}:${place.region}:${place.accountId}:${resource}`;
  switch (type) {
    case "aws:apigatewayv2/api:Api":
      return [
        own("execute-api", `${id}/$default/GET/streams`),
        own("execute-api", `${id}/$default/PUT/streams/s`),
      ];
    case "aws:cloudwatch/eventBus:EventBus":
      return [arn, own("events", `rule/${name}/team`)];
    case "aws:cloudwatch/logGroup:LogGroup":
      return [arn, `${arn}:log-stream:1`];
    case "aws:dynamodb/table:Table":
      return [arn, ...indexesOf(inputs).map((index) => `${arn}/index/${String(index)}`)];
    case "aws:scheduler/scheduleGroup:ScheduleGroup":
      return [arn, own("scheduler", `schedule/${name}/stream`)];
    case "aws:sfn/stateMachine:StateMachine":
      return [arn, own("states", `execution:${name}:stream_1`)];
    default:
      return arn === "" ? [] : [arn];
  }
}

function indexesOf({ globalSecondaryIndexes }: JsonObject): Json[] {
  const indexes = Array.isArray(globalSecondaryIndexes) ? globalSecondaryIndexes : [];
  return indexes.filter(isJsonObject).map(({ name = "" }) => name);
}

function arnsIn(value: Json): string[] {
  if (typeof value === "string") {
    const isOurs = value.startsWith("arn:aws:") && value.includes(`:${place.accountId}:`);
    return isOurs && !foreign.test(value) ? [value] : [];
  }
  if (Array.isArray(value)) return value.flatMap(arnsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(arnsIn) : [];
}

function matches(arn: string, pattern: string): boolean {
  const expression = pattern
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${expression}$`).test(arn);
}
