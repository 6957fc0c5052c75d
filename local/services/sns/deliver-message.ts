import type { Json, JsonObject } from "../../json";
import type { ServiceHops } from "../service-context";
import type { PublishedMessage, SubscriptionSpec } from "./sns";

/**
 * Hands a message to the function or queue of a subscription, as SNS does: by the policy of the target alone.
 * Source: Amazon SNS Developer Guide, "Amazon SNS message and JSON formats"; AWS Lambda Developer Guide, "Using Lambda with Amazon SNS".
 */
export function deliverMessage(
  hops: ServiceHops,
  { topicArn, protocol, endpoint, subscriptionArn, isRaw }: SubscriptionSpec,
  message: PublishedMessage,
): Promise<void> {
  const caller = { kind: "service", name: "sns.amazonaws.com", sourceArn: topicArn } as const;
  const attributes: JsonObject = Object.fromEntries(
    Object.entries(message.attributes).map(([name, { DataType, ...value }]) => [
      name,
      { Type: DataType ?? "String", Value: value.StringValue ?? value.BinaryValue ?? "" },
    ]),
  );
  const notification: JsonObject = {
    Type: "Notification",
    MessageId: message.messageId,
    TopicArn: topicArn,
    ...(message.subject !== undefined && { Subject: message.subject }),
    Message: message.message,
    Timestamp: message.timestamp,
    ...(Object.keys(attributes).length > 0 && { MessageAttributes: attributes }),
  };
  if (protocol === "sqs" && isRaw) return hops.sendMessage(caller, endpoint, message.message);
  const payload: Json =
    protocol === "sqs"
      ? notification
      : {
          Records: [
            {
              EventSource: "aws:sns",
              EventVersion: "1.0",
              EventSubscriptionArn: subscriptionArn ?? topicArn,
              Sns: { Subject: null, MessageAttributes: {}, ...notification },
            },
          ],
        };
  return hops.deliver(caller, endpoint, payload);
}
