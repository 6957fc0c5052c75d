/** What `@pulumi/aws` and AWS know of a resource type, as far as a deployment can fail on it. */
export interface TypeFacts {
  /** The most characters that AWS takes in a name. Absent for a type that has no name of its own. */
  readonly nameLength?: number;
  /** Set where a name can change in place. Everywhere else a new name or name prefix replaces the resource. */
  readonly renamable?: true;
  /** The other inputs whose change replaces the resource. */
  readonly replacedBy?: readonly string[];
}

/**
 * The types that the component registers. `replacedBy` follows `ForceNew` (or `RequiresReplace`) in the schemas of
 * terraform-provider-aws, from which `@pulumi/aws` is made; the lengths follow the quotas in AWS's API references.
 *
 * Compared with that provider's source (`internal/service/<service>/<resource>.go`): API mapping, authorizer, domain name, integration, route and
 * stage of apigatewayv2; cache policy and origin access control of cloudfront; API destination, archive, bus, rule and target of events; log group; table and
 * table item of dynamodb; VPC endpoint and ingress rule of ec2; permission and event invoke config of lambda; schedule and its group; schema; state machine;
 * topic and subscription of sns; queue. The others follow the provider's documentation as it was known when they were
 * written: compare one with its source before anything new depends on it.
 */
export const typeFacts: { readonly [type: string]: TypeFacts } = {
  "aws:apigatewayv2/api:Api": { nameLength: 128, renamable: true, replacedBy: ["protocolType"] },
  "aws:apigatewayv2/apiMapping:ApiMapping": { replacedBy: ["apiId", "domainName"] },
  "aws:apigatewayv2/authorizer:Authorizer": { nameLength: 128, renamable: true, replacedBy: ["apiId"] },
  "aws:apigatewayv2/domainName:DomainName": { replacedBy: ["domainName"] },
  "aws:apigatewayv2/integration:Integration": {
    replacedBy: ["apiId", "integrationSubtype", "integrationType"],
  },
  "aws:apigatewayv2/route:Route": { replacedBy: ["apiId"] },
  "aws:apigatewayv2/stage:Stage": { nameLength: 128, replacedBy: ["apiId"] },
  "aws:cloudfront/cachePolicy:CachePolicy": { nameLength: 128, renamable: true },
  "aws:cloudfront/function:Function": { nameLength: 64 },
  "aws:cloudfront/originAccessControl:OriginAccessControl": { nameLength: 64, renamable: true },
  "aws:cloudwatch/eventApiDestination:EventApiDestination": { nameLength: 64 },
  "aws:cloudwatch/eventArchive:EventArchive": { nameLength: 48, replacedBy: ["eventSourceArn"] },
  "aws:cloudwatch/eventBus:EventBus": { nameLength: 256, replacedBy: ["eventSourceName"] },
  "aws:cloudwatch/eventBusPolicy:EventBusPolicy": { replacedBy: ["eventBusName"] },
  "aws:cloudwatch/eventConnection:EventConnection": { nameLength: 64 },
  "aws:cloudwatch/eventRule:EventRule": { nameLength: 64, replacedBy: ["eventBusName"] },
  "aws:cloudwatch/eventTarget:EventTarget": { replacedBy: ["eventBusName", "rule", "targetId"] },
  "aws:cloudwatch/logGroup:LogGroup": { nameLength: 512, replacedBy: ["logGroupClass"] },
  "aws:cloudwatch/dashboard:Dashboard": { replacedBy: ["dashboardName"] },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { nameLength: 255 },
  // Indexes are added to a table and taken from it in place.
  "aws:dynamodb/table:Table": {
    nameLength: 255,
    replacedBy: ["hashKey", "localSecondaryIndexes", "rangeKey"],
  },
  "aws:dynamodb/tableItem:TableItem": { replacedBy: ["hashKey", "rangeKey", "tableName"] },
  "aws:ec2/securityGroup:SecurityGroup": { nameLength: 255, replacedBy: ["description", "vpcId"] },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    replacedBy: [
      ...["resourceConfigurationArn", "serviceName", "serviceNetworkArn", "serviceRegion"],
      ...["vpcEndpointType", "vpcId"],
    ],
  },
  "aws:iam/role:Role": { nameLength: 64, replacedBy: ["path"] },
  "aws:iam/rolePolicy:RolePolicy": { nameLength: 128, replacedBy: ["role"] },
  "aws:lambda/function:Function": { nameLength: 64, replacedBy: ["packageType"] },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
    replacedBy: ["functionName", "qualifier"],
  },
  "aws:lambda/permission:Permission": {
    replacedBy: ["action", "function", "principal", "qualifier", "sourceAccount", "sourceArn", "statementId"],
  },
  "aws:scheduler/schedule:Schedule": { nameLength: 64, replacedBy: ["groupName"] },
  "aws:scheduler/scheduleGroup:ScheduleGroup": { nameLength: 64 },
  "aws:schemas/registry:Registry": { nameLength: 64 },
  "aws:schemas/schema:Schema": { nameLength: 385, replacedBy: ["registryName"] },
  "aws:sfn/stateMachine:StateMachine": { nameLength: 80, replacedBy: ["type"] },
  "aws:sns/topic:Topic": { nameLength: 256, replacedBy: ["fifoTopic"] },
  "aws:sns/topicPolicy:TopicPolicy": { replacedBy: ["arn"] },
  "aws:sns/topicSubscription:TopicSubscription": { replacedBy: ["endpoint", "protocol", "topic"] },
  "aws:sqs/queue:Queue": { nameLength: 80, replacedBy: ["fifoQueue"] },
  "aws:sqs/queuePolicy:QueuePolicy": { replacedBy: ["queueUrl"] },
  // So does a change from one kind of source, such as a CIDR, to another.
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": { replacedBy: ["securityGroupId"] },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": { replacedBy: ["securityGroupId"] },
};

/** @throws {Error} for a type without facts. */
export function factsOf(type: string): TypeFacts {
  const facts = typeFacts[type];
  if (!facts) throw new Error(`test/support/type-facts.ts has no facts of ${type}: add what replaces it.`);
  return facts;
}

/** @returns the inputs whose change replaces a resource of the type. */
export function replacingInputs({ nameLength, renamable, replacedBy = [] }: TypeFacts): readonly string[] {
  return nameLength === undefined || renamable ? replacedBy : ["name", "namePrefix", ...replacedBy];
}
