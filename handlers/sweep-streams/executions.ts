import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type SFNClient,
} from "../shared/aws/step-functions";
import type { EndedExecution } from "../shared/recovery/ended-execution";
import { isNamed } from "../shared/runtime/errors";

/** The maximum size of a page of ListExecutions. */
const maxResults = 1000;

/**
 * Looks at executions of the orchestrator. Hundreds may wait for a scheduled start, so that those which run are listed, a thousand
 * with each call, and only the others are looked at one by one, each once in a run: DescribeExecution is throttled per account.
 */
export class Executions {
  private readonly looks = new Map<string, Promise<EndedExecution | undefined>>();
  private running: Promise<Set<string>> | undefined;

  constructor(
    private readonly sfn: SFNClient,
    private readonly stateMachineArn: string,
  ) {}

  /**
   * @param since when the execution began at the latest, for one that AWS has forgotten.
   * @returns an execution that has ended; undefined for one that runs.
   */
  ended(executionArn: string, since: string): Promise<EndedExecution | undefined> {
    const look = this.looks.get(executionArn) ?? this.look(executionArn, since);
    this.looks.set(executionArn, look);
    return look;
  }

  private async look(executionArn: string, since: string): Promise<EndedExecution | undefined> {
    this.running ??= this.listRunning();
    // The list may be some seconds old: an execution that has ended since is found by the next sweep.
    return (await this.running).has(executionArn) ? undefined : this.describe(executionArn, since);
  }

  private async listRunning(): Promise<Set<string>> {
    const { sfn, stateMachineArn } = this;
    const running = new Set<string>();
    let nextToken: string | undefined;
    do {
      const page = await sfn.send(
        new ListExecutionsCommand({ stateMachineArn, statusFilter: "RUNNING", maxResults, nextToken }),
      );
      for (const { executionArn } of page.executions ?? []) if (executionArn) running.add(executionArn);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return running;
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
