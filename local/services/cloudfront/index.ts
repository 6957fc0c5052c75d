import { one, type PermissionsOf, text } from "../../iam/permissions";
import { idsInPolicies } from "../../record/graph";
import { digest, named, type Outputs } from "../../record/outputs";
import { defineService } from "../define-service";
import { CloudFront } from "./cloudfront";
import { fromSdkMembers, toSdkMembers } from "./sdk-members";
import { cloudFrontXml } from "./wire";

// CloudFront is global: its ARNs have no Region.
const onDistribution = (action: string): PermissionsOf =>
  one(action, ({ Id }, { accountId }) => `arn:aws:cloudfront::${accountId}:distribution/${text(Id)}`);

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
    "aws:cloudfront/function:Function": (resource) => ({
      ...named(resource),
      arn: `arn:aws:cloudfront::${resource.place.accountId}:function/${resource.physicalName}`,
    }),
    // `local/playback` reads these; their ids look as CloudFront's do.
    "aws:cloudfront/cachePolicy:CachePolicy": withUuid,
    "aws:cloudfront/keyGroup:KeyGroup": withUuid,
    "aws:cloudfront/originAccessControl:OriginAccessControl": withLetters("E"),
    "aws:cloudfront/publicKey:PublicKey": withLetters("K"),
  },

  /** Distributions exist before the program: those that its policies name are made up. */
  declare(graph, service) {
    for (const id of idsInPolicies(graph, /arn:aws:cloudfront::\d+:distribution\/(\w+)/g)) {
      service.addDistribution(id);
    }
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
