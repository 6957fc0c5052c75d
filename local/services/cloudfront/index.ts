import { one, type Permission, type PermissionsOf, text } from "../../iam/permissions";
import { isJsonObject, type Json, type JsonObject } from "../../json";
import { type Graph, idsInPolicies, resourcesOfType } from "../../record/graph";
import { digest, named, type Outputs } from "../../record/outputs";
import { defineService } from "../define-service";
import { CloudFront } from "./cloudfront";
import type { DistributionQuotas } from "./cloudfront-config";
import { declaredDistribution } from "./declared-distribution";
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

/** CloudFront asks whether the caller may read the web ACL that the configuration names (aws-sdk-java #2901). */
function readWebAcl(config: Json | undefined): Permission[] {
  const arn = isJsonObject(config ?? null) ? text((config as JsonObject).WebACLId) : "";
  return arn.startsWith("arn:") ? [{ action: "wafv2:GetWebACL", resource: arn }] : [];
}

const withUuid: Outputs = ({ physicalName }) => {
  const parts = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(digest(physicalName, 32)) ?? [];
  return { id: parts.slice(1).join("-"), name: physicalName };
};

const withLetters =
  (prefix: string): Outputs =>
  ({ physicalName }) => ({ id: `${prefix}${digest(physicalName, 13).toUpperCase()}`, name: physicalName });

export const cloudFront = defineService({
  name: "CloudFront",
  create: ({ clock, accountId, listener }) =>
    new CloudFront({ clock, accountId, onChange: (id) => listener.onDistribution?.(id) }),

  outputs: {
    "aws:cloudfront/distribution:Distribution": ({ physicalName, givenId, inputs, place }) => {
      const id = givenId ?? `E${digest(physicalName, 13).toUpperCase()}`;
      return {
        ...{ id, arn: `arn:aws:cloudfront::${place.accountId}:distribution/${id}` },
        ...{ domainName: `d${digest(id, 13)}.cloudfront.net`, hostedZoneId: "Z2FDTNDATAQYW2" },
        ...{ callerReference: id, status: "Deployed", etag: `E${digest(`${id} etag`, 13).toUpperCase()}` },
        ...{ inProgressValidationBatches: 0, trustedKeyGroups: [], trustedSigners: [] },
        tagsAll: inputs.tags ?? {},
      };
    },
    "aws:cloudfront/function:Function": (resource) => ({
      ...named(resource),
      arn: `arn:aws:cloudfront::${resource.place.accountId}:function/${resource.physicalName}`,
    }),
    // `local/playback` reads these. Their ids are shaped like CloudFront's own, such as 658327ea-f89d-4fab-a63d-7e88639e58f6 and E2QWRUHAPOMQZL.
    "aws:cloudfront/cachePolicy:CachePolicy": withUuid,
    "aws:cloudfront/keyGroup:KeyGroup": withUuid,
    "aws:cloudfront/originAccessControl:OriginAccessControl": withLetters("E"),
    "aws:cloudfront/publicKey:PublicKey": withLetters("K"),
  },

  /**
   * The program's own distributions have its settings, once: what a workflow changes in them stays. Others exist before the program: those that its
   * policies name are made up, once.
   */
  declare(graph, service) {
    for (const { id, inputs } of resourcesOfType(graph, "aws:cloudfront/distribution:Distribution")) {
      if (!service.distributionIds().includes(id))
        service.addDistribution(id, declaredDistribution(id, inputs));
    }
    for (const id of idsInPolicies(graph, /arn:aws:cloudfront::\d+:distribution\/(\w+)/g)) {
      if (!service.distributionIds().includes(id)) service.addDistribution(id);
    }
    for (const [id, quotas] of quotasInDefinitions(graph)) service.setQuotas(id, quotas);
  },

  api: {
    signingName: "cloudfront",
    protocols: [cloudFrontXml],
    actions: {
      GetDistribution: onDistribution("cloudfront:GetDistribution"),
      GetDistributionConfig: onDistribution("cloudfront:GetDistributionConfig"),
      UpdateDistribution: (input, look) => [
        ...onDistribution("cloudfront:UpdateDistribution")(input, look),
        ...readWebAcl(input.DistributionConfig),
      ],
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
