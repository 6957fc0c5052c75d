import { isJsonObject } from "../../../local/json";
import { list, type Rule, resource, unless } from "../rule";
import { types } from "../types";

const everywhere = ["0.0.0.0/0", "::/0"];

export const networkRules: readonly Rule[] = [
  {
    id: "nothing-in-from-everywhere",
    source: "AwsSolutions-EC23; Security Hub EC2.18, EC2.19",
    says: "Nothing comes in from the internet, and what comes in comes by TLS.",
    appliesTo: [types.ingressRule],
    check: ({ inputs }) => [
      ...[inputs.cidrIpv4, inputs.cidrIpv6]
        .flatMap(list)
        .filter((range) => everywhere.includes(range))
        .map((range) => `it lets in ${range}`),
      ...unless(
        inputs.fromPort === 443 && inputs.toPort === 443,
        `it opens the ports from ${String(inputs.fromPort)}`,
      ),
    ],
    wrong: [resource(types.ingressRule, { cidrIpv4: "0.0.0.0/0", fromPort: 443, toPort: 443 })],
  },
  {
    id: "nothing-out-to-everywhere",
    source: "AWS VPC: Security best practices",
    says: "What goes out goes by TLS to the VPC's own endpoints, or to a service's prefix list.",
    appliesTo: [types.egressRule],
    check: ({ inputs }) => [
      ...[inputs.cidrIpv4, inputs.cidrIpv6]
        .flatMap(list)
        .filter((range) => everywhere.includes(range))
        .map((range) => `it lets out to ${range}`),
      ...unless(
        inputs.fromPort === 443 && inputs.toPort === 443,
        `it opens the ports from ${String(inputs.fromPort)}`,
      ),
    ],
    wrong: [resource(types.egressRule, { ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" })],
  },
  {
    id: "security-group-rules-apart",
    source: "AwsSolutions-EC23, AwsSolutions-EC27",
    says: "A security group says what it is for, and opens nothing but by rules of their own.",
    appliesTo: [types.securityGroup],
    check: ({ inputs }) => [
      ...unless(String(inputs.description ?? "").length > 0, "it has no description"),
      ...unless(list(inputs.ingress).length + list(inputs.egress).length === 0, "it has rules inside"),
    ],
    wrong: [resource(types.securityGroup, { ingress: [{ cidrBlocks: ["0.0.0.0/0"] }] })],
  },
  {
    id: "endpoint-policy",
    source: "AWS PrivateLink: Control access to VPC endpoints using endpoint policies",
    says: "An endpoint serves principals of this account alone.",
    appliesTo: [types.endpoint],
    check: ({ inputs }) =>
      unless(
        String(inputs.policy ?? "").includes("aws:PrincipalAccount"),
        "it serves every account's credentials",
      ),
    wrong: [resource(types.endpoint, { serviceName: "com.amazonaws.eu-west-1.sns" })],
  },
  {
    id: "endpoint-private-names",
    source: "AWS PrivateLink: Access an AWS service using an interface endpoint",
    says: "Behind the service's own name stands its endpoint.",
    appliesTo: [types.endpoint],
    check: ({ inputs }) =>
      unless(
        inputs.vpcEndpointType === "Gateway" ||
          (inputs.privateDnsEnabled === true && list(inputs.securityGroupIds).length > 0),
        "its service's name leads elsewhere",
      ),
    wrong: [resource(types.endpoint, { vpcEndpointType: "Interface", privateDnsEnabled: false })],
  },
  {
    id: "private-subnets",
    source: "Security Hub EC2.15, in spirit",
    says: "A VPC that is made has subnets without a way to the internet, in two zones.",
    appliesTo: [types.vpc],
    check: ({ inputs }) => {
      const subnets = Array.isArray(inputs.subnetSpecs) ? inputs.subnetSpecs : [];
      return [
        ...unless(subnets.length > 0, "its subnets are awsx's, of which some are public"),
        ...subnets
          .filter((subnet) => !isJsonObject(subnet) || subnet.type !== "Isolated")
          .map(() => "it has a subnet with a way out"),
        ...unless(Number(inputs.numberOfAvailabilityZones) >= 2, "it has one zone"),
        ...unless(
          isJsonObject(inputs.natGateways) && inputs.natGateways.strategy === "None",
          "it has a NAT gateway",
        ),
      ];
    },
    wrong: [resource(types.vpc, { numberOfAvailabilityZones: 2, natGateways: { strategy: "Single" } })],
  },
];
