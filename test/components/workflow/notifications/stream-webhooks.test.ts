import { join } from "node:path";
import { streamWebhooks } from "../../../../components/workflow/notifications/stream-webhooks";
import { itIsWellFormed } from "../../../support/definition-suite";

describe("The definition of StreamWebhooks", () => {
  const definition = streamWebhooks({
    sendFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:send-webhook",
    deadLetterQueueUrl: "https://sqs.eu-west-1.amazonaws.com/123456789012/dead-letters",
  });
  itIsWellFormed(definition, join(__dirname, "stream-webhooks.asl.json"));
});
