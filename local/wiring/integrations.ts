import { sdkMemberName } from "../../components/workflow/shared/sdk-member-name";
import { TaskFailure } from "../asl/errors";
import type { TaskRunner } from "../asl/task-runner";
import { isJsonObject, type Json, type JsonObject } from "../json";
import type { InvocationResult } from "../lambda/function";
import { AwsError, type AwsService } from "../services";
import type { ServiceName } from "../wire";

/** What the workflow's Task states call. */
export interface IntegrationTargets {
  readonly services: { readonly [name in ServiceName]?: AwsService };
  /** Invokes a function by name or ARN; undefined where there is none. */
  readonly invoke: (functionName: string, payload: Json) => Promise<InvocationResult> | undefined;
}

/** The SDK integrations: the service's name in the ARN, and the prefix of its errors. */
const sdkServices: { readonly [name: string]: { service: ServiceName; prefix: string } } = {
  cloudfront: { service: "CloudFront", prefix: "CloudFront" },
  dynamodb: { service: "DynamoDB", prefix: "DynamoDb" },
  eventbridge: { service: "EventBridge", prefix: "EventBridge" },
  medialive: { service: "MediaLive", prefix: "MediaLive" },
  scheduler: { service: "Scheduler", prefix: "Scheduler" },
  sfn: { service: "StepFunctions", prefix: "Sfn" },
  sns: { service: "SNS", prefix: "Sns" },
  sqs: { service: "SQS", prefix: "Sqs" },
};

/** The optimized integrations, by what follows `arn:aws:states:::`. */
const optimized: { readonly [resource: string]: { service: ServiceName; prefix: string; action: string } } = {
  "dynamodb:getItem": { service: "DynamoDB", prefix: "DynamoDB", action: "GetItem" },
  "dynamodb:putItem": { service: "DynamoDB", prefix: "DynamoDB", action: "PutItem" },
  "dynamodb:updateItem": { service: "DynamoDB", prefix: "DynamoDB", action: "UpdateItem" },
  "dynamodb:deleteItem": { service: "DynamoDB", prefix: "DynamoDB", action: "DeleteItem" },
  "events:putEvents": { service: "EventBridge", prefix: "EventBridge", action: "PutEvents" },
  "sns:publish": { service: "SNS", prefix: "SNS", action: "Publish" },
  "sqs:sendMessage": { service: "SQS", prefix: "SQS", action: "SendMessage" },
};

/** Optimized integrations that offer the callback pattern; DynamoDB's is not among them. */
const optimizedWithCallback = ["lambda:invoke", "events:putEvents", "sns:publish", "sqs:sendMessage"];

const resourcePattern = /^arn:aws[a-z-]*:states:::([A-Za-z0-9:-]+?)(\.[A-Za-z:0-9]+)?$/;

/**
 * Says what is wrong with a Task's `Resource`, as CreateStateMachine would.
 *
 * @returns the problem, or undefined for an integration that AWS has and the runtime serves.
 */
export function checkResource(resource: string): string | undefined {
  const match = resourcePattern.exec(resource);
  const [, name = "", pattern = ""] = match ?? [];
  if (!match) return `The resource "${resource}" is no service integration.`;
  if (pattern !== "" && pattern !== ".waitForTaskToken") {
    return `The local runtime does not serve the pattern "${pattern}" of "${resource}".`;
  }
  const [kind, serviceName = "", action = ""] = name.split(":");
  if (kind === "aws-sdk") {
    if (sdkServices[serviceName] && /^[a-z]\w*$/.test(action)) return undefined;
  } else if (name === "lambda:invoke" || optimized[name]) {
    if (pattern === "" || optimizedWithCallback.includes(name)) return undefined;
    return `The integration "${name}" has no callback pattern: "${resource}".`;
  }
  return `The local runtime serves no integration "${resource}".`;
}

/** Makes the runner that performs Task states on the simulated services and the program's functions. */
export function createTaskRunner(targets: IntegrationTargets): TaskRunner {
  return async ({ resource, arguments: args }) => {
    const problem = checkResource(resource);
    if (problem) throw new Error(problem);
    if (!isJsonObject(args))
      throw new TaskFailure("States.Runtime", `The arguments of ${resource} must be an object.`);
    const [, name = ""] = resourcePattern.exec(resource) ?? [];
    if (name === "lambda:invoke") return invokeFunction(targets, args);

    const integration = optimized[name];
    if (integration?.action === "PutEvents") return putEvents(targets, args);
    if (integration) return callService(targets, integration, args);

    const [, serviceName = "", action = ""] = name.split(":");
    const sdk = sdkServices[serviceName];
    if (!sdk) throw new Error(`The local runtime serves no integration "${resource}".`);
    const call = { ...sdk, action: action.charAt(0).toUpperCase() + action.slice(1) };
    const { toModel, ofModel } = spellings[sdk.service] ?? asItIs;
    return ofModel(await callService(targets, call, toModel(args) as JsonObject));
  };
}

async function callService(
  { services }: IntegrationTargets,
  { service, prefix, action }: { service: ServiceName; prefix: string; action: string },
  input: JsonObject,
): Promise<JsonObject> {
  const target = services[service];
  if (!target) throw new Error(`The local runtime has no service ${service}.`);
  try {
    return await target.call(action, input);
  } catch (error) {
    throw asTaskFailure(error, prefix);
  }
}

/** Step Functions names an error by its service, and ends each name in `Exception`. */
function asTaskFailure(error: unknown, prefix: string): unknown {
  if (!(error instanceof AwsError)) return error;
  return new TaskFailure(
    `${prefix}.${exceptionOf(error, prefix)}`,
    `${error.message} (Service: ${prefix}, Status Code: ${error.statusCode})`,
  );
}

/**
 * The exception that IAM's refusal becomes: in the SDK behind an integration, what a service's API model does not name is the
 * service's own base exception. [inferred] for all but Lambda's.
 */
const denialOf: { readonly [prefix: string]: string } = {
  DynamoDB: "AmazonDynamoDBException",
  DynamoDb: "DynamoDbException",
  EventBridge: "AmazonEventBridgeException",
  Lambda: "AWSLambdaException",
  MediaLive: "MediaLiveException",
  Scheduler: "SchedulerException",
  SQS: "AmazonSQSException",
  Sqs: "SqsException",
  // CloudFront and SNS do name theirs; Sfn does too.
};

function exceptionOf({ code }: AwsError, prefix: string): string {
  const denial = code === "AccessDeniedException" ? denialOf[prefix] : undefined;
  return denial ?? (code.endsWith("Exception") ? code : `${code}Exception`);
}

/** The optimized integration takes details as JSON, and turns a failed entry into an error. */
async function putEvents(targets: IntegrationTargets, args: JsonObject): Promise<JsonObject> {
  const entries = Array.isArray(args.Entries) ? args.Entries : [];
  const input = {
    ...args,
    Entries: entries.map((entry) =>
      isJsonObject(entry) && typeof entry.Detail !== "string"
        ? { ...entry, Detail: JSON.stringify(entry.Detail) }
        : entry,
    ),
  };
  const call = { service: "EventBridge", prefix: "EventBridge", action: "PutEvents" } as const;
  const result = await callService(targets, call, input);
  if (Number(result.FailedEntryCount) > 0)
    throw new TaskFailure("EventBridge.FailedEntry", JSON.stringify(result));
  return result;
}

async function invokeFunction({ invoke }: IntegrationTargets, args: JsonObject): Promise<JsonObject> {
  const functionName = String(args.FunctionName);
  let result: InvocationResult | undefined;
  try {
    result = await invoke(functionName, args.Payload ?? {});
  } catch (error) {
    throw asTaskFailure(error, "Lambda");
  }
  if (!result) {
    throw new TaskFailure("Lambda.ResourceNotFoundException", `Function not found: ${functionName}`);
  }
  if ("error" in result) {
    const { errorType, errorMessage, trace } = result.error;
    throw new TaskFailure(errorType, JSON.stringify({ errorType, errorMessage, trace }));
  }
  return { ExecutedVersion: "$LATEST", Payload: result.payload, StatusCode: 200 };
}

interface Spelling {
  readonly toModel: (args: JsonObject) => Json;
  readonly ofModel: (result: JsonObject) => Json;
}

const asItIs: Spelling = { toModel: (args) => args, ofModel: (result) => result };

/** SDK integrations have members in Pascal case, and dates as text, whatever the service's API model has. */
const spellings: { readonly [service in ServiceName]?: Spelling } = {
  CloudFront: {
    toModel: (args) => renameMembers(args, toModelName),
    ofModel: (result) => renameMembers(result, sdkMemberName),
  },
  Scheduler: { ...asItIs, ofModel: withDates },
  StepFunctions: {
    toModel: (args) =>
      Object.fromEntries(Object.entries(args).map(([member, value]) => [lowerFirst(member), value])),
    ofModel: (result) => renameMembers(withDates(result), upperFirst),
  },
};

/** Dates are seconds since the Unix epoch in the API models. */
function withDates(result: Json): Json {
  if (Array.isArray(result)) return result.map(withDates);
  if (!isJsonObject(result)) return result;
  return Object.fromEntries(
    Object.entries(result).map(([member, value]) => [
      member,
      /date$/i.test(member) && typeof value === "number"
        ? new Date(Math.round(value * 1000)).toISOString()
        : withDates(value),
    ]),
  );
}

function upperFirst(member: string): string {
  return `${member.charAt(0).toUpperCase()}${member.slice(1)}`;
}

/** @throws {TaskFailure} for a member in another spelling, which CreateStateMachine would refuse. */
function lowerFirst(member: string): string {
  if (!/^[A-Z]/.test(member)) {
    throw new TaskFailure(
      "States.Runtime",
      `The field '${member}' is not supported by Step Functions: write '${upperFirst(member)}'.`,
    );
  }
  return `${member.charAt(0).toLowerCase()}${member.slice(1)}`;
}

/** Members of CloudFront's API model that the SDK integration spells in its own way. */
const modelNames = ["HTTPPort", "HTTPSPort", "ACMCertificateArn", "IAMCertificateId", "SSLSupportMethod"];
const modelNameOf = new Map(modelNames.map((name) => [sdkMemberName(name), name]));

function toModelName(member: string): string {
  return modelNameOf.get(member) ?? member;
}

function renameMembers(value: Json, rename: (member: string) => string): Json {
  if (Array.isArray(value)) return value.map((element) => renameMembers(element, rename));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, content]) => [rename(member), renameMembers(content, rename)]),
  );
}
