import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

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
