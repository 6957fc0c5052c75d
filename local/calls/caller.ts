/** Who makes a call. */
export interface Caller {
  /** A person or program from outside, one of the program's functions or state machines, or AWS itself for a rule or an API. */
  readonly kind: "user" | "function" | "state-machine" | "service";
  /** A function's or state machine's physical name, a service's principal such as `events.amazonaws.com`, or `user`. */
  readonly name: string;
  /** The role that it acts with; a user has all rights, and a service without a role those of resource policies. */
  readonly roleArn?: string | undefined;
  /** What a service acts for: the ARN of the rule or the API route. */
  readonly sourceArn?: string;
  /** A function's invocation. */
  readonly invocationId?: string;
  /** A state machine's execution. */
  readonly executionArn?: string;
}
