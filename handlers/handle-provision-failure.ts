import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SNSClient } from "@aws-sdk/client-sns";
import { hasEnded, maskUrls, type StreamStatus } from "../contracts";
import type { FailureSummary, HandleProvisionFailureEvent } from "../contracts/internal";
import { readFailure, reasonOf } from "./shared/events/failure-report";
import { notifyOnCall, type OnCall } from "./shared/events/notify-on-call";
import { type EventBus, emitLifecycleProgressed } from "./shared/events/stream-events";
import { recordFailure } from "./shared/recovery/record-failure";
import { clientSettings } from "./shared/runtime/aws-clients";
import { streamCancelled } from "./shared/runtime/errors";
import { type Handler, lambda } from "./shared/runtime/lambda";
import { Steps } from "./shared/runtime/steps";
import { wait } from "./shared/runtime/wait";
import { latestAttempt } from "./shared/store/attempts";
import { giveBackLeases } from "./shared/store/give-back-leases";
import type { LeaseTable } from "./shared/store/leases";
import { numberAttempt } from "./shared/store/number-attempt";
import { markPublished } from "./shared/store/publication";
import { readRequest, readStreamId } from "./shared/store/read-request";

export interface HandleProvisionFailureDeps extends LeaseTable, EventBus, OnCall {
  now: () => Date;
}

/**
 * The workflow's way out, once it has stopped the channel and cleaned the distribution: gives the lease back, marks the
 * attempt FAILED, emits StreamLifecycleProgressed FAILED and notifies on-call. Each step is idempotent, and tried whatever
 * became of the others. Where the workflow dies before all this is done, `recover-execution` does it.
 *
 * @throws {Error} `ProvisionFailureIncomplete` when a step failed, with all errors: to be repeated.
 */
export function createHandleProvisionFailure(
  deps: HandleProvisionFailureDeps,
): Handler<HandleProvisionFailureEvent, FailureSummary> {
  return async ({ request, execution, failure: told, provision, channels, leftovers }) => {
    const { log } = deps;
    const failure = readFailure(told);
    const reason = reasonOf(failure);
    const at = deps.now().toISOString();
    const streamId = provision?.request.streamId ?? readStreamId(request);
    log.appendKeys({ executionArn: execution.id, streamId });
    const steps = new Steps(log);

    const stream =
      streamId === undefined
        ? undefined
        : await steps.take("The stream's attempts could not be read.", async () => {
            const latest = await latestAttempt(deps, streamId);
            return {
              attempt: provision?.attempt ?? numberAttempt(streamId, execution, latest),
              // An item above the active attempt would make this one the stream.
              othersTurn: latest && !hasEnded(latest.status) && latest.executionArn !== execution.id,
            };
          });
    const attempt = provision?.attempt ?? stream?.attempt;
    log.appendKeys({ attempt });

    await giveBackLeases(deps, steps, {
      executionArn: execution.id,
      channelIds: [...channels, ...(provision?.channel ? [provision.channel] : [])].map(
        ({ channelId }) => channelId,
      ),
      leftovers: leftovers.map(maskUrls),
    });

    let status: StreamStatus | "NONE" | undefined = "NONE";
    let announced = false;
    if (streamId !== undefined && attempt !== undefined) {
      const recorded = await steps.take(`Attempt ${attempt} is not marked FAILED yet.`, async () => ({
        attempt: await recordFailure(deps, {
          streamId,
          attempt,
          execution,
          failure,
          reason,
          at,
          unrecorded: stream && !stream.othersTurn ? { request: readRequest(request) } : null,
        }),
      }));
      status = recorded && (recorded.attempt?.status ?? "NONE");
      if (status === "FAILED") steps.done.push(`Attempt ${attempt} is marked FAILED.`);
      // That the workflow failed is true whether or not the table could be written just now.
      if (status === "FAILED" || (status === undefined && stream && !stream.othersTurn)) {
        const detail = { streamId, status: "FAILED", reason, occurredAt: at, attempt } as const;
        announced =
          (await steps.take("FAILED was not announced on the bus yet.", async () => {
            await emitLifecycleProgressed(deps, { ...detail, origin: "orchestrator" });
            if (recorded?.attempt) await markPublished(deps, recorded.attempt);
            return true;
          })) ?? false;
      }
    }

    const { done, left } = steps;
    // Whoever cancels a start knows of it.
    if (failure.error !== streamCancelled || left.length > 0) {
      await steps.take("On-call was not notified.", () =>
        notifyOnCall(deps, {
          streamId,
          attempt,
          executionArn: execution.id,
          failure,
          done,
          left: [...left],
          errors: steps.describeErrors(),
        }),
      );
    }
    steps.throwIfIncomplete("ProvisionFailureIncomplete");
    log.info("The failure was handled.", { state: failure.state, status });
    return {
      streamId: streamId ?? null,
      attempt: attempt ?? null,
      status: status ?? "NONE",
      announced,
      done,
    };
  };
}

export const handler = lambda("handle-provision-failure", (log, environment) =>
  createHandleProvisionFailure({
    dynamodb: new DynamoDBClient(clientSettings),
    events: new EventBridgeClient(clientSettings),
    sns: new SNSClient(clientSettings),
    tableName: environment.TABLE_NAME,
    leaseTableName: environment.LEASE_TABLE_NAME,
    eventBusName: environment.EVENT_BUS_NAME,
    onCallTopicArn: environment.ON_CALL_TOPIC_ARN,
    now: () => new Date(),
    wait,
    log,
  }),
);
