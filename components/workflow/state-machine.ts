import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type CommonArgs, createLogGroup } from "../common";
import { type PolicyStatement, sendTraces, serviceRole } from "../policy";

/** What Step Functions needs to write an execution's history to a log group. */
const deliverLogs: PolicyStatement = {
  actions: [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
  ],
  // Log delivery belongs to the account: none of these actions knows a resource.
  resources: ["*"],
};

/** Makes a state machine, with a role that may do just what is stated, and its log group. */
export function createStateMachine(
  name: string,
  args: CommonArgs & { definition: pulumi.Output<object>; statements: readonly PolicyStatement[] },
  opts: pulumi.CustomResourceOptions,
): { stateMachine: aws.sfn.StateMachine; role: aws.iam.Role } {
  // Under this prefix CloudWatch Logs does not spend the size of its resource policy on each log group.
  const logGroup = createLogGroup(name, { ...args, namePrefix: `/aws/vendedlogs/states/${name}-` }, opts);
  const { role, policy } = serviceRole(
    name,
    {
      ...args,
      service: "states.amazonaws.com",
      statements: [
        ...args.statements,
        deliverLogs,
        ...(args.tracing ? [sendTraces("xray:GetSamplingRules", "xray:GetSamplingTargets")] : []),
      ],
    },
    opts,
  );
  const stateMachine = new aws.sfn.StateMachine(
    name,
    {
      type: "STANDARD",
      definition: args.definition.apply((definition) => JSON.stringify(definition)),
      roleArn: role.arn,
      loggingConfiguration: {
        // What happened, not with which data: ingest URLs may carry stream keys.
        level: "ALL",
        includeExecutionData: false,
        logDestination: pulumi.interpolate`${logGroup.arn}:*`,
      },
      // Without the member the provider keeps what is set.
      tracingConfiguration: { enabled: args.tracing },
      ...(args.encryptionKeyArn !== undefined && {
        encryptionConfiguration: {
          type: "CUSTOMER_MANAGED_KMS_KEY",
          kmsKeyId: args.encryptionKeyArn,
          kmsDataKeyReusePeriodSeconds: 300,
        },
      }),
      tags: args.tags,
    },
    // CreateStateMachine checks that the role may write the log.
    pulumi.mergeOptions(opts, { dependsOn: [policy] }),
  );
  return { stateMachine, role };
}
