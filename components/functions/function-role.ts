import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, createLogGroup } from "../common";
import { type PolicyStatement, sendTraces, serviceRole } from "../policy";

/** Makes the log group of a function, unless the team has one for all, and the role with which it may write to it and do what else is stated. */
export function createFunctionRole(
  name: string,
  args: CommonArgs & { statements: readonly PolicyStatement[] },
  opts: pulumi.CustomResourceOptions,
): { logGroup: aws.cloudwatch.LogGroup; role: aws.iam.Role; policy: aws.iam.RolePolicy } {
  const logGroup = createLogGroup(name, { ...args, namePrefix: `/aws/lambda/${name}-` }, opts);
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
