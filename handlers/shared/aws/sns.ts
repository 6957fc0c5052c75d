import type * as sdk from "@aws-sdk/client-sns";
import { AwsClient, type AwsClientSettings, commandOf } from "./client";
import { queryProtocol } from "./query-protocol";

const protocol = queryProtocol({ host: "sns", signingName: "sns", version: "2010-03-31" });

export class SNSClient extends AwsClient {
  constructor(settings: AwsClientSettings = {}) {
    super(protocol, settings);
  }
}

/** What is published has plain texts alone, without attributes. */
export const PublishCommand = commandOf<
  Required<Pick<sdk.PublishInput, "Message" | "Subject" | "TopicArn">>,
  sdk.PublishResponse
>("Publish");
