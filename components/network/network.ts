import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CommonArgs, Tags } from "../common";
import type { NetworkArgs } from "../stream-orchestration-args";

/** Where a function runs: private subnets, and the security group of the functions. */
export interface FunctionNetwork {
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupId: pulumi.Input<string>;
}

/** The services that the functions inside call, besides DynamoDB, whose gateway endpoint costs nothing. */
const interfaceServices = ["events", "sns", "states"];

/**
 * The network of the functions: a VPC of its own or an existing one, and a security group that lets them reach the VPC's
 * endpoints and DynamoDB, and nothing else.
 */
export class Network extends pulumi.ComponentResource implements FunctionNetwork {
  readonly vpcId: pulumi.Output<string>;
  readonly subnetIds: pulumi.Output<string[]>;
  readonly securityGroupId: pulumi.Output<string>;

  constructor(
    name: string,
    args: NetworkArgs,
    { tags, region, accountId }: Pick<CommonArgs, "tags" | "accountId"> & { region: pulumi.Output<string> },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("stream-orchestration:index:Network", name, {}, opts);
    const child = { parent: this };

    const { vpcId, subnetIds, routeTableIds } = args.create
      ? this.createVpc(name, tags)
      : existing(args as Required<NetworkArgs>);
    this.vpcId = vpcId;
    this.subnetIds = subnetIds;

    const vpcCidr = aws.ec2.getVpcOutput({ id: this.vpcId }, child).cidrBlock;
    const dynamoDb = aws.ec2.getPrefixListOutput(
      { name: pulumi.interpolate`com.amazonaws.${region}.dynamodb` },
      child,
    );
    const securityGroup = new aws.ec2.SecurityGroup(
      name,
      {
        vpcId: this.vpcId,
        description:
          "Functions of stream orchestration: out to the endpoints of the VPC and DynamoDB, nothing in.",
        tags,
      },
      child,
    );
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-endpoints`,
      {
        securityGroupId: securityGroup.id,
        description: "Interface endpoints of the VPC",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        cidrIpv4: vpcCidr,
        tags,
      },
      child,
    );
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-dynamodb`,
      {
        securityGroupId: securityGroup.id,
        description: "DynamoDB through its gateway endpoint",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        prefixListId: dynamoDb.id,
        tags,
      },
      child,
    );
    this.securityGroupId = securityGroup.id;
    if (routeTableIds) this.createEndpoints(name, { region, accountId, tags, vpcCidr, routeTableIds });
    this.registerOutputs({
      vpcId: this.vpcId,
      subnetIds: this.subnetIds,
      securityGroupId: this.securityGroupId,
    });
  }

  /** A VPC of private subnets in two zones: no NAT gateway, and no route to the internet gateway that awsx makes. */
  private createVpc(name: string, tags: Tags) {
    const awsx = loadAwsx();
    const vpc = new awsx.ec2.Vpc(
      name,
      {
        numberOfAvailabilityZones: 2,
        natGateways: { strategy: awsx.ec2.NatGatewayStrategy.None },
        subnetStrategy: awsx.ec2.SubnetAllocationStrategy.Auto,
        subnetSpecs: [{ type: awsx.ec2.SubnetType.Isolated, cidrMask: 24, name: "private" }],
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags,
      },
      { parent: this },
    );
    return {
      vpcId: vpc.vpcId,
      subnetIds: vpc.isolatedSubnetIds,
      routeTableIds: vpc.routeTables.apply((tables) => pulumi.all(tables.map(({ id }) => id))),
    };
  }

  private createEndpoints(
    name: string,
    {
      region,
      accountId,
      tags,
      vpcCidr,
      routeTableIds,
    }: {
      region: pulumi.Output<string>;
      accountId: pulumi.Output<string>;
      tags: Tags;
      vpcCidr: pulumi.Output<string>;
      routeTableIds: pulumi.Output<string[]>;
    },
  ): void {
    const child = { parent: this };
    // An intruder in the network cannot carry data out through an endpoint with credentials of another account.
    const policy = pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: "*",
          Action: "*",
          Resource: "*",
          Condition: { StringEquals: { "aws:PrincipalAccount": accountId } },
        },
      ],
    });
    new aws.ec2.VpcEndpoint(
      `${name}-dynamodb`,
      {
        vpcId: this.vpcId,
        vpcEndpointType: "Gateway",
        serviceName: pulumi.interpolate`com.amazonaws.${region}.dynamodb`,
        routeTableIds,
        policy,
        tags,
      },
      child,
    );
    const securityGroup = new aws.ec2.SecurityGroup(
      `${name}-endpoints`,
      {
        vpcId: this.vpcId,
        description: "Endpoints of stream orchestration: HTTPS from within the VPC.",
        tags,
      },
      child,
    );
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-https`,
      {
        securityGroupId: securityGroup.id,
        description: "HTTPS from within the VPC",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        cidrIpv4: vpcCidr,
        tags,
      },
      child,
    );
    for (const service of interfaceServices) {
      new aws.ec2.VpcEndpoint(
        `${name}-${service}`,
        {
          vpcId: this.vpcId,
          vpcEndpointType: "Interface",
          serviceName: pulumi.interpolate`com.amazonaws.${region}.${service}`,
          subnetIds: this.subnetIds,
          securityGroupIds: [securityGroup.id],
          privateDnsEnabled: true,
          policy,
          tags,
        },
        child,
      );
    }
  }
}

/** `checkArgs` has seen to it that both are there. */
function existing(args: Pick<Required<NetworkArgs>, "vpcId" | "subnetIds">) {
  const subnetIds = pulumi.output(args.subnetIds).apply((ids) => pulumi.all(ids));
  return { vpcId: pulumi.output(args.vpcId), subnetIds, routeTableIds: undefined };
}

/** @pulumi/awsx is an optional peer: only a team that has us make a VPC needs it. */
function loadAwsx(): typeof import("@pulumi/awsx") {
  try {
    return require("@pulumi/awsx") as typeof import("@pulumi/awsx");
  } catch (cause) {
    throw new Error(
      "network.create needs the package @pulumi/awsx, which is not installed: run 'npm install @pulumi/awsx', or name an existing network with network.vpcId and network.subnetIds.",
      { cause },
    );
  }
}
