import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { FunctionName } from "../../contracts/internal";
import type { CommonArgs } from "../common";
import type { FunctionNetwork } from "../network/network";
import type { PolicyStatement } from "../policy";
import { bundleFolder } from "./bundles";
import { createFunctionRole, tracingConfig } from "./function-role";

export interface StreamFunctionArgs extends CommonArgs {
  /** Which of the package's Lambdas this is. */
  handler: FunctionName;
  /** The environment variables that the handler reads. */
  environment: { [variable: string]: pulumi.Input<string> };
  /** What the handler may do, besides writing to its own log group. */
  statements: readonly PolicyStatement[];
  /** Seconds until Lambda stops an invocation. */
  timeoutSeconds: number;
  /**
   * Where the function runs.
   *
   * @default - in Lambda's own network
   */
  network?: FunctionNetwork;
}

/** A Lambda function with its role, its log group, and the bundle that was built with the package. */
export class StreamFunction extends pulumi.ComponentResource {
  readonly function: aws.lambda.Function;
  readonly arn: pulumi.Output<string>;
  readonly role: aws.iam.Role;

  constructor(name: string, args: StreamFunctionArgs, opts: pulumi.ComponentResourceOptions) {
    super("stream-orchestration:index:StreamFunction", name, {}, opts);
    const child = { parent: this };

    const { logGroup, role, policy } = createFunctionRole(
      name,
      {
        ...args,
        statements: [...args.statements, ...(args.network ? [networkInterfaces, noNetworkInterfaces] : [])],
      },
      child,
    );
    this.function = new aws.lambda.Function(
      name,
      {
        runtime: aws.lambda.Runtime.NodeJS24dX,
        architectures: ["arm64"],
        handler: "index.handler",
        code: new pulumi.asset.FileArchive(bundleFolder(args.handler)),
        role: role.arn,
        // Loading the AWS SDK is bound by the processor, which Lambda gives in proportion to memory.
        memorySize: 512,
        timeout: args.timeoutSeconds,
        // Lambda takes no environment without a variable.
        ...(Object.keys(args.environment).length > 0 && { environment: { variables: args.environment } }),
        kmsKeyArn: args.encryptionKeyArn,
        loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
        tracingConfig: tracingConfig(args),
        ...(args.network && {
          vpcConfig: { subnetIds: args.network.subnetIds, securityGroupIds: [args.network.securityGroupId] },
        }),
        tags: args.tags,
      },
      // Without its policy the first invocations would be denied.
      { ...child, dependsOn: [policy] },
    );
    this.arn = this.function.arn;
    this.role = role;
    this.registerOutputs({ arn: this.arn });
  }
}

/** What Lambda needs to place a function in a VPC. */
const networkInterfaces: PolicyStatement = {
  actions: [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ],
  // Lambda validates these against "*" when the function is created: it refuses a role that scopes them.
  resources: ["*"],
};

/**
 * Lambda gives the function's own code the same role. The condition key is there when a function's code makes the request, and not when Lambda does
 * (Lambda guide, "Giving Lambda functions access to resources in an Amazon VPC").
 */
const noNetworkInterfaces: PolicyStatement = {
  effect: "Deny",
  actions: ["ec2:*NetworkInterface*", "ec2:*PrivateIpAddresses"],
  resources: ["*"],
  // Only functions of this component take on the role.
  conditions: { ArnEquals: { "lambda:SourceFunctionArn": "arn:*:lambda:*:*:function:*" } },
};
