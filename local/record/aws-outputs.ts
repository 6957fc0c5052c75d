import { createHash } from "node:crypto";
import type { Json, JsonObject } from "../json";

/** Where the recorded resources pretend to be. */
export interface AwsPlace {
  readonly accountId: string;
  readonly region: string;
  /** The base URL under which the HTTP APIs are served. */
  readonly apiUrl: string;
  /** The base URL of the AWS wire protocols. */
  readonly awsUrl: string;
}

/** What a provider adds to a resource's inputs. */
type Outputs = (resource: { name: string; physicalName: string; inputs: JsonObject; place: AwsPlace }) => {
  id: string;
  [output: string]: Json;
};

const arn = (place: AwsPlace, service: string, resource: string) =>
  `arn:aws:${service}:${place.region}:${place.accountId}:${resource}`;

const named = ({ physicalName }: { physicalName: string }) => ({ id: physicalName, name: physicalName });
const numbered =
  (prefix: string): Outputs =>
  ({ physicalName }) => ({ id: `${prefix}-${hash(physicalName, 17)}` });

/** Every resource type that the runtime knows, with what AWS would make of it. */
const outputsOf: { readonly [type: string]: Outputs } = {
  "aws:apigatewayv2/api:Api": ({ physicalName, place }) => {
    const id = hash(physicalName, 10);
    return { id, apiEndpoint: place.apiUrl, executionArn: arn(place, "execute-api", id) };
  },
  "aws:apigatewayv2/authorizer:Authorizer": ({ physicalName }) => ({ id: hash(physicalName, 6) }),
  "aws:apigatewayv2/integration:Integration": ({ physicalName }) => ({ id: hash(physicalName, 7) }),
  "aws:apigatewayv2/route:Route": ({ physicalName }) => ({ id: hash(physicalName, 7) }),
  "aws:apigatewayv2/stage:Stage": ({ inputs, place }) => ({
    id: String(inputs.name),
    invokeUrl: place.apiUrl,
  }),
  "aws:cloudfront/function:Function": (resource) => ({
    ...named(resource),
    // CloudFront is global: its ARNs have no Region.
    arn: `arn:aws:cloudfront::${resource.place.accountId}:function/${resource.physicalName}`,
  }),
  "aws:cloudwatch/eventArchive:EventArchive": (resource) => ({
    ...named(resource),
    arn: arn(resource.place, "events", `archive/${resource.physicalName}`),
  }),
  "aws:cloudwatch/eventBus:EventBus": (resource) => ({
    ...named(resource),
    arn: arn(resource.place, "events", `event-bus/${resource.physicalName}`),
  }),
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": ({ inputs }) => ({
    id: String(inputs.eventBusName ?? "default"),
  }),
  "aws:cloudwatch/eventRule:EventRule": ({ physicalName, inputs, place }) => {
    const bus = inputs.eventBusName ? `${String(inputs.eventBusName)}/` : "";
    return {
      id: `${bus}${physicalName}`,
      name: physicalName,
      arn: arn(place, "events", `rule/${bus}${physicalName}`),
    };
  },
  "aws:cloudwatch/eventTarget:EventTarget": ({ physicalName }) => ({
    id: physicalName,
    targetId: physicalName,
  }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": (resource) => ({
    ...named(resource),
    arn: arn(resource.place, "cloudwatch", `alarm:${resource.physicalName}`),
  }),
  "aws:cloudwatch/logGroup:LogGroup": ({ physicalName, inputs, place }) => {
    const name = inputs.namePrefix ? `${String(inputs.namePrefix)}${hash(physicalName, 8)}` : physicalName;
    return { id: name, name, arn: arn(place, "logs", `log-group:${name}`) };
  },
  "aws:dynamodb/table:Table": (resource) => ({
    ...named(resource),
    arn: arn(resource.place, "dynamodb", `table/${resource.physicalName}`),
  }),
  "aws:ec2/securityGroup:SecurityGroup": numbered("sg"),
  "aws:ec2/vpcEndpoint:VpcEndpoint": numbered("vpce"),
  "aws:iam/policy:Policy": ({ physicalName, place }) => {
    const policyArn = `arn:aws:iam::${place.accountId}:policy/${physicalName}`;
    return { id: policyArn, name: physicalName, arn: policyArn };
  },
  "aws:iam/role:Role": (resource) => ({
    ...named(resource),
    arn: `arn:aws:iam::${resource.place.accountId}:role/${resource.physicalName}`,
    uniqueId: `AROA${hash(resource.physicalName, 17).toUpperCase()}`,
  }),
  "aws:iam/rolePolicy:RolePolicy": named,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": named,
  "aws:lambda/function:Function": (resource) => {
    const functionArn = arn(resource.place, "lambda", `function:${resource.physicalName}`);
    return {
      ...named(resource),
      arn: functionArn,
      invokeArn: `arn:aws:apigateway:${resource.place.region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
    };
  },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": ({ inputs }) => ({
    id: String(inputs.functionName),
  }),
  "aws:lambda/permission:Permission": ({ physicalName }) => ({
    id: physicalName,
    statementId: physicalName,
  }),
  "aws:scheduler/schedule:Schedule": ({ physicalName, inputs, place }) => {
    const id = `${String(inputs.groupName ?? "default")}/${physicalName}`;
    return {
      id,
      name: physicalName,
      groupName: id.split("/")[0] ?? "",
      arn: arn(place, "scheduler", `schedule/${id}`),
    };
  },
  "aws:scheduler/scheduleGroup:ScheduleGroup": (resource) => ({
    ...named(resource),
    arn: arn(resource.place, "scheduler", `schedule-group/${resource.physicalName}`),
    state: "ACTIVE",
  }),
  "aws:sfn/stateMachine:StateMachine": ({ physicalName, place }) => {
    const machineArn = arn(place, "states", `stateMachine:${physicalName}`);
    return { id: machineArn, name: physicalName, arn: machineArn };
  },
  "aws:sns/topic:Topic": ({ physicalName, place }) => {
    const topicArn = arn(place, "sns", physicalName);
    return { id: topicArn, name: physicalName, arn: topicArn };
  },
  "aws:sns/topicPolicy:TopicPolicy": ({ inputs, place }) => ({
    id: String(inputs.arn),
    owner: place.accountId,
  }),
  "aws:sns/topicSubscription:TopicSubscription": ({ physicalName, inputs }) => {
    const subscriptionArn = `${String(inputs.topic)}:${physicalName}`;
    return { id: subscriptionArn, arn: subscriptionArn };
  },
  "aws:sqs/queue:Queue": ({ physicalName, place }) => {
    const url = `${place.awsUrl}/${place.accountId}/${physicalName}`;
    return { id: url, url, name: physicalName, arn: arn(place, "sqs", physicalName) };
  },
  "aws:sqs/queuePolicy:QueuePolicy": ({ inputs }) => ({ id: String(inputs.queueUrl) }),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": numbered("sgr"),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": numbered("sgr"),
  "awsx:ec2:Vpc": ({ physicalName }) => ({
    id: physicalName,
    vpcId: `vpc-${hash(physicalName, 17)}`,
    isolatedSubnetIds: ["a", "b"].map((zone) => `subnet-${hash(physicalName + zone, 17)}`),
    privateSubnetIds: [],
    publicSubnetIds: [],
    routeTables: ["a", "b"].map((zone) => ({ id: `rtb-${hash(physicalName + zone, 17)}` })),
  }),
  "pulumi:providers:aws": named,
};

/** @returns whether the runtime knows a type. Components have no outputs of their own, so that it knows all of them. */
export function isKnownType(type: string): boolean {
  return type in outputsOf;
}

/** The resource types that the runtime knows, in alphabetical order. */
export const knownTypes: readonly string[] = Object.keys(outputsOf);

/**
 * Says what a provider would answer to a registration.
 *
 * @param type a known type.
 * @param physicalName the name given by the program, or else the one that Pulumi would make.
 */
export function awsOutputs(
  type: string,
  resource: { name: string; inputs: JsonObject },
  place: AwsPlace,
): { id: string; outputs: JsonObject } {
  const make = outputsOf[type];
  if (!make) throw new Error(`The type ${type} is unknown.`);
  const given = resource.inputs.name;
  // Pulumi appends seven random digits; a digest of the logical name keeps names the same from run to run.
  const physicalName =
    typeof given === "string" ? given : `${resource.name}-${hash(`${type} ${resource.name}`, 7)}`;
  const { id, ...outputs } = make({ ...resource, physicalName, place });
  return { id, outputs: { ...resource.inputs, ...outputs } };
}

/** Answers the look-ups (`aws.getRegion` and the like) that a program makes, or undefined for one that is unknown. */
export function awsLookup(token: string, inputs: JsonObject, place: AwsPlace): JsonObject | undefined {
  switch (token) {
    case "aws:index/getRegion:getRegion":
      return { id: place.region, name: place.region, region: place.region, endpoint: place.awsUrl };
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return {
        id: place.accountId,
        accountId: place.accountId,
        arn: `arn:aws:iam::${place.accountId}:user/local`,
        userId: place.accountId,
      };
    case "aws:index/getPartition:getPartition":
      return { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
    case "aws:ec2/getVpc:getVpc":
      return { id: inputs.id ?? "", cidrBlock: "10.0.0.0/16" };
    case "aws:ec2/getPrefixList:getPrefixList":
      return { id: `pl-${hash(String(inputs.name), 8)}`, name: inputs.name ?? "", cidrBlocks: [] };
    default:
      return undefined;
  }
}

function hash(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
