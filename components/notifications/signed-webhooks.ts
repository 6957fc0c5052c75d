import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CommonArgs } from "../common";
import type { EventBus } from "../events/event-bus";
import { sendToStateMachine } from "../events/event-rule";
import type { CreateFunction } from "../functions/create-function";
import { functions } from "../functions/functions";
import { serviceRole } from "../policy";
import type { NotificationTargetArgs, WebhookArgs } from "../stream-orchestration-args";
import { streamWebhooks } from "../workflow/notifications/stream-webhooks";
import { createStateMachine } from "../workflow/state-machine";
import { notificationsFor } from "./destinations";

/** A webhook that wants its requests signed. */
export interface SignedWebhookArgs extends WebhookArgs {
  auth: Extract<WebhookArgs["auth"], { hmac: unknown }>;
}

export function isSigned(target: NotificationTargetArgs): target is SignedWebhookArgs {
  return target.type === "webhook" && "hmac" in target.auth;
}

/**
 * Makes `StreamWebhooks` and its function, and for each target a secret and a rule.
 *
 * @returns `StreamWebhooks`.
 */
export function createSignedWebhooks(
  name: string,
  args: CommonArgs & {
    events: EventBus;
    createFunction: CreateFunction;
    targets: readonly SignedWebhookArgs[];
  },
  opts: pulumi.CustomResourceOptions,
): aws.sfn.StateMachine {
  const { events, targets, createFunction } = args;
  const webhooks = targets.map((target) => {
    const secret = new aws.secretsmanager.Secret(
      `${name}-${target.name}`,
      {
        description: `The key with which notifications to ${target.name} are signed.`,
        kmsKeyId: args.encryptionKeyArn,
        tags: args.tags,
      },
      opts,
    );
    new aws.secretsmanager.SecretVersion(
      `${name}-${target.name}`,
      { secretId: secret.id, secretString: pulumi.secret(target.auth.hmac.secret) },
      opts,
    );
    return { name: target.name, url: target.url, secretArn: secret.arn };
  });
  const send = createFunction("send-webhook", functions["send-webhook"]({ targets: webhooks }));
  const { stateMachine } = createStateMachine(
    `${name}-StreamWebhooks`,
    {
      ...args,
      definition: pulumi
        .output({ sendFunctionArn: send.arn, deadLetterQueueUrl: events.deadLetters.url })
        .apply(streamWebhooks),
      statements: [
        // SendWebhook
        { actions: ["lambda:InvokeFunction"], resources: [send.arn] },
        // KeepLetter
        { actions: ["sqs:SendMessage"], resources: [events.deadLetters.arn] },
      ],
    },
    opts,
  );
  const { role, policy } = serviceRole(
    `${name}-webhooks`,
    {
      ...args,
      service: "events.amazonaws.com",
      statements: [{ actions: ["states:StartExecution"], resources: [stateMachine.arn] }],
    },
    opts,
  );
  for (const target of targets) {
    sendToStateMachine(
      `${name}-${target.name}`,
      {
        eventBusName: events.bus.name,
        description: `Hands notifications to the target ${target.name}.`,
        pattern: notificationsFor(target.name),
        ...{ target: stateMachine, role, policy, takes: "event" },
        deadLettersArn: events.deadLetters.arn,
        tags: args.tags,
      },
      opts,
    );
  }
  return stateMachine;
}
