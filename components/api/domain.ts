import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../common";
import type { ApiDomainArgs } from "../stream-orchestration-args";

/** The API's domain name, and what its DNS record has to point at. */
export interface ApiDomainTarget {
  /** The base URL, without a trailing slash. */
  url: string;
  /** The target of a CNAME or alias record for the domain name. */
  targetDomainName: string;
  /** The hosted zone of the target, for an alias record of Route 53. */
  hostedZoneId: string;
}

export const noDomain: ApiDomainTarget = { url: "", targetDomainName: "", hostedZoneId: "" };

/** Gives an API a domain name of the team's own. */
export function createDomain(
  name: string,
  args: ApiDomainArgs & {
    api: aws.apigatewayv2.Api;
    /** The stage, where the component has made it. */
    stage: aws.apigatewayv2.Stage | undefined;
    tags: Tags;
  },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<ApiDomainTarget> {
  const domain = new aws.apigatewayv2.DomainName(
    name,
    {
      domainName: args.name,
      // HTTP APIs take no other type and no older protocol.
      domainNameConfiguration: {
        certificateArn: args.certificateArn,
        endpointType: "REGIONAL",
        securityPolicy: "TLS_1_2",
      },
      tags: args.tags,
    },
    opts,
  );
  new aws.apigatewayv2.ApiMapping(
    name,
    { apiId: args.api.id, domainName: domain.id, stage: "$default" },
    { ...opts, ...(args.stage && { dependsOn: [args.stage] }) },
  );
  return pulumi
    .all([domain.domainName, domain.domainNameConfiguration])
    .apply(([domainName, { targetDomainName, hostedZoneId }]) => ({
      url: `https://${domainName}`,
      targetDomainName,
      hostedZoneId,
    }));
}
