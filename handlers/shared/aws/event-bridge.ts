import type * as sdk from "@aws-sdk/client-eventbridge";
import { AwsClient, type AwsClientSettings, commandOf } from "./client";
import { jsonProtocol } from "./json-protocol";

const protocol = jsonProtocol({ host: "events", signingName: "events", target: "AWSEvents", version: "1.1" });

export class EventBridgeClient extends AwsClient {
  constructor(settings: AwsClientSettings = {}) {
    super(protocol, settings);
  }
}

export const DescribeEventBusCommand = commandOf<sdk.DescribeEventBusRequest, sdk.DescribeEventBusResponse>(
  "DescribeEventBus",
);
/** Answers 200 even where entries were lost: see `FailedEntryCount`. */
export const PutEventsCommand = commandOf<sdk.PutEventsRequest, sdk.PutEventsResponse>("PutEvents");
