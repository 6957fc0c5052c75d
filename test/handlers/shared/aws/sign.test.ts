import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { expect } from "chai";
import fc from "fast-check";
import { signRequest } from "../../../../handlers/shared/aws/sign";

/** What the AWS SDK's signer wants of a hash. */
class Sha256 {
  private readonly hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash =
      secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string | Uint8Array);
  }

  update(data: string | Uint8Array): void {
    this.hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    throw new Error("A hash is used once.");
  }
}

describe("the signature of a call", () => {
  it("is that of the AWS SDK's own signer", async () => {
    const text = fc.stringMatching(/^[A-Za-z0-9/+=]{16,40}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          service: fc.constantFrom("dynamodb", "states", "events", "sns"),
          region: fc.constantFrom("eu-west-1", "cn-north-1"),
          body: fc.string({ unit: "binary" }).filter((body) => body.isWellFormed()),
          at: fc.date({ min: new Date("2020-01-01"), max: new Date("2039-01-01"), noInvalidDate: true }),
          target: fc.stringMatching(/^[A-Za-z0-9_.]{1,40}$/),
          credentials: fc.record(
            { accessKeyId: text, secretAccessKey: text, sessionToken: text },
            { requiredKeys: ["accessKeyId", "secretAccessKey"] },
          ),
        }),
        async ({ service, region, body, at, target, credentials }) => {
          const host = `${service}.${region}.amazonaws.com`;
          const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": target };
          const signer = new SignatureV4({
            ...{ service, region, credentials, sha256: Sha256 },
            applyChecksum: false,
          });
          const theirs = await signer.sign(
            {
              ...{ method: "POST", protocol: "https:", hostname: host, path: "/", body },
              headers: { ...headers, host },
            },
            { signingDate: at },
          );
          const ours = signRequest({ host, path: "/", headers, body }, credentials, { service, region }, at);
          expect(ours).to.deep.equal(theirs.headers);
        },
      ),
    );
  });
});
