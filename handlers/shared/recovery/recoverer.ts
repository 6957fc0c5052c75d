import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import type { Environment } from "../../../contracts/internal";
import type { OnCall } from "../events/notify-on-call";
import { clientSettings } from "../runtime/aws-clients";
import type { Log } from "../runtime/lambda";
import { wait } from "../runtime/wait";
import type { LeaseTable } from "../store/leases";
import type { StatusRecovery } from "./recover-status";
import type { TeardownMachine } from "./start-teardown";

/** What the recovery of an attempt takes. */
export interface Recoverer extends StatusRecovery, LeaseTable, OnCall, TeardownMachine {}

/** @returns what the recovery takes, from the environment of a Lambda that does it. */
export function createRecoverer(log: Log, environment: Environment<"recover-execution">): Recoverer {
  return {
    dynamodb: new DynamoDBClient(clientSettings),
    sfn: new SFNClient(clientSettings),
    events: new EventBridgeClient(clientSettings),
    sns: new SNSClient(clientSettings),
    tableName: environment.TABLE_NAME,
    leaseTableName: environment.LEASE_TABLE_NAME,
    eventBusName: environment.EVENT_BUS_NAME,
    onCallTopicArn: environment.ON_CALL_TOPIC_ARN,
    teardownStateMachineArn: environment.TEARDOWN_STATE_MACHINE_ARN,
    includeIngestEndpoints: environment.INCLUDE_INGEST_ENDPOINTS !== "false",
    now: () => new Date(),
    wait,
    log,
  };
}
