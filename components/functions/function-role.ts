import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, keepLogs } from "../common";
import { type PolicyStatement, sendTraces, serviceRole } from "../policy";

/** Makes the log group of a function, and the role with which it may write to it and do what else is stated. */
export function createFunctionRole(
  name: string,
  args: CommonArgs & { statements: readonly PolicyStatement[] },
  opts: pulumi.CustomResourceOptions,
): { logGroup: aws.cloudwatch.LogGroup; role: aws.iam.Role; policy: aws.iam.RolePolicy } {
  const logGroup = new aws.cloudwatch.LogGroup(
    name,
    {
      namePrefix: `/aws/lambda/${name}-`,
      retentionInDays: args.logRetentionDays,
      kmsKeyId: args.encryptionKeyArn,
      tags: args.tags,
    },
    { ...opts, ...keepLogs },
  );
  const writeLog: PolicyStatement = {
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [pulumi.interpolate`${logGroup.arn}:*`],
  };
  const created = serviceRole(
    name,
    {
      ...args,
      service: "lambda.amazonaws.com",
      statements: [writeLog, ...args.statements, ...(args.tracing ? [sendTraces()] : [])],
    },
    opts,
  );
  return { logGroup, ...created };
}

/** Whether a function sends traces. Without the setting the provider keeps what is set, so that tracing could not be turned off. */
export function tracingConfig({ tracing }: Pick<CommonArgs, "tracing">): { mode: string } {
  return { mode: tracing ? "Active" : "PassThrough" };
}
