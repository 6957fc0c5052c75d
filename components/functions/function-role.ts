import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, keepLogs } from "../common";
import { type PolicyStatement, serviceRole } from "../policy";

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
    { ...args, service: "lambda.amazonaws.com", statements: [writeLog, ...args.statements] },
    opts,
  );
  return { logGroup, ...created };
}
