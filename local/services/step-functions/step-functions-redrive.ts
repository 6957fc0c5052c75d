import type { Execution } from "../../asl/execution";
import { mostEvents } from "../../asl/history";

const day = 86_400_000;
/** From the end of an execution on. Source for this and the following: RedriveExecution in the API reference. */
const redrivablePeriod = 14 * day;
const maxOpenTime = 365 * day;
/** One place is for ExecutionRedriven, and one for another event. */
const mostEventsBefore = mostEvents - 2;

/**
 * @param now in milliseconds since the Unix epoch.
 * @returns why an execution cannot be redriven, in the words of DescribeExecution's `redriveStatusReason`; undefined where it can be.
 */
export function whyNotRedrivable(execution: Execution, now: number): string | undefined {
  const { status, startedAt, stoppedAt = now, eventCount } = execution;
  if (status === "RUNNING" || status === "SUCCEEDED") {
    return `Execution is ${status} and cannot be redriven`;
  }
  if (eventCount > mostEventsBefore) return "Execution history event limit exceeded";
  if (now - startedAt > maxOpenTime) return "Execution has exceeded the max execution time";
  if (now - stoppedAt > redrivablePeriod) return "Execution redrivable period exceeded";
  return undefined;
}

const tokenMilliseconds = 15 * 60_000;
const maxTokens = 10;

/** The client tokens of an execution's latest redrives: a call that is repeated with one redrives nothing. */
export class RedriveTokens {
  private tokens: { token: string; at: number }[] = [];

  /** @returns when the token was first used; undefined where it was not within 15 minutes. */
  find(token: string | undefined, now: number): number | undefined {
    return this.tokens.find((one) => one.token === token && now - one.at < tokenMilliseconds)?.at;
  }

  add(token: string | undefined, at: number): void {
    if (token !== undefined) this.tokens = [...this.tokens, { token, at }].slice(-maxTokens);
  }
}
