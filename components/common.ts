import type * as pulumi from "@pulumi/pulumi";

/** Tags of every resource that takes them. */
export type Tags = pulumi.Input<{ [key: string]: pulumi.Input<string> }>;

/**
 * Options of a log group. Another prefix of its name would replace it, and delete its lines: the log groups of a component that is
 * renamed keep theirs.
 */
export const keepLogs: pulumi.CustomResourceOptions = { ignoreChanges: ["namePrefix"] };

/** What every part of a `StreamOrchestration` is made with. */
export interface CommonArgs {
  tags: Tags;
  /** Days until a log line is deleted. */
  logRetentionDays: pulumi.Input<number>;
  /** The account that all of it is in. */
  accountId: pulumi.Output<string>;
  /** The customer's key for all that is stored; AWS's own keys without one. */
  encryptionKeyArn: pulumi.Input<string> | undefined;
  /** Whether functions and workflows send traces to X-Ray. */
  tracing: boolean;
}
