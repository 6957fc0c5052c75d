import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CommonArgs } from "../common";
import { subscribeEmails } from "../events/on-call-topic";
import {
  type AlarmDefinition,
  type Definitions,
  guardAlarms,
  type Watched,
  workloadAlarms,
} from "./alarm-definitions";

export interface AlarmsArgs extends CommonArgs, Watched {
  emails: readonly pulumi.Input<string>[];
  /** `guards`: only what no retry mended. `all`: also the orchestrator, the API, the functions, the pool and the health. */
  alarms: "all" | "guards";
}

/** Tells operators of what no retry mended, and of what keeps going wrong. */
export class Alarms extends pulumi.ComponentResource {
  readonly topic: aws.sns.Topic;
  readonly arns: pulumi.Output<string>[] = [];

  constructor(
    private readonly name: string,
    args: AlarmsArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("stream-orchestration:index:Alarms", name, {}, opts);
    const child = { parent: this };
    // CloudWatch cannot publish to a topic under AWS's managed key, whose policy it is not in. An alarm holds names only.
    this.topic = new aws.sns.Topic(name, { kmsMasterKeyId: args.encryptionKeyArn, tags: args.tags }, child);
    new aws.sns.TopicPolicy(
      name,
      {
        arn: this.topic.arn,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "cloudwatch.amazonaws.com" },
              Action: "sns:Publish",
              Resource: this.topic.arn,
              Condition: { StringEquals: { "aws:SourceAccount": args.accountId } },
            },
            {
              Effect: "Deny",
              Principal: "*",
              Action: "sns:Publish",
              Resource: this.topic.arn,
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        }),
      },
      child,
    );
    subscribeEmails(name, this.topic, args.emails, child);
    this.watch({ ...guardAlarms(args), ...(args.alarms === "all" && workloadAlarms(args)) }, args.tags);
    this.registerOutputs({ topicArn: this.topic.arn });
  }

  /** Makes alarms that tell the topic. */
  watch(definitions: Definitions, tags: CommonArgs["tags"]): void {
    for (const [suffix, definition] of Object.entries(definitions)) {
      this.arns.push(this.createAlarm(suffix, definition, tags).arn);
    }
  }

  private createAlarm(
    suffix: string,
    { description, runbook, metrics, tellsEnd, threshold, ...definition }: AlarmDefinition,
    tags: CommonArgs["tags"],
  ): aws.cloudwatch.MetricAlarm {
    return new aws.cloudwatch.MetricAlarm(
      `${this.name}-${suffix}`,
      {
        evaluationPeriods: 1,
        ...evaluated(metrics, definition),
        // The page comes with the package, and has no address of its own.
        alarmDescription: `${description} See docs/runbook.md, "${runbook}".`,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold,
        treatMissingData: "notBreaching",
        alarmActions: [this.topic.arn],
        ...(tellsEnd && { okActions: [this.topic.arn] }),
        tags,
      },
      { parent: this },
    );
  }
}

/** What an alarm looks at: one metric, or the sum of several, where one that has no value counts as zero. */
function evaluated(
  metrics: AlarmDefinition["metrics"],
  { statistic, period, ...periods }: Pick<AlarmDefinition, "statistic" | "period">,
) {
  const [metric, ...more] = metrics;
  if (more.length === 0) {
    const kind = /^p\d/.test(statistic) ? { extendedStatistic: statistic } : { statistic };
    return { ...periods, ...metric, ...kind, period };
  }
  const ids = metrics.map((_, index) => `m${index + 1}`);
  return {
    ...periods,
    metricQueries: [
      ...metrics.map((one, index) => ({ id: ids[index] ?? "", metric: { ...one, stat: statistic, period } })),
      {
        id: "sum",
        expression: ids.map((id) => `FILL(${id}, 0)`).join(" + "),
        label: "Sum",
        returnData: true,
      },
    ],
  };
}
