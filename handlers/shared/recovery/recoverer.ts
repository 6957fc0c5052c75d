import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { clientSettings } from "../runtime/aws-clients";
import { environment } from "../runtime/environment";
import type { Log } from "../runtime/logger";
import { wait } from "../runtime/wait";
import type { Recoverer } from "./recover-attempt";

/** @returns what recovering takes, from the environment of the Lambda that does it. */
export function createRecoverer(log: Log): Recoverer {
  return {
    dynamodb: new DynamoDBClient(clientSettings),
    sfn: new SFNClient(clientSettings),
    events: new EventBridgeClient(clientSettings),
    sns: new SNSClient(clientSettings),
    tableName: environment("TABLE_NAME"),
    leaseTableName: environment("LEASE_TABLE_NAME"),
    eventBusName: environment("EVENT_BUS_NAME"),
    onCallTopicArn: environment("ON_CALL_TOPIC_ARN"),
    teardownStateMachineArn: environment("TEARDOWN_STATE_MACHINE_ARN"),
    includeIngestEndpoints: process.env.INCLUDE_INGEST_ENDPOINTS !== "false",
    now: () => new Date(),
    wait,
    log,
  };
}
