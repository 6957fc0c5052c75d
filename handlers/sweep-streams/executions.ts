import { DescribeExecutionCommand, type SFNClient } from "../shared/aws/step-functions";
import type { EndedExecution } from "../shared/recovery/ended-execution";
import { isNamed } from "../shared/runtime/errors";

/** Looks at executions, at each once in a run: DescribeExecution is throttled per account. */
export class Executions {
  private readonly looks = new Map<string, Promise<EndedExecution | undefined>>();

  constructor(private readonly sfn: SFNClient) {}

  /**
   * @param since when the execution began at the latest, for one that AWS has forgotten.
   * @returns an execution that has ended; undefined for one that runs.
   */
  ended(executionArn: string, since: string): Promise<EndedExecution | undefined> {
    const look = this.looks.get(executionArn) ?? this.describe(executionArn, since);
    this.looks.set(executionArn, look);
    return look;
  }

  private async describe(executionArn: string, since: string): Promise<EndedExecution | undefined> {
    const ended = { executionArn, name: executionArn.split(":").at(-1) ?? "", startTime: since };
    try {
      const { status, startDate, ...told } = await this.sfn.send(
        new DescribeExecutionCommand({ executionArn }),
      );
      // One that waits for its redrive goes on without a change of its ARN.
      if (status === "RUNNING" || status === "PENDING_REDRIVE") return undefined;
      return {
        ...ended,
        ...(startDate && { startTime: startDate.toISOString() }),
        status: status === "ABORTED" || status === "TIMED_OUT" ? status : "FAILED",
        input: told.input,
        error: told.error,
        cause: told.cause,
      };
    } catch (error) {
      if (!isNamed(error, "ExecutionDoesNotExist")) throw error;
      // AWS forgets an execution 90 days after its end.
      return { ...ended, status: "FAILED", cause: "The execution does not exist any more." };
    }
  }
}
