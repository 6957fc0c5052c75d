import { StreamOrchestration, tableSchemas } from "@guidogerb/stream-orchestration";
import * as aws from "@pulumi/aws";

// What a team has already.
const bus = new aws.cloudwatch.EventBus("team");
const onCall = new aws.sns.Topic("team-on-call");
const logs = new aws.cloudwatch.LogGroup("team", {
  namePrefix: "/aws/vendedlogs/team-",
  retentionInDays: 90,
});
const settings = { billingMode: "PAY_PER_REQUEST", pointInTimeRecovery: { enabled: true } };
const attempts = new aws.dynamodb.Table("team-attempts", { ...tableSchemas.attempts, ...settings });
const leases = new aws.dynamodb.Table("team-leases", { ...tableSchemas.leases, ...settings });
const api = new aws.apigatewayv2.Api("team", { protocolType: "HTTP" });
new aws.apigatewayv2.Stage("team", { apiId: api.id, name: "$default", autoDeploy: true });

const streams = new StreamOrchestration("streams", {
  encoder: { channels: [{ channelId: "1234567" }] },
  playback: { distributionId: "E2QWRUHAPOMQZL" },
  events: { busName: bus.name },
  tables: { attemptsName: attempts.name, leasesName: leases.name },
  onCall: { topicArn: onCall.arn },
  logGroupName: logs.name,
  api: {
    id: api.id,
    domain: {
      name: "streams.example.com",
      certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
    },
  },
  tags: { team: "live", "cost-center": "42" },
});

// A bus has one policy alone: this is the team's, with the component's statement in it.
new aws.cloudwatch.EventBusPolicy("team", { eventBusName: bus.name, policy: streams.eventBusPolicyJson });

// The component's resources, for what its arguments do not reach.
new aws.cloudwatch.MetricAlarm("create-stream-workflow-throttled", {
  namespace: "AWS/Lambda",
  metricName: "Throttles",
  dimensions: { FunctionName: streams.nodes.functions["create-stream-workflow"]?.name ?? "" },
  statistic: "Sum",
  period: 60,
  evaluationPeriods: 1,
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  threshold: 1,
  alarmActions: [streams.alarmTopicArn],
});

export const apiUrl = streams.apiUrl;
/** The DNS record of streams.example.com points at its `targetDomainName`. */
export const apiDomain = streams.apiDomain;
