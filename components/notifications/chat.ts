import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CommonArgs } from "../common";
import type { EventBus } from "../events/event-bus";
import { sendToTopic } from "../events/event-rule";
import type { NotificationTargetArgs, SlackArgs, TeamsArgs } from "../stream-orchestration-args";
import { notificationsFor } from "./destinations";

export function isChat(target: NotificationTargetArgs): target is SlackArgs | TeamsArgs {
  return target.type === "slack" || target.type === "teams";
}

/** The most that people may have AWS do from the channel: nothing. Without a guardrail it would be whatever the role may do. */
const guardrailPolicyArns = ["arn:aws:iam::aws:policy/AWSDenyAll"];

/** Makes a topic with a rule that publishes notifications on it, and the channel that Amazon Q Developer in chat applications shows them in. */
export function createChat(
  name: string,
  target: SlackArgs | TeamsArgs,
  args: CommonArgs & { events: EventBus },
  opts: pulumi.CustomResourceOptions,
): void {
  // EventBridge cannot publish to a topic under AWS's managed key, whose policy it is not in.
  const topic = new aws.sns.Topic(name, { kmsMasterKeyId: args.encryptionKeyArn, tags: args.tags }, opts);
  const rule = sendToTopic(
    name,
    {
      eventBusName: args.events.bus.name,
      description: `Hands notifications to the target ${target.name}.`,
      pattern: notificationsFor(target.name),
      ...{ target: topic, inputPath: "$.detail.chat" },
      deadLettersArn: args.events.deadLetters.arn,
      tags: args.tags,
    },
    opts,
  );
  new aws.sns.TopicPolicy(
    name,
    {
      arn: topic.arn,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "sns:Publish",
            Resource: topic.arn,
            Condition: { ArnEquals: { "aws:SourceArn": rule.arn } },
          },
          {
            Effect: "Deny",
            Principal: "*",
            Action: "sns:Publish",
            Resource: topic.arn,
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      }),
    },
    opts,
  );
  // Members of the channel may ask for whatever the role may do: nothing.
  const role = new aws.iam.Role(
    name,
    {
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "chatbot.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      }),
      tags: args.tags,
    },
    opts,
  );
  const common = {
    // Pulumi makes no name for it, and the topic's is as good.
    configurationName: topic.name,
    iamRoleArn: role.arn,
    snsTopicArns: [topic.arn],
    guardrailPolicyArns,
    tags: args.tags,
  };
  if (target.type === "slack") {
    const { workspaceId: slackTeamId, channelId: slackChannelId } = target;
    new aws.chatbot.SlackChannelConfiguration(name, { ...common, slackTeamId, slackChannelId }, opts);
  } else {
    const { teamId, tenantId, channelId } = target;
    new aws.chatbot.TeamsChannelConfiguration(name, { ...common, teamId, tenantId, channelId }, opts);
  }
}
