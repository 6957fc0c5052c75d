import type { Environment } from "../../../contracts/internal";
import { DynamoDBClient } from "../aws/dynamodb";
import { EventBridgeClient } from "../aws/event-bridge";
import { SNSClient } from "../aws/sns";
import { SFNClient } from "../aws/step-functions";
import type { OnCall } from "../events/notify-on-call";
import type { Log } from "../runtime/lambda";
import { wait } from "../runtime/wait";
import type { LeaseTable } from "../store/leases";
import type { StatusRecovery } from "./recover-status";
import type { TeardownMachine } from "./start-teardown";

/** What the recovery of an attempt takes. */
export interface Recoverer extends StatusRecovery, LeaseTable, OnCall, TeardownMachine {}

/** @returns what the recovery takes, from the environment of a Lambda that does it. */
export function createRecoverer(
  log: Log,
  environment: Environment<"recover-execution">,
  component: Recoverer["component"],
): Recoverer {
  return {
    dynamodb: new DynamoDBClient(),
    sfn: new SFNClient(),
    events: new EventBridgeClient(),
    sns: new SNSClient(),
    tableName: environment.TABLE_NAME,
    leaseTableName: environment.LEASE_TABLE_NAME,
    eventBusName: environment.EVENT_BUS_NAME,
    onCallTopicArn: environment.ON_CALL_TOPIC_ARN,
    teardownStateMachineArn: environment.TEARDOWN_STATE_MACHINE_ARN,
    includeIngestEndpoints: environment.INCLUDE_INGEST_ENDPOINTS !== "false",
    component,
    now: () => new Date(),
    wait,
    log,
  };
}
