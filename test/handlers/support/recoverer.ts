import type { DynamoDBClient } from "../../../handlers/shared/aws/dynamodb";
import type { Recoverer } from "../../../handlers/shared/recovery/recoverer";
import { type Actions, awsError, fakeBus, fakeClient, recordingLog } from "./fakes";
import type { Tables } from "./tables";

export const teardownStateMachineArn = "arn:aws:states:eu-west-1:111122223333:stateMachine:teardown";

export interface GivenRecoverer {
  now: string;
  dynamodb?: DynamoDBClient;
  bus?: ReturnType<typeof fakeBus>;
  includeIngestEndpoints?: boolean;
  /** What answers of Step Functions a test wants besides StartExecution. */
  sfn?: Actions;
  snsDown?: boolean;
}

/** @returns a recoverer over the tables, and what it did outside of them. */
export function fakeRecoverer(tables: Tables, { bus = fakeBus(), ...given }: GivenRecoverer) {
  const messages: { Subject: string; Message: string }[] = [];
  const teardowns: unknown[] = [];
  const log = recordingLog();
  const sns = fakeClient({
    Publish: (input) => {
      if (given.snsDown) throw awsError("InternalErrorException");
      messages.push(input as (typeof messages)[number]);
      return {};
    },
  });
  const sfn = fakeClient({
    StartExecution: (input) => {
      teardowns.push({ ...input, input: JSON.parse(String(input.input)) as unknown });
      return {};
    },
    ...given.sfn,
  });
  const recoverer: Recoverer = {
    events: bus.events,
    eventBusName: bus.eventBusName,
    wait: bus.wait,
    dynamodb: given.dynamodb ?? tables.dynamodb,
    tableName: tables.tableName,
    leaseTableName: tables.leaseTableName,
    sns,
    onCallTopicArn: "arn:aws:sns:eu-west-1:111122223333:on-call",
    sfn,
    teardownStateMachineArn,
    component: "recover-execution",
    includeIngestEndpoints: given.includeIngestEndpoints ?? true,
    now: () => new Date(given.now),
    log,
  };
  return { recoverer, bus, messages, teardowns, log };
}
