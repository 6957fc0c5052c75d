import { localUser } from "../auth/local-user";
import type { ServiceCall } from "../calls/calls";
import { isJsonObject, type Json, type JsonObject } from "../json";
import type { AuthorizationRequest } from "./evaluate";

/** Where resources that a call names without their ARNs are. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

export interface Lookups extends Place {
  /** The state machine that waits for a task token. */
  readonly stateMachineOfToken: (taskToken: string) => string | undefined;
}

type Wanted = Omit<AuthorizationRequest, "context"> & { readonly context?: AuthorizationRequest["context"] };
type Mapping = (input: JsonObject, look: Lookups) => readonly Wanted[];

/** For an action that asks for one permission on one resource. */
const one =
  (action: string, resource: (input: JsonObject, look: Lookups) => string): Mapping =>
  (input, look) => [{ action, resource: resource(input, look) }];

/** Lists of everything know no resource. */
const everything = () => "*";
const given = (member: string) => (input: JsonObject) => text(input[member]);

const table = (name: Json | undefined, { region, accountId }: Place) =>
  text(name).startsWith("arn:") ? text(name) : `arn:aws:dynamodb:${region}:${accountId}:table/${text(name)}`;
const tableOf = ({ TableName }: JsonObject, place: Place) => table(TableName, place);
const tableOrIndexOf = ({ TableName, IndexName }: JsonObject, place: Place) =>
  IndexName === undefined ? table(TableName, place) : `${table(TableName, place)}/index/${text(IndexName)}`;
const everyTable =
  (action: string): Mapping =>
  ({ RequestItems }, place) =>
    Object.keys(isJsonObject(RequestItems) ? RequestItems : {}).map((name) => ({
      action,
      resource: table(name, place),
    }));

const bus = (name: Json | undefined, { region, accountId }: Place) => {
  const given = text(name) || "default";
  return given.startsWith("arn:") ? given : `arn:aws:events:${region}:${accountId}:event-bus/${given}`;
};
/** Each entry is a request of its own. */
const putEvents: Mapping = ({ Entries }, place) =>
  (Array.isArray(Entries) ? Entries : [])
    .filter(isJsonObject)
    .map(({ EventBusName, Source, DetailType }) => ({
      action: "events:PutEvents",
      resource: bus(EventBusName, place),
      context: { "events:source": text(Source), "events:detail-type": text(DetailType) },
    }));

const channel = ({ ChannelId }: JsonObject, { region, accountId }: Place) =>
  `arn:aws:medialive:${region}:${accountId}:channel:${text(ChannelId)}`;
// CloudFront is global: its ARNs have no Region.
const distribution = ({ Id }: JsonObject, { accountId }: Place) =>
  `arn:aws:cloudfront::${accountId}:distribution/${text(Id)}`;
const queue = ({ QueueUrl, QueueName }: JsonObject, { region, accountId }: Place) =>
  `arn:aws:sqs:${region}:${accountId}:${
    text(QueueUrl ?? QueueName)
      .split("/")
      .at(-1) ?? ""
  }`;

/**
 * The answers to tasks carry no ARN; AWS finds the state machine by the token. A token that is nobody's asks for no
 * permission: the service refuses it anyway.
 */
const sendTask =
  (action: string): Mapping =>
  ({ taskToken }, { stateMachineOfToken }) => {
    const resource = stateMachineOfToken(text(taskToken));
    return resource === undefined ? [] : [{ action, resource }];
  };

const functionArn = ({ FunctionName }: JsonObject, { region, accountId }: Place) => {
  const name = text(FunctionName);
  return name.startsWith("arn:") ? name : `arn:aws:lambda:${region}:${accountId}:function:${name}`;
};

const schedule = ({ GroupName, Name }: JsonObject, { region, accountId }: Place) =>
  `arn:aws:scheduler:${region}:${accountId}:schedule/${text(GroupName) || "default"}/${text(Name)}`;

/** Whoever hands a service a role must be allowed to pass it on. */
const passedRole = ({ Target }: JsonObject, service: string): Wanted[] => {
  const role = isJsonObject(Target) ? text(Target.RoleArn) : "";
  if (role === "") return [];
  return [{ action: "iam:PassRole", resource: role, context: { "iam:PassedToService": service } }];
};

/** Source: the Service Authorization Reference, service by service. */
const mappings: { readonly [service in ServiceCall["service"]]: { readonly [action: string]: Mapping } } = {
  CloudFront: {
    GetDistribution: one("cloudfront:GetDistribution", distribution),
    GetDistributionConfig: one("cloudfront:GetDistributionConfig", distribution),
    UpdateDistribution: one("cloudfront:UpdateDistribution", distribution),
  },
  DynamoDB: {
    BatchGetItem: everyTable("dynamodb:BatchGetItem"),
    BatchWriteItem: everyTable("dynamodb:BatchWriteItem"),
    DeleteItem: one("dynamodb:DeleteItem", tableOf),
    DescribeTable: one("dynamodb:DescribeTable", tableOf),
    GetItem: one("dynamodb:GetItem", tableOf),
    ListTables: one("dynamodb:ListTables", everything),
    PutItem: one("dynamodb:PutItem", tableOf),
    Query: one("dynamodb:Query", tableOrIndexOf),
    Scan: one("dynamodb:Scan", tableOrIndexOf),
    UpdateItem: one("dynamodb:UpdateItem", tableOf),
  },
  EventBridge: {
    DescribeEventBus: one("events:DescribeEventBus", ({ Name }, place) => bus(Name, place)),
    PutEvents: putEvents,
  },
  Lambda: { Invoke: one("lambda:InvokeFunction", functionArn) },
  MediaLive: {
    DescribeChannel: one("medialive:DescribeChannel", channel),
    ListChannels: one("medialive:ListChannels", everything),
    StartChannel: one("medialive:StartChannel", channel),
    StopChannel: one("medialive:StopChannel", channel),
  },
  Scheduler: {
    CreateSchedule: (input, place) => [
      { action: "scheduler:CreateSchedule", resource: schedule(input, place) },
      ...passedRole(input, "scheduler.amazonaws.com"),
    ],
    DeleteSchedule: one("scheduler:DeleteSchedule", schedule),
    GetSchedule: one("scheduler:GetSchedule", schedule),
    ListSchedules: one("scheduler:ListSchedules", everything),
  },
  SNS: { Publish: one("sns:Publish", ({ TopicArn, TargetArn }) => text(TopicArn ?? TargetArn)) },
  SQS: {
    DeleteMessage: one("sqs:DeleteMessage", queue),
    GetQueueAttributes: one("sqs:GetQueueAttributes", queue),
    GetQueueUrl: one("sqs:GetQueueUrl", queue),
    ListQueues: one("sqs:ListQueues", everything),
    ReceiveMessage: one("sqs:ReceiveMessage", queue),
    SendMessage: one("sqs:SendMessage", queue),
  },
  StepFunctions: {
    DescribeExecution: one("states:DescribeExecution", given("executionArn")),
    DescribeStateMachine: one("states:DescribeStateMachine", given("stateMachineArn")),
    GetExecutionHistory: one("states:GetExecutionHistory", given("executionArn")),
    ListExecutions: one("states:ListExecutions", given("stateMachineArn")),
    ListStateMachines: one("states:ListStateMachines", everything),
    SendTaskFailure: sendTask("states:SendTaskFailure"),
    SendTaskHeartbeat: sendTask("states:SendTaskHeartbeat"),
    SendTaskSuccess: sendTask("states:SendTaskSuccess"),
    StartExecution: one("states:StartExecution", given("stateMachineArn")),
    StopExecution: one("states:StopExecution", given("executionArn")),
  },
};

/**
 * Says which permissions a call asks for; it takes all of them.
 *
 * @throws {Error} naming an action whose permission is not known: it is never let through.
 */
export function permissionsFor(call: ServiceCall, look: Lookups): AuthorizationRequest[] {
  const mapping = mappingOf(call);
  if (!mapping) {
    throw new Error(
      `The local runtime does not know which permission ${call.service} ${call.action} asks for.`,
    );
  }
  const { caller } = call;
  // With a role, a service is just another principal: the source stands in the taking on of the role, not in the calls.
  const isService = caller.kind === "service" && caller.roleArn === undefined;
  const context = {
    "aws:PrincipalIsAWSService": String(isService),
    "aws:RequestedRegion": look.region,
    "aws:SecureTransport": "true",
    ...(isService
      ? { "aws:SourceAccount": look.accountId, "aws:SourceOwner": look.accountId }
      : { "aws:PrincipalAccount": look.accountId }),
    ...(isService && caller.sourceArn !== undefined && { "aws:SourceArn": caller.sourceArn }),
    ...(caller.kind === "user" && { "aws:PrincipalArn": userArn(look) }),
    ...(caller.roleArn !== undefined && { "aws:PrincipalArn": caller.roleArn }),
  };
  const wanted = mapping(call.input as JsonObject, look);
  return wanted.map((permission) => ({ ...permission, context: { ...context, ...permission.context } }));
}

/** @returns whether it is known which permissions a call asks for. */
export function isPermissionKnown(call: ServiceCall): boolean {
  return mappingOf(call) !== undefined;
}

/** Everybody from outside is the account's one user. */
export function userArn({ accountId }: Place): string {
  return `arn:aws:iam::${accountId}:user/${localUser.name}`;
}

function mappingOf({ service, action }: ServiceCall): Mapping | undefined {
  const actions = mappings[service];
  return Object.hasOwn(actions, action) ? actions[action] : undefined;
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
