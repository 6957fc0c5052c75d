import { one, type PermissionsOf, text } from "../../iam/permissions";
import { type Graph, idsInPolicies, resourcesOfType } from "../../record/graph";
import { named } from "../../record/outputs";
import { defineService } from "../define-service";
import { CloudFront } from "./cloudfront";
import type { DistributionQuotas } from "./cloudfront-config";
import { fromSdkMembers, toSdkMembers } from "./sdk-members";
import { cloudFrontXml } from "./wire";

// CloudFront is global: its ARNs have no Region.
const onDistribution = (action: string): PermissionsOf =>
  one(action, ({ Id }, { accountId }) => `arn:aws:cloudfront::${accountId}:distribution/${text(Id)}`);

/**
 * Quotas belong to the account, and no resource of a program states them. A workflow that counts on quotas says so in the `Comment` of a
 * state: `CloudFront quotas of E123: 75 cache behaviors, 100 origins.`
 */
function* quotasInDefinitions(graph: Graph): Generator<[id: string, quotas: DistributionQuotas]> {
  const stated = /CloudFront quotas of (\w+): (\d+) cache behaviors, (\d+) origins/g;
  for (const { inputs } of resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine")) {
    for (const [, id = "", behaviors, origins] of String(inputs.definition).matchAll(stated)) {
      yield [id, { cacheBehaviors: Number(behaviors), origins: Number(origins) }];
    }
  }
}

export const cloudFront = defineService({
  name: "CloudFront",
  create: ({ clock, accountId }) => new CloudFront({ clock, accountId }),

  outputs: {
    "aws:cloudfront/function:Function": (resource) => ({
      ...named(resource),
      arn: `arn:aws:cloudfront::${resource.place.accountId}:function/${resource.physicalName}`,
    }),
  },

  /** Distributions exist before the program: those that its policies name are made up. */
  declare(graph, service) {
    for (const id of idsInPolicies(graph, /arn:aws:cloudfront::\d+:distribution\/(\w+)/g)) {
      service.addDistribution(id);
    }
    for (const [id, quotas] of quotasInDefinitions(graph)) service.setQuotas(id, quotas);
  },

  api: {
    protocols: [cloudFrontXml],
    actions: {
      GetDistribution: onDistribution("cloudfront:GetDistribution"),
      GetDistributionConfig: onDistribution("cloudfront:GetDistributionConfig"),
      UpdateDistribution: onDistribution("cloudfront:UpdateDistribution"),
    },
    denial: { code: "AccessDenied", statusCode: 403 },
    faults: {
      throttle: ["Throttling", "Rate exceeded", 400],
      broken: ["ServiceUnavailable", "CloudFront is temporarily unable to handle the request.", 503],
    },
    integrations: {
      sdk: { name: "cloudfront", prefix: "CloudFront", toModel: fromSdkMembers, ofModel: toSdkMembers },
    },
  },
});
