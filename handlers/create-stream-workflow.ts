import {
  type CreateStreamWorkflowResponse,
  createStreamWorkflowRequestSchema,
  hasEnded,
  normalizeRequest,
} from "../contracts";
import type { OrchestratorInput } from "../contracts/internal";
import { DynamoDBClient } from "./shared/aws/dynamodb";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "./shared/aws/step-functions";
import { type HttpEvent, type HttpResult, json, operation, refusal } from "./shared/http/http";
import { readBody } from "./shared/http/request-body";
import { readRequester } from "./shared/http/requester";
import { isNamed } from "./shared/runtime/errors";
import { type Log, lambda } from "./shared/runtime/lambda";
import { metricOf } from "./shared/runtime/metrics";
import { backoff, type Wait, wait } from "./shared/runtime/wait";
import { latestAttempt } from "./shared/store/attempts";
import { executionArnOf, executionName } from "./shared/store/number-attempt";
import { inputOf, requestOfInput } from "./shared/store/read-request";

export interface CreateStreamWorkflowDeps {
  dynamodb: DynamoDBClient;
  sfn: SFNClient;
  tableName: string;
  stateMachineArn: string;
  now: () => Date;
  wait: Wait;
  log: Log;
}

/** An execution that ended without leaving an item is rare, and twenty in a row are a fault of the deployment. */
const maxNames = 20;

/**
 * `POST /streams`: starts the workflow, once for each request however often and by however many it is sent. It writes
 * nothing itself: the execution's name is the lock.
 *
 * @returns 202 when the request is being worked on; 400 or 413 for a body that is none; 409 while another request for
 * the same stream is active.
 */
export function createCreateStreamWorkflow(deps: CreateStreamWorkflowDeps) {
  return operation("CreateStreamWorkflow", deps.log, async (event) => {
    const result = await answer(deps, event);
    const { statusCode } = result;
    if (statusCode >= 400) {
      deps.log.info("The request was refused.", {
        statusCode,
        ...metricOf(deps.tableName, { RequestsRefused: 1 }),
      });
    }
    return result;
  });
}

async function answer(deps: CreateStreamWorkflowDeps, event: HttpEvent): Promise<HttpResult> {
  const body = readBody(event, createStreamWorkflowRequestSchema);
  if (!body.ok) return body.result;
  const { streamId } = body.value;
  const request = normalizeRequest(body.value);
  const requestText = JSON.stringify(request);
  const input = JSON.stringify({
    ...request,
    requestedBy: readRequester(event),
  } satisfies OrchestratorInput);
  deps.log.appendKeys({ streamId });

  const latest = await latestAttempt(deps, streamId);
  if (latest && !hasEnded(latest.status)) {
    return latest.request === requestText
      ? accepted(deps, streamId, latest.requestedAt)
      : conflict(streamId, latest.attempt, latest.status);
  }
  const { endTime } = request;
  if (endTime !== undefined && Date.parse(endTime) <= deps.now().getTime()) {
    return refusal(400, "Validation failed.", [`endTime must be ahead, received "${endTime}".`]);
  }
  return start(deps, streamId, { input, requestText }, (latest?.attempt ?? 0) + 1);
}

async function start(
  deps: CreateStreamWorkflowDeps,
  streamId: string,
  { input, requestText }: { input: string; requestText: string },
  firstAttempt: number,
): Promise<HttpResult> {
  const { sfn, stateMachineArn } = deps;
  const lastAttempt = firstAttempt + maxNames - 1;
  // One after the other, so that callers who began at different numbers still meet at the same name.
  for (let attempt = firstAttempt; attempt <= lastAttempt; attempt++) {
    const name = executionName(streamId, attempt);
    try {
      const { startDate } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
      deps.log.info("The workflow was started.", { attempt });
      return accepted(deps, streamId, startDate);
    } catch (error) {
      if (!isNamed(error, "ExecutionAlreadyExists")) throw error;
    }
    const existing = await describe(deps, executionArnOf(stateMachineArn, name));
    if (existing.status === "RUNNING") {
      return JSON.stringify(requestOfInput(inputOf(existing))) === requestText
        ? accepted(deps, streamId, existing.startDate)
        : conflict(streamId, attempt, "PROVISIONING");
    }
  }
  // Not a conflict: the caller can do nothing about it, the operators can.
  throw new Error(
    `The executions of stream '${streamId}' from attempt ${firstAttempt} to ${lastAttempt} have ended and left no item in the table. Look into why HandleProvisionFailure could not record them.`,
  );
}

/** Between StartExecution and DescribeExecution, which is eventually consistent. */
const maxReads = 5;

/** Reads an execution that exists for certain, and may not be seen yet. */
async function describe({ sfn, wait }: CreateStreamWorkflowDeps, executionArn: string) {
  for (let looks = 1; ; looks++) {
    try {
      return await sfn.send(new DescribeExecutionCommand({ executionArn }));
    } catch (error) {
      if (!isNamed(error, "ExecutionDoesNotExist") || looks === maxReads) throw error;
    }
    await wait(backoff(looks, 50));
  }
}

function accepted(
  { stateMachineArn }: CreateStreamWorkflowDeps,
  streamId: string,
  since: Date | string | undefined,
): HttpResult {
  const response: CreateStreamWorkflowResponse = {
    streamId,
    detailType: "StreamProvisionRequested",
    stateMachineArn,
    acceptedAt: (since === undefined ? new Date() : new Date(since)).toISOString(),
  };
  return json(202, response);
}

function conflict(streamId: string, attempt: number, status: string): HttpResult {
  return refusal(409, "The stream is already active.", [
    `streamId "${streamId}" is ${status} in attempt ${attempt}, by a request that differs from this one. Wait until it is FAILED or COMPLETE, or take another streamId.`,
  ]);
}

export const handler = lambda("create-stream-workflow", (log, environment) =>
  createCreateStreamWorkflow({
    dynamodb: new DynamoDBClient(),
    sfn: new SFNClient(),
    tableName: environment.TABLE_NAME,
    stateMachineArn: environment.STATE_MACHINE_ARN,
    now: () => new Date(),
    wait,
    log,
  }),
);
