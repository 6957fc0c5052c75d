import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { expect } from "chai";
import fc from "fast-check";
import { sha256 as webCrypto } from "../../client/web-crypto";
import { signRequest } from "../../contracts/sign-request";
import { sha256 as nodeCrypto } from "../../handlers/shared/aws/sha256";

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

const text = fc.stringMatching(/^[A-Za-z0-9/+=]{16,40}$/);

// The SDK takes empty segments and those of dots out, as HTTP clients do.
const segments = fc.webSegment().filter((segment) => !/^\.{0,2}$/.test(segment));

// The SDK loses a parameter __proto__.
const parameters = fc.stringMatching(/^[\w.-]{1,9}$/).filter((name) => name !== "__proto__");

const calls = fc
  .record({
    service: fc.constantFrom("dynamodb", "states", "events", "sns", "execute-api"),
    region: fc.constantFrom("eu-west-1", "cn-north-1"),
    method: fc.constantFrom("POST", "GET", "PUT", "DELETE"),
    path: fc.array(segments).map((all) => `/${all.join("/")}`),
    query: fc.dictionary(parameters, fc.string({ unit: "binary" }), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    body: fc.string({ unit: "binary" }),
    at: fc.date({ min: new Date("2020-01-01"), max: new Date("2039-01-01"), noInvalidDate: true }),
    target: fc.stringMatching(/^[A-Za-z0-9_.]{1,40}$/),
    credentials: fc.record(
      { accessKeyId: text, secretAccessKey: text, sessionToken: text },
      { requiredKeys: ["accessKeyId", "secretAccessKey"] },
    ),
  })
  .filter(
    ({ body, query }) => body.isWellFormed() && Object.values(query).every((value) => value.isWellFormed()),
  );

describe("the signature of a request", () => {
  for (const [name, sha256] of Object.entries({ nodeCrypto, webCrypto })) {
    it(`is that of the AWS SDK's own signer, by ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(calls, async ({ service, region, at, target, credentials, ...request }) => {
          const host = `${service}.${region}.amazonaws.com`;
          const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": target };
          const signer = new SignatureV4({
            ...{ service, region, credentials, sha256: Sha256 },
            applyChecksum: false,
          });
          const theirs = await signer.sign(
            { ...request, protocol: "https:", hostname: host, headers: { ...headers, host } },
            { signingDate: at },
          );
          const scope = { service, region };
          const ours = await signRequest({ ...request, host, headers }, credentials, scope, at, sha256);
          expect(ours).to.deep.equal(theirs.headers);
        }),
        { seed: 20261126 },
      );
    });
  }
});
