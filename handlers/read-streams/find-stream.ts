import type { Attempt, OrchestratorInput } from "../../contracts/internal";
import { DescribeExecutionCommand, type SFNClient } from "../shared/aws/step-functions";
import { isNamed } from "../shared/runtime/errors";
import { type AttemptTable, latestAttempt } from "../shared/store/attempts";
import { executionArnOf, executionName } from "../shared/store/number-attempt";
import { inputOf, readRequest } from "../shared/store/read-request";

export interface StreamSource extends AttemptTable {
  sfn: SFNClient;
  stateMachineArn: string;
}

/**
 * @returns a stream's latest attempt; undefined for an unknown stream. The first one is known from its request on, though its workflow stores it some
 * seconds later, and later still where it waits for a channel that is being given back.
 */
export async function findStream(source: StreamSource, streamId: string): Promise<Attempt | undefined> {
  return (await latestAttempt(source, streamId)) ?? (await unstoredAttempt(source, streamId));
}

async function unstoredAttempt(
  { sfn, stateMachineArn }: StreamSource,
  streamId: string,
): Promise<Attempt | undefined> {
  const executionArn = executionArnOf(stateMachineArn, executionName(streamId, 1));
  try {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const { status, startDate } = execution;
    const input = inputOf(execution);
    const request = readRequest(input);
    // One that has ended without an attempt has left nothing to read, or recovery is about to store it.
    if (status !== "RUNNING" || !request || startDate === undefined) return undefined;
    const { requestedBy } = input as OrchestratorInput;
    const at = new Date(startDate).toISOString();
    return {
      streamId,
      attempt: 1,
      status: "PROVISIONING",
      title: request.title,
      startTime: request.startTime,
      request: JSON.stringify(request),
      executionArn,
      history: [{ status: "PROVISIONING", at, origin: "orchestrator", ...requestedBy }],
      requestedAt: at,
      updatedAt: at,
    };
  } catch (error) {
    if (isNamed(error, "ExecutionDoesNotExist")) return undefined;
    throw error;
  }
}
