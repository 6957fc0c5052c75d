import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { eventSource, streamLifecycleProgressed } from "../contracts";
import type { Tags } from "./policy";

/** The bus, its archive, and where events go that nobody could be given. */
export class EventBus extends pulumi.ComponentResource {
  readonly bus: aws.cloudwatch.EventBus;
  /** Holds what a rule could not deliver or a function could not handle, for 14 days. */
  readonly deadLetters: aws.sqs.Queue;

  constructor(
    name: string,
    args: {
      archiveRetentionDays: pulumi.Input<number>;
      /** The ARN pattern of every rule of a bus. */
      rulesArn: (busName: pulumi.Output<string>) => pulumi.Output<string>;
      tags: Tags;
    },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("stream-orchestration:index:EventBus", name, {}, opts);
    const child = { parent: this };

    this.bus = new aws.cloudwatch.EventBus(name, { tags: args.tags }, child);
    new aws.cloudwatch.EventArchive(
      name,
      {
        eventSourceArn: this.bus.arn,
        retentionDays: args.archiveRetentionDays,
        eventPattern: JSON.stringify({ source: [eventSource] }),
      },
      child,
    );
    this.deadLetters = new aws.sqs.Queue(
      `${name}-dead-letters`,
      {
        // The longest that SQS keeps a message.
        messageRetentionSeconds: 14 * 24 * 3600,
        sqsManagedSseEnabled: true,
        tags: args.tags,
      },
      child,
    );
    new aws.sqs.QueuePolicy(
      `${name}-dead-letters`,
      {
        queueUrl: this.deadLetters.url,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "events.amazonaws.com" },
              Action: "sqs:SendMessage",
              Resource: this.deadLetters.arn,
              // Any rule of this bus, the teams' subscriptions included.
              Condition: { ArnLike: { "aws:SourceArn": args.rulesArn(this.bus.name) } },
            },
          ],
        }),
      },
      child,
    );
    this.registerOutputs({ busArn: this.bus.arn, deadLettersArn: this.deadLetters.arn });
  }

  /**
   * Sends the events that match a pattern to a function. What cannot be delivered within a day goes to the dead-letter
   * queue.
   */
  subscribe(
    name: string,
    args: { description: string; pattern: object; target: aws.lambda.Function; tags: Tags },
    opts: pulumi.CustomResourceOptions,
  ): aws.cloudwatch.EventRule {
    const rule = new aws.cloudwatch.EventRule(
      name,
      {
        eventBusName: this.bus.name,
        description: args.description,
        eventPattern: JSON.stringify(args.pattern),
        tags: args.tags,
      },
      opts,
    );
    const permission = new aws.lambda.Permission(
      name,
      {
        action: "lambda:InvokeFunction",
        function: args.target.name,
        principal: "events.amazonaws.com",
        sourceArn: rule.arn,
      },
      opts,
    );
    new aws.cloudwatch.EventTarget(
      name,
      {
        rule: rule.name,
        eventBusName: this.bus.name,
        arn: args.target.arn,
        deadLetterConfig: { arn: this.deadLetters.arn },
        retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
      },
      { ...opts, dependsOn: [permission] },
    );
    return rule;
  }

  /**
   * Lambda retries an event twice and then drops it; this sends it to the dead-letter queue instead. The function's role
   * needs `sqs:SendMessage` on the queue.
   */
  keepFailures(
    name: string,
    target: aws.lambda.Function,
    opts: pulumi.CustomResourceOptions,
  ): aws.lambda.FunctionEventInvokeConfig {
    return new aws.lambda.FunctionEventInvokeConfig(
      name,
      {
        functionName: target.name,
        maximumRetryAttempts: 2,
        destinationConfig: { onFailure: { destination: this.deadLetters.arn } },
      },
      opts,
    );
  }
}

/** Which confirmations resume a workflow: READY or FAILED, from anybody but the workflow itself. */
export const confirmationPattern = {
  source: [eventSource],
  "detail-type": [streamLifecycleProgressed.detailType],
  detail: {
    status: ["READY", "FAILED"],
    // anything-but does not match where the field is missing.
    $or: [{ origin: [{ "anything-but": ["orchestrator"] }] }, { origin: [{ exists: false }] }],
  },
};
