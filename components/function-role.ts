import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type PolicyStatement, serviceRole, type Tags } from "./policy";

/** Makes the log group of a function, and the role with which it may write to it and do what else is stated. */
export function createFunctionRole(
  name: string,
  args: { statements: readonly PolicyStatement[]; logRetentionDays: pulumi.Input<number>; tags: Tags },
  opts: pulumi.CustomResourceOptions,
): { logGroup: aws.cloudwatch.LogGroup; role: aws.iam.Role; policy: aws.iam.RolePolicy } {
  const logGroup = new aws.cloudwatch.LogGroup(
    name,
    { namePrefix: `/aws/lambda/${name}-`, retentionInDays: args.logRetentionDays, tags: args.tags },
    opts,
  );
  const writeLog: PolicyStatement = {
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [pulumi.interpolate`${logGroup.arn}:*`],
  };
  const created = serviceRole(
    name,
    { service: "lambda.amazonaws.com", statements: [writeLog, ...args.statements], tags: args.tags },
    opts,
  );
  return { logGroup, ...created };
}
