import type { Interceptor, ServiceCall } from "../calls/calls";
import { AwsError } from "../services";

/** A call of an AWS API, and what its caller saw. */
export interface LoggedCall {
  readonly service: ServiceCall["service"];
  readonly action: string;
  /** The caller's name. */
  readonly caller: string;
  readonly kind: ServiceCall["caller"]["kind"];
  /** The function's invocation that made it. */
  readonly invocationId?: string;
  /** `pending` until it is answered; an error's code, such as `ConditionalCheckFailedException`. */
  outcome: "pending" | "answered" | (string & {});
}

/** Every call, in the order in which they were made. */
export class CallLog {
  readonly calls: LoggedCall[] = [];

  readonly intercept: Interceptor = async (call, proceed) => {
    const { service, action, caller } = call;
    const { name, kind, invocationId } = caller;
    const logged: LoggedCall = {
      ...{ service, action, caller: name, kind, outcome: "pending" },
      ...(invocationId !== undefined && { invocationId }),
    };
    this.calls.push(logged);
    try {
      const answer = await proceed();
      logged.outcome = "answered";
      return answer;
    } catch (error) {
      logged.outcome = error instanceof AwsError ? error.code : "InternalFailure";
      throw error;
    }
  };
}
