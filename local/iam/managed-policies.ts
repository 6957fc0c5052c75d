import type { JsonObject } from "../json";

const writeLogs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

/**
 * The policies that AWS manages, by the part of their ARN behind `policy/`, with the actions that they allow on every resource. Source: the AWS Managed
 * Policy Reference Guide. Of the policies for people and for whole services, the statements about the services that run here are enough: nothing
 * else can be called. These documents are from memory and not read from an account: AWS changes them, and a role that matters should be tried there.
 */
const actionsOf: { readonly [policy: string]: readonly string[] } = {
  "service-role/AWSLambdaBasicExecutionRole": writeLogs,
  "service-role/AWSLambdaVPCAccessExecutionRole": [
    ...writeLogs,
    ...["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"],
    ...["ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"],
  ],
  "service-role/AWSLambdaDynamoDBExecutionRole": [
    ...writeLogs,
    ...[
      "dynamodb:DescribeStream",
      "dynamodb:GetRecords",
      "dynamodb:GetShardIterator",
      "dynamodb:ListStreams",
    ],
  ],
  "service-role/AWSLambdaSQSQueueExecutionRole": [
    ...writeLogs,
    ...["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  ],
  "service-role/AWSLambdaKinesisExecutionRole": [
    ...writeLogs,
    ...["kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords"],
    ...["kinesis:GetShardIterator", "kinesis:ListShards", "kinesis:ListStreams", "kinesis:SubscribeToShard"],
  ],
  "service-role/AWSLambdaRole": ["lambda:InvokeFunction"],
  "service-role/AmazonAPIGatewayPushToCloudWatchLogs": [
    ...writeLogs,
    ...["logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:FilterLogEvents"],
  ],
  AWSXRayDaemonWriteAccess: [
    ...["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules"],
    ...["xray:GetSamplingTargets", "xray:GetSamplingStatisticSummaries"],
  ],
  AWSXrayWriteOnlyAccess: [
    ...["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules"],
    ...["xray:GetSamplingTargets", "xray:GetSamplingStatisticSummaries"],
  ],
  AdministratorAccess: ["*"],
  AWSCloudFormationReadOnlyAccess: [
    "cloudformation:Describe*",
    "cloudformation:Get*",
    "cloudformation:List*",
  ],
  AWSElementalMediaLiveFullAccess: ["medialive:*"],
  AWSLambda_FullAccess: [
    "lambda:*",
    "logs:DescribeLogGroups",
    "states:DescribeStateMachine",
    "states:ListStateMachines",
  ],
  AWSStepFunctionsFullAccess: ["states:*"],
  AmazonCognitoPowerUser: ["cognito-identity:*", "cognito-idp:*", "cognito-sync:*"],
  AmazonDynamoDBFullAccess: [
    "dynamodb:*",
    "cloudwatch:DescribeAlarms",
    "sns:ListTopics",
    "lambda:ListFunctions",
  ],
  AmazonDynamoDBFullAccess_v2: ["dynamodb:*"],
  AmazonDynamoDBReadOnlyAccess: [
    ...[
      "dynamodb:BatchGetItem",
      "dynamodb:Describe*",
      "dynamodb:GetItem",
      "dynamodb:List*",
      "dynamodb:Query",
    ],
    "dynamodb:Scan",
  ],
  AmazonEventBridgeFullAccess: ["events:*", "pipes:*", "scheduler:*", "schemas:*"],
  AmazonEventBridgeSchedulerFullAccess: ["scheduler:*"],
  AmazonKinesisFullAccess: ["kinesis:*"],
  AmazonS3FullAccess: ["s3:*", "s3-object-lambda:*"],
  AmazonS3ReadOnlyAccess: ["s3:Describe*", "s3:Get*", "s3:List*"],
  AmazonSNSFullAccess: ["sns:*"],
  AmazonSQSFullAccess: ["sqs:*"],
  CloudFrontFullAccess: ["cloudfront:*"],
  CloudWatchEventsFullAccess: ["events:*", "scheduler:*"],
  CloudWatchFullAccess: ["cloudwatch:*", "logs:*"],
  CloudWatchFullAccessV2: ["cloudwatch:*", "logs:*"],
};

/** @returns the document of a policy that AWS manages; undefined for one that is not known here. */
export function managedPolicyDocument(arn: string): JsonObject | undefined {
  const [, name = ""] = /^arn:aws:iam::aws:policy\/(.+)$/.exec(arn) ?? [];
  if (!Object.hasOwn(actionsOf, name)) return undefined;
  const Action = [...(actionsOf[name] ?? [])];
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] };
}
