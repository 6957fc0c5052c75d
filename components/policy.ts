import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** One statement of an IAM policy: what is allowed, and on which resources. */
export interface PolicyStatement {
  readonly actions: readonly string[];
  readonly resources: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** Operator → key → values, as IAM writes them. */
  readonly conditions?: pulumi.Input<{
    [operator: string]: { [key: string]: pulumi.Input<string | string[]> };
  }>;
}

/** @returns an IAM policy document (JSON) that allows just the statements given. */
export function policyDocument(statements: readonly PolicyStatement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: statements.map(({ actions, resources, conditions }) => ({
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      ...(conditions !== undefined && { Condition: conditions }),
    })),
  });
}

/** A role that one AWS service assumes, with exactly the statements given. */
export function serviceRole(
  name: string,
  args: { service: string; statements: readonly PolicyStatement[]; tags: Tags },
  opts: pulumi.CustomResourceOptions,
): { role: aws.iam.Role; policy: aws.iam.RolePolicy } {
  const role = new aws.iam.Role(
    name,
    {
      assumeRolePolicy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: args.service },
            Action: "sts:AssumeRole",
          },
        ],
      }),
      tags: args.tags,
    },
    opts,
  );
  const policy = new aws.iam.RolePolicy(
    name,
    { role: role.id, policy: policyDocument(args.statements) },
    opts,
  );
  return { role, policy };
}

/** Tags of every resource that takes them. */
export type Tags = pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
