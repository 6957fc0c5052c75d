import { expect } from "chai";
import { sdkMemberName } from "../../../../components/workflow/shared/sdk-member-name";

describe("sdkMemberName", () => {
  const names: [member: string, name: string][] = [
    ["HTTPPort", "HttpPort"],
    ["HTTPSPort", "HttpsPort"],
    ["DNSName", "DnsName"],
    ["ACMCertificateArn", "AcmCertificateArn"],
    ["IAMCertificateId", "IamCertificateId"],
    ["ARN", "Arn"],
    ["WebACLId", "WebACLId"],
    ["MinTTL", "MinTTL"],
    ["ETag", "ETag"],
    ["Id", "Id"],
    ["DomainName", "DomainName"],
    ["OriginSslProtocols", "OriginSslProtocols"],
    ["S3OriginConfig", "S3OriginConfig"],
    ["channelId", "channelId"],
  ];
  for (const [member, name] of names) {
    it(`names ${member} ${name}`, () => expect(sdkMemberName(member)).to.equal(name));
  }
});
