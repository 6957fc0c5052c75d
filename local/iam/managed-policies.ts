import type { JsonObject } from "../json";

interface Statement {
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  /** @default "*" */
  readonly Resource?: string | readonly string[];
}

/** CloudWatch Events is the former name of EventBridge: its policies are the same. */
const eventBridgeFullAccess: readonly Statement[] = [
  { Action: ["events:*", "scheduler:*"] },
  {
    Action: [
      "secretsmanager:CreateSecret",
      "secretsmanager:UpdateSecret",
      "secretsmanager:DeleteSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
    ],
    Resource: "arn:aws:secretsmanager:*:*:secret:events!*",
  },
];

const eventBridgeReadOnlyAccess: readonly Statement[] = [
  {
    Action: [
      "events:DescribeRule",
      "events:DescribeEventBus",
      "events:DescribeEventSource",
      "events:ListEventBuses",
      "events:ListEventSources",
      "events:ListRuleNamesByTarget",
      "events:ListRules",
      "events:ListTargetsByRule",
      "events:TestEventPattern",
      "events:DescribeArchive",
      "events:ListArchives",
      "events:DescribeReplay",
      "events:ListReplays",
      "events:DescribeConnection",
      "events:ListConnections",
      "events:DescribeApiDestination",
      "events:ListApiDestinations",
      "events:DescribeEndpoint",
      "events:ListEndpoints",
      "scheduler:GetSchedule",
      "scheduler:GetScheduleGroup",
      "scheduler:ListSchedules",
      "scheduler:ListScheduleGroups",
      "scheduler:ListTagsForResource",
    ],
  },
];

/**
 * What the policies that AWS manages allow, by the part of their ARN behind `policy/`, as far as it is about services that run here: nothing else can
 * be called. Source: the documents that IAM's GetPolicyVersion returned in the spring of 2026, as the Python package moto 5.2.1 keeps them. AWS
 * changes them: a role that matters should be tried there.
 */
const statementsOf: { readonly [policy: string]: readonly Statement[] } = {
  AWSCloudFormationReadOnlyAccess: [],
  AWSElementalMediaLiveFullAccess: [{ Action: ["medialive:*"] }],
  AWSElementalMediaLiveReadOnly: [{ Action: ["medialive:Get*", "medialive:List*", "medialive:Describe*"] }],
  AWSLambdaExecute: [{ Action: ["logs:*"], Resource: "arn:aws:logs:*:*:*" }],
  "AWSLambdaInvocation-DynamoDB": [
    { Action: ["lambda:InvokeFunction"] },
    {
      Action: [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
      ],
    },
  ],
  AWSLambda_FullAccess: [
    {
      Action: [
        "cloudwatch:ListMetrics",
        "cloudwatch:GetMetricData",
        "lambda:*",
        "logs:DescribeLogGroups",
        "states:DescribeStateMachine",
        "states:ListStateMachines",
      ],
    },
    {
      Action: [
        "logs:DescribeLogStreams",
        "logs:GetLogEvents",
        "logs:FilterLogEvents",
        "logs:StartLiveTail",
        "logs:StopLiveTail",
      ],
      Resource: "arn:aws:logs:*:*:log-group:/aws/lambda/*",
    },
  ],
  AWSLambda_ReadOnlyAccess: [
    {
      Action: [
        "cloudwatch:GetMetricData",
        "cloudwatch:ListMetrics",
        "logs:DescribeLogGroups",
        "lambda:Get*",
        "lambda:List*",
        "states:DescribeStateMachine",
        "states:ListStateMachines",
      ],
    },
    {
      Action: [
        "logs:DescribeLogStreams",
        "logs:GetLogEvents",
        "logs:FilterLogEvents",
        "logs:StartQuery",
        "logs:StopQuery",
        "logs:DescribeQueries",
        "logs:GetLogGroupFields",
        "logs:GetLogRecord",
        "logs:GetQueryResults",
        "logs:StartLiveTail",
        "logs:StopLiveTail",
      ],
      Resource: "arn:aws:logs:*:*:log-group:/aws/lambda/*",
    },
  ],
  AWSStepFunctionsConsoleFullAccess: [{ Action: ["states:*"] }, { Action: ["lambda:ListFunctions"] }],
  AWSStepFunctionsFullAccess: [{ Action: ["states:*"] }],
  AWSStepFunctionsReadOnlyAccess: [
    {
      Action: [
        "states:ListStateMachines",
        "states:ListActivities",
        "states:DescribeStateMachine",
        "states:DescribeStateMachineForExecution",
        "states:ListExecutions",
        "states:DescribeExecution",
        "states:GetExecutionHistory",
        "states:DescribeActivity",
        "states:ListTagsForResource",
        "states:DescribeMapRun",
        "states:ListMapRuns",
        "states:DescribeStateMachineAlias",
        "states:ListStateMachineAliases",
        "states:ListStateMachineVersions",
        "states:ValidateStateMachineDefinition",
      ],
    },
  ],
  AWSXRayDaemonWriteAccess: [],
  AWSXrayWriteOnlyAccess: [],
  AdministratorAccess: [{ Action: ["*"] }],
  AmazonCognitoPowerUser: [
    {
      Action: [
        "lambda:GetPolicy",
        "lambda:ListFunctions",
        "sns:GetSMSSandboxAccountStatus",
        "sns:ListPlatformApplications",
      ],
    },
  ],
  AmazonDynamoDBFullAccess: [
    {
      Action: [
        "dynamodb:*",
        "cloudwatch:DeleteAlarms",
        "cloudwatch:DescribeAlarmHistory",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:DescribeAlarmsForMetric",
        "cloudwatch:GetMetricStatistics",
        "cloudwatch:ListMetrics",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:GetMetricData",
        "sns:CreateTopic",
        "sns:DeleteTopic",
        "sns:ListSubscriptions",
        "sns:ListSubscriptionsByTopic",
        "sns:ListTopics",
        "sns:Subscribe",
        "sns:Unsubscribe",
        "sns:SetTopicAttributes",
        "lambda:CreateFunction",
        "lambda:ListFunctions",
        "lambda:ListEventSourceMappings",
        "lambda:CreateEventSourceMapping",
        "lambda:DeleteEventSourceMapping",
        "lambda:GetFunctionConfiguration",
        "lambda:DeleteFunction",
      ],
    },
    {
      Action: ["cloudwatch:GetInsightRuleReport"],
      Resource: "arn:aws:cloudwatch:*:*:insight-rule/DynamoDBContributorInsights*",
    },
  ],
  AmazonDynamoDBFullAccess_v2: [
    { Action: ["dynamodb:*"] },
    { Action: ["lambda:ListEventSourceMappings", "lambda:ListFunctions"] },
    { Action: ["sns:ListTopics"] },
    { Action: ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricStatistics", "cloudwatch:GetMetricData"] },
    {
      Action: ["cloudwatch:GetInsightRuleReport"],
      Resource: "arn:aws:cloudwatch:*:*:insight-rule/DynamoDBContributorInsights*",
    },
  ],
  AmazonDynamoDBReadOnlyAccess: [
    {
      Action: [
        "cloudwatch:DescribeAlarmHistory",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:DescribeAlarmsForMetric",
        "cloudwatch:GetMetricStatistics",
        "cloudwatch:ListMetrics",
        "cloudwatch:GetMetricData",
        "dynamodb:BatchGetItem",
        "dynamodb:Describe*",
        "dynamodb:List*",
        "dynamodb:GetAbacStatus",
        "dynamodb:GetItem",
        "dynamodb:GetResourcePolicy",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:PartiQLSelect",
        "sns:ListSubscriptionsByTopic",
        "sns:ListTopics",
        "lambda:ListFunctions",
        "lambda:ListEventSourceMappings",
        "lambda:GetFunctionConfiguration",
      ],
    },
    {
      Action: ["cloudwatch:GetInsightRuleReport"],
      Resource: "arn:aws:cloudwatch:*:*:insight-rule/DynamoDBContributorInsights*",
    },
  ],
  AmazonEventBridgeFullAccess: eventBridgeFullAccess,
  AmazonEventBridgeReadOnlyAccess: eventBridgeReadOnlyAccess,
  AmazonEventBridgeSchedulerFullAccess: [{ Action: ["scheduler:*"] }],
  AmazonEventBridgeSchedulerReadOnlyAccess: [{ Action: ["scheduler:List*", "scheduler:Get*"] }],
  AmazonKinesisFullAccess: [],
  AmazonS3FullAccess: [],
  AmazonS3ReadOnlyAccess: [],
  AmazonSNSFullAccess: [{ Action: ["sns:*"] }],
  AmazonSNSReadOnlyAccess: [
    {
      Action: [
        "sns:GetTopicAttributes",
        "sns:List*",
        "sns:CheckIfPhoneNumberIsOptedOut",
        "sns:GetEndpointAttributes",
        "sns:GetDataProtectionPolicy",
        "sns:GetPlatformApplicationAttributes",
        "sns:GetSMSAttributes",
        "sns:GetSMSSandboxAccountStatus",
        "sns:GetSubscriptionAttributes",
      ],
    },
  ],
  AmazonSQSFullAccess: [{ Action: ["sqs:*"] }],
  AmazonSQSReadOnlyAccess: [
    {
      Action: [
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ListDeadLetterSourceQueues",
        "sqs:ListQueues",
        "sqs:ListMessageMoveTasks",
        "sqs:ListQueueTags",
      ],
    },
  ],
  AmazonSSMManagedInstanceCore: [],
  AmazonSSMReadOnlyAccess: [],
  CloudFrontFullAccess: [{ Action: ["cloudfront:*"] }],
  CloudFrontReadOnlyAccess: [{ Action: ["cloudfront:Describe*", "cloudfront:Get*", "cloudfront:List*"] }],
  CloudWatchEventsFullAccess: eventBridgeFullAccess,
  CloudWatchEventsReadOnlyAccess: eventBridgeReadOnlyAccess,
  CloudWatchFullAccess: [{ Action: ["cloudwatch:*", "logs:*", "sns:*"] }],
  CloudWatchFullAccessV2: [
    {
      Action: [
        "cloudwatch:*",
        "logs:*",
        "sns:CreateTopic",
        "sns:ListSubscriptions",
        "sns:ListSubscriptionsByTopic",
        "sns:ListTopics",
        "sns:Subscribe",
      ],
    },
  ],
  CloudWatchLogsFullAccess: [
    { Action: ["logs:*", "cloudwatch:GenerateQuery", "cloudwatch:GenerateQueryResultsSummary"] },
  ],
  CloudWatchLogsReadOnlyAccess: [
    {
      Action: [
        "logs:Describe*",
        "logs:Get*",
        "logs:List*",
        "logs:StartQuery",
        "logs:StopQuery",
        "logs:TestMetricFilter",
        "logs:FilterLogEvents",
        "logs:StartLiveTail",
        "logs:StopLiveTail",
        "cloudwatch:GenerateQuery",
        "cloudwatch:GenerateQueryResultsSummary",
      ],
    },
  ],
  CloudWatchReadOnlyAccess: [
    {
      Action: [
        "cloudwatch:BatchGet*",
        "cloudwatch:Describe*",
        "cloudwatch:GenerateQuery",
        "cloudwatch:Get*",
        "cloudwatch:List*",
        "logs:Get*",
        "logs:List*",
        "logs:StartQuery",
        "logs:StopQuery",
        "logs:Describe*",
        "logs:TestMetricFilter",
        "logs:FilterLogEvents",
        "logs:StartLiveTail",
        "logs:StopLiveTail",
        "sns:Get*",
        "sns:List*",
      ],
    },
  ],
  PowerUserAccess: [{ NotAction: ["iam:*", "organizations:*", "account:*"] }],
  SecretsManagerReadWrite: [
    { Action: ["secretsmanager:*", "lambda:ListFunctions"] },
    {
      Action: [
        "lambda:AddPermission",
        "lambda:CreateFunction",
        "lambda:GetFunction",
        "lambda:InvokeFunction",
        "lambda:UpdateFunctionConfiguration",
      ],
      Resource: "arn:aws:lambda:*:*:function:SecretsManager*",
    },
  ],
  "service-role/AWSLambdaBasicExecutionRole": [
    { Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"] },
  ],
  "service-role/AWSLambdaDynamoDBExecutionRole": [
    {
      Action: [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
      ],
    },
  ],
  "service-role/AWSLambdaKinesisExecutionRole": [
    { Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"] },
  ],
  "service-role/AWSLambdaMSKExecutionRole": [
    { Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"] },
  ],
  "service-role/AWSLambdaRole": [{ Action: ["lambda:InvokeFunction"] }],
  "service-role/AWSLambdaSQSQueueExecutionRole": [
    {
      Action: [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
      ],
    },
  ],
  "service-role/AWSLambdaVPCAccessExecutionRole": [
    { Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"] },
  ],
  "service-role/AmazonAPIGatewayPushToCloudWatchLogs": [
    {
      Action: [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
        "logs:GetLogEvents",
        "logs:FilterLogEvents",
      ],
    },
  ],
  "service-role/AmazonECSTaskExecutionRolePolicy": [
    { Action: ["logs:CreateLogStream", "logs:PutLogEvents"] },
  ],
};

/** @returns the document of a policy that AWS manages; undefined for one that is not known here. */
export function managedPolicyDocument(arn: string): JsonObject | undefined {
  const [, name = ""] = /^arn:aws:iam::aws:policy\/(.+)$/.exec(arn) ?? [];
  if (!Object.hasOwn(statementsOf, name)) return undefined;
  const Statement = (statementsOf[name] ?? []).map((statement) => ({
    ...{ Effect: "Allow", Resource: "*" },
    ...(statement as JsonObject),
  }));
  return { Version: "2012-10-17", Statement };
}
