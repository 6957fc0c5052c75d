import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Tags of every resource that takes them. */
export type Tags = pulumi.Input<{ [key: string]: pulumi.Input<string> }>;

/**
 * Options of a log group. Another prefix of its name would replace it, and delete its lines: the log groups of a component that is
 * renamed keep theirs.
 */
const keepLogs: pulumi.CustomResourceOptions = { ignoreChanges: ["namePrefix"] };

/** @returns the team's own log group, or else a new one whose name has the prefix. */
export function createLogGroup(
  name: string,
  args: Pick<CommonArgs, "logGroup" | "logRetentionDays" | "encryptionKeyArn" | "tags"> & {
    namePrefix: string;
  },
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.LogGroup {
  if (args.logGroup) return args.logGroup;
  return new aws.cloudwatch.LogGroup(
    name,
    {
      namePrefix: args.namePrefix,
      retentionInDays: args.logRetentionDays,
      kmsKeyId: args.encryptionKeyArn,
      tags: args.tags,
    },
    { ...opts, ...keepLogs },
  );
}

/** What every part of a `StreamOrchestration` is made with. */
export interface CommonArgs {
  tags: Tags;
  /** A log group of the team's own for all that is logged. */
  logGroup: aws.cloudwatch.LogGroup | undefined;
  /** Days until a log line is deleted. */
  logRetentionDays: pulumi.Input<number>;
  /** The account of the deployment. */
  accountId: pulumi.Output<string>;
  /** The customer's key for all that is stored; AWS's own keys without one. */
  encryptionKeyArn: pulumi.Input<string> | undefined;
  /** Whether functions and workflows send traces to X-Ray. */
  tracing: boolean;
}
