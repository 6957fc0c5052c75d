import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CommonArgs } from "../common";
import { subscribeEmails } from "../events/on-call-topic";

export interface AlarmsArgs extends CommonArgs {
  emails: readonly pulumi.Input<string>[];
  deadLetters: aws.sqs.Queue;
  /** The state machines of which no execution is to fail. */
  stateMachines: { readonly [name: string]: Watched };
}

/** A state machine, as its alarms see it. */
export interface Watched {
  readonly stateMachine: aws.sfn.StateMachine;
  /** How often a schedule starts it, in minutes. Executions that fail one after the other raise one alarm. @default - each failure raises one */
  readonly intervalMinutes?: pulumi.Input<number>;
}

/** With periods of a minute, CloudWatch evaluates a day at most. */
const maxPeriods = 1440;

/** Tells operators of what no retry mended. */
export class Alarms extends pulumi.ComponentResource {
  readonly topic: aws.sns.Topic;

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

    this.createAlarm("dead-letters", args, {
      alarmDescription:
        "An event or a schedule reached nobody. Look at the messages of the dead-letter queue, mend the cause, and run 'npm run redrive'.",
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: args.deadLetters.name },
      statistic: "Maximum",
      // Executions have none: the next minute without a failure says nothing of what was left.
      okActions: [this.topic.arn],
    });
    for (const [machine, { stateMachine, intervalMinutes }] of Object.entries(args.stateMachines)) {
      for (const metricName of ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"]) {
        this.createAlarm(`${machine}-${metricName}`, args, {
          alarmDescription: `An execution of ${machine} did not succeed: its error and cause say what may still run, and what to do. StreamSweep tries again.`,
          namespace: "AWS/States",
          metricName,
          dimensions: { StateMachineArn: stateMachine.arn },
          statistic: "Sum",
          // Until two intervals have passed without a failure, the alarm stays on and pages nobody again.
          ...(intervalMinutes !== undefined && {
            evaluationPeriods: pulumi
              .output(intervalMinutes)
              .apply((minutes) => Math.min(2 * minutes + 1, maxPeriods)),
            datapointsToAlarm: 1,
          }),
        });
      }
    }
    this.registerOutputs({ topicArn: this.topic.arn });
  }

  private createAlarm(
    suffix: string,
    { tags }: AlarmsArgs,
    alarm: Pick<
      aws.cloudwatch.MetricAlarmArgs,
      | "alarmDescription"
      | "namespace"
      | "metricName"
      | "dimensions"
      | "statistic"
      | "okActions"
      | "evaluationPeriods"
      | "datapointsToAlarm"
    >,
  ): void {
    new aws.cloudwatch.MetricAlarm(
      `${this.name}-${suffix}`,
      {
        evaluationPeriods: 1,
        ...alarm,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        period: 60,
        treatMissingData: "notBreaching",
        alarmActions: [this.topic.arn],
        tags,
      },
      { parent: this },
    );
  }
}
