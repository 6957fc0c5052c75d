import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { eventSource } from "../../contracts";
import type { CommonArgs, Tags } from "../common";
import { sendToFunction } from "./event-rule";

/** The bus, its archive, and the queue of the events that could not be delivered. */
export class EventBus extends pulumi.ComponentResource {
  readonly bus: aws.cloudwatch.EventBus;
  /** Holds what a rule could not deliver or a function could not handle, for 14 days. */
  readonly deadLetters: aws.sqs.Queue;

  constructor(
    private readonly name: string,
    args: CommonArgs & {
      archiveRetentionDays: pulumi.Input<number>;
      /** The team's own bus; without it, one is made. */
      busName: pulumi.Input<string> | undefined;
    },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("stream-orchestration:index:EventBus", name, {}, opts);
    const child = { parent: this };

    this.deadLetters = new aws.sqs.Queue(
      `${name}-dead-letters`,
      {
        // The longest that SQS keeps a message.
        messageRetentionSeconds: 14 * 24 * 3600,
        ...(args.encryptionKeyArn === undefined
          ? { sqsManagedSseEnabled: true }
          : { kmsMasterKeyId: args.encryptionKeyArn }),
        tags: args.tags,
      },
      child,
    );
    this.bus =
      args.busName === undefined
        ? this.createBus(args)
        : aws.cloudwatch.EventBus.get(name, args.busName, undefined, child);
    new aws.cloudwatch.EventArchive(
      name,
      {
        eventSourceArn: this.bus.arn,
        retentionDays: args.archiveRetentionDays,
        eventPattern: JSON.stringify({ source: [eventSource] }),
        kmsKeyIdentifier: args.encryptionKeyArn,
      },
      child,
    );
    this.registerOutputs({ busArn: this.bus.arn, deadLettersArn: this.deadLetters.arn });
  }

  private createBus({ encryptionKeyArn, tags }: CommonArgs): aws.cloudwatch.EventBus {
    return new aws.cloudwatch.EventBus(
      this.name,
      {
        // An event that cannot be encrypted or decrypted any more has been accepted already.
        ...(encryptionKeyArn !== undefined && {
          kmsKeyIdentifier: encryptionKeyArn,
          deadLetterConfig: { arn: this.deadLetters.arn },
        }),
        tags,
      },
      { parent: this },
    );
  }

  /**
   * Lets rules, and the bus itself, put what they cannot deliver into the dead-letter queue.
   *
   * @param ruleArns their ARNs; `*` stands for any characters.
   */
  acceptDeadLetters(ruleArns: readonly pulumi.Input<string>[]): void {
    new aws.sqs.QueuePolicy(
      `${this.name}-dead-letters`,
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
              Condition: { ArnLike: { "aws:SourceArn": [...ruleArns, this.bus.arn] } },
            },
            {
              Effect: "Deny",
              Principal: "*",
              Action: "sqs:*",
              Resource: this.deadLetters.arn,
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        }),
      },
      { parent: this },
    );
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
    return sendToFunction(
      name,
      { ...args, eventBusName: this.bus.name, deadLettersArn: this.deadLetters.arn },
      opts,
    );
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
