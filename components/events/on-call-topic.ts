import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { CommonArgs } from "../common";

export interface OnCallTopicArgs extends CommonArgs {
  emails: readonly pulumi.Input<string>[];
  /** The team's own topic; without it, one is made. */
  topicArn: pulumi.Input<string> | undefined;
}

/** @returns the topic to which every failed attempt is published. */
export function createOnCallTopic(
  name: string,
  { encryptionKeyArn, tags, emails, topicArn }: OnCallTopicArgs,
  opts: pulumi.CustomResourceOptions,
): aws.sns.Topic {
  const topic =
    topicArn === undefined
      ? new aws.sns.Topic(name, { kmsMasterKeyId: encryptionKeyArn ?? "alias/aws/sns", tags }, opts)
      : aws.sns.Topic.get(name, topicArn, undefined, opts);
  subscribeEmails(name, topic, emails, opts);
  return topic;
}

/** Subscribes addresses to a topic, under the topic's name and their place. AWS asks each to confirm first. */
export function subscribeEmails(
  name: string,
  topic: aws.sns.Topic,
  emails: readonly pulumi.Input<string>[],
  opts: pulumi.CustomResourceOptions,
): void {
  emails.forEach((endpoint, index) => {
    new aws.sns.TopicSubscription(
      `${name}-${index}`,
      { topic: topic.arn, protocol: "email", endpoint },
      opts,
    );
  });
}
