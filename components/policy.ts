import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { eventSource } from "../contracts";
import type { CommonArgs } from "./common";

/** One statement of an IAM policy: what is allowed or denied, and on which resources. */
export interface PolicyStatement {
  /**
   * What becomes of a request that it is about.
   *
   * @default "Allow"
   */
  readonly effect?: "Allow" | "Deny";
  /** A label, where AWS's own examples have one. */
  readonly sid?: string;
  /** The service that is allowed to act, in a policy of a resource; a role's policies name no principal. */
  readonly service?: string;
  readonly actions: pulumi.Input<readonly string[]>;
  readonly resources: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** Operator → key → values, as IAM writes them. */
  readonly conditions?: pulumi.Input<{
    [operator: string]: { [key: string]: pulumi.Input<string | string[]> };
  }>;
}

/** What it takes to put our events of some types on the bus, and no others. */
export function putEvents(bus: aws.cloudwatch.EventBus, detailTypes: string | string[]): PolicyStatement {
  return {
    actions: ["events:PutEvents"],
    resources: [bus.arn],
    conditions: { StringEquals: { "events:source": eventSource, "events:detail-type": detailTypes } },
  };
}

/** What it takes to send traces to X-Ray. */
export function sendTraces(...furtherActions: string[]): PolicyStatement {
  return {
    actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords", ...furtherActions],
    // Traces belong to the account: none of these actions knows a resource.
    resources: ["*"],
  };
}

/** @returns an IAM policy document (JSON) of the statements given that have a resource: IAM refuses one that has none. */
export function policyDocument(statements: readonly PolicyStatement[]): pulumi.Output<string> {
  const entries = statements.map(({ effect = "Allow", sid, service, actions, resources, conditions }) => ({
    ...(sid !== undefined && { Sid: sid }),
    Effect: effect,
    ...(service !== undefined && { Principal: { Service: service } }),
    Action: actions,
    Resource: resources,
    ...(conditions !== undefined && { Condition: conditions }),
  }));
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: pulumi.output(entries).apply((list) => list.filter(({ Resource }) => Resource.length > 0)),
  });
}

/** Services that name the account for which they act; Lambda is not documented to. */
const servicesThatTellSource = ["states.amazonaws.com", "scheduler.amazonaws.com"];

/** A role that one AWS service assumes, with exactly the statements given, and the use of the customer's key. */
export function serviceRole(
  name: string,
  args: { service: string; statements: readonly PolicyStatement[] } & Pick<
    CommonArgs,
    "accountId" | "tags" | "encryptionKeyArn"
  >,
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
            // Without it the service could be made to act for the resource of another account.
            ...(servicesThatTellSource.includes(args.service) && {
              Condition: { StringEquals: { "aws:SourceAccount": args.accountId } },
            }),
          },
        ],
      }),
      tags: args.tags,
    },
    opts,
  );
  const statements = [...args.statements, ...useOfKey(args.encryptionKeyArn)];
  const policy = new aws.iam.RolePolicy(name, { role: role.id, policy: policyDocument(statements) }, opts);
  return { role, policy };
}

/** Services that store data under a customer's key read and write it with the permissions of their caller. */
function useOfKey(keyArn: CommonArgs["encryptionKeyArn"]): PolicyStatement[] {
  return keyArn === undefined
    ? []
    : [{ actions: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"], resources: [keyArn] }];
}
