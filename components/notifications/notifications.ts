import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { eventSource, streamHealthChanged, streamLifecycleProgressed } from "../../contracts";
import type { NotificationTarget } from "../../contracts/internal";
import type { CommonArgs } from "../common";
import type { EventBus } from "../events/event-bus";
import { sendToApiDestination, sendToFunction } from "../events/event-rule";
import type { CreateFunction } from "../functions/create-function";
import { functions } from "../functions/functions";
import type { StreamFunction } from "../functions/stream-function";
import { serviceRole } from "../policy";
import type { NotificationTargetArgs } from "../stream-orchestration-args";
import { createChat, isChat } from "./chat";
import { type Destination, destinationOf, isCalled, notificationsFor } from "./destinations";
import { createSignedWebhooks, isSigned } from "./signed-webhooks";

export interface NotificationsArgs extends CommonArgs {
  attempts: aws.dynamodb.Table;
  events: EventBus;
  onCall: aws.sns.Topic;
  alarms: aws.sns.Topic;
  /** Cleans up what is left of attempts. */
  teardown: aws.sfn.StateMachine;
  /** One at least. */
  targets: readonly NotificationTargetArgs[];
  createFunction: CreateFunction;
}

/** In which form each type of target is told. */
const forms = {
  webhook: "notification",
  pagerduty: "pagerDuty",
  slack: "chat",
  teams: "chat",
} as const satisfies { readonly [type in NotificationTargetArgs["type"]]: NotificationTarget["form"] };

/** The events of the bus from which notifications are made: statuses, and channels that are well again. */
const notifiedPattern = {
  source: [eventSource],
  "detail-type": [streamLifecycleProgressed.detailType, streamHealthChanged.detailType],
  detail: { $or: [{ status: ["READY", "LIVE", "COMPLETE", "FAILED"] }, { health: ["OK"] }] },
};

/**
 * Tells targets outside of AWS. `compose-notification` puts an event StreamNotification on the bus for each target that wants to be told, and a rule for each target
 * hands it over, tries again for a day, and keeps what could not be delivered as a dead letter.
 */
export class Notifications extends pulumi.ComponentResource {
  readonly compose: StreamFunction;
  /** `StreamWebhooks`, where a target wants its requests signed. */
  readonly webhooks: aws.sfn.StateMachine | undefined;

  constructor(
    private readonly name: string,
    args: NotificationsArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("stream-orchestration:index:Notifications", name, {}, opts);
    const child = { parent: this };
    const { events, onCall, alarms, targets, tags } = args;
    const selections = targets.map((target) => ({
      name: target.name,
      severities: target.severities ?? ["warning", "critical"],
      statuses: ("statuses" in target && target.statuses) || [],
      form: forms[target.type],
    }));
    this.compose = args.createFunction(
      "compose-notification",
      functions["compose-notification"]({ ...args, targets: selections }),
    );
    events.subscribe(
      name,
      {
        description:
          "Statuses of streams, and channels that are well again: tells the targets that want to know.",
        pattern: notifiedPattern,
        target: this.compose.function,
        tags,
      },
      child,
    );
    events.keepFailures(name, this.compose.function, child);
    sendToFunction(
      `${name}-cleaned-up`,
      {
        description: "A cleanup is done: tells the targets that heard of what was left.",
        // Step Functions tells the account's default bus.
        pattern: {
          source: ["aws.states"],
          "detail-type": ["Step Functions Execution Status Change"],
          detail: { stateMachineArn: [args.teardown.arn], status: ["SUCCEEDED"] },
        },
        target: this.compose.function,
        deadLettersArn: events.deadLetters.arn,
        tags,
      },
      child,
    );
    for (const [suffix, topic] of Object.entries({ "on-call": onCall, alarms })) {
      const permission = new aws.lambda.Permission(
        `${name}-${suffix}`,
        {
          action: "lambda:InvokeFunction",
          function: this.compose.function.name,
          principal: "sns.amazonaws.com",
          sourceArn: topic.arn,
        },
        child,
      );
      new aws.sns.TopicSubscription(
        `${name}-${suffix}`,
        { topic: topic.arn, protocol: "lambda", endpoint: this.compose.arn },
        { ...child, dependsOn: [permission] },
      );
    }
    const signed = targets.filter(isSigned);
    if (signed.length > 0) this.webhooks = createSignedWebhooks(name, { ...args, targets: signed }, child);
    for (const target of targets) {
      if (isChat(target)) createChat(`${name}-${target.name}`, target, args, child);
      else if (isCalled(target)) this.createDestination(target, destinationOf(target), args);
    }
    this.registerOutputs({ composeFunctionArn: this.compose.arn });
  }

  private createDestination(
    target: NotificationTargetArgs,
    { connection, url, maxPerSecond, inputPath }: Destination,
    args: NotificationsArgs,
  ): void {
    const name = `${this.name}-${target.name}`;
    const child = { parent: this };
    const made = new aws.cloudwatch.EventConnection(
      name,
      // EventBridge keeps what is secret in Secrets Manager.
      { ...connection, kmsKeyIdentifier: args.encryptionKeyArn },
      child,
    );
    const destination = new aws.cloudwatch.EventApiDestination(
      name,
      {
        connectionArn: made.arn,
        httpMethod: "POST",
        invocationEndpoint: url,
        invocationRateLimitPerSecond: maxPerSecond ?? 300,
      },
      child,
    );
    const { role, policy } = serviceRole(
      name,
      {
        ...args,
        service: "events.amazonaws.com",
        statements: [{ actions: ["events:InvokeApiDestination"], resources: [destination.arn] }],
      },
      child,
    );
    sendToApiDestination(
      name,
      {
        eventBusName: args.events.bus.name,
        description: `Hands notifications to the target ${target.name}.`,
        pattern: notificationsFor(target.name),
        ...{ target: destination, role, policy, inputPath },
        deadLettersArn: args.events.deadLetters.arn,
        tags: args.tags,
      },
      child,
    );
  }
}
