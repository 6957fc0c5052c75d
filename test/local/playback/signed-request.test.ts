import { createSign, generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import { behavior, cachePolicy, configOf, EdgeFixture, recorded } from "./edge-fixture";

const { publicKey, privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const keyed = { TrustedKeyGroups: { Enabled: true, Quantity: 1, Items: ["group"] } };
const fixture = () =>
  new EdgeFixture({
    config: configOf(behavior("/a/*", "a", keyed)),
    resources: [
      cachePolicy({ queryStringsConfig: { queryStringBehavior: "all" } }),
      recorded("publicKey:PublicKey", { encodedKey: publicKey }, {}, "K1"),
      recorded("keyGroup:KeyGroup", { items: ["K1"] }, {}, "group"),
    ],
  });

const encode = (bytes: Buffer) =>
  bytes.toString("base64").replaceAll("+", "-").replaceAll("=", "_").replaceAll("/", "~");
const sign = (text: string, hash = "RSA-SHA1") => encode(createSign(hash).update(text).sign(privateKey));
const policyOf = (Resource: string, Condition: object) =>
  JSON.stringify({ Statement: [{ Resource, Condition }] });
const until = (edge: EdgeFixture, seconds: number) => Math.floor(edge.clock.now() / 1000) + seconds;

describe("a behaviour with trusted key groups", () => {
  it("refuses a request without a signature", async () => {
    const edge = fixture();
    const { status, body } = await edge.get("/a/x");
    expect(status).to.equal(403);
    expect(body.toString()).to.contain("<Code>MissingKey</Code>");
    expect(edge.asked).to.deep.equal([]);
  });

  it("admits a signed URL with a canned policy until it expires, and keeps the signature from key and origin", async () => {
    const edge = fixture();
    const expires = until(edge, 60);
    const url = "https://e1.cloudfront.net/a/x?start=1";
    const text = `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
    const signed = `/a/x?start=1&Expires=${expires}&Signature=${sign(text)}&Key-Pair-Id=K1`;
    expect(await edge.see(signed)).to.contain("200 Miss");
    expect(edge.asked[0]?.query).to.deep.equal([["start", "1"]]);
    expect(await edge.see(signed)).to.contain("200 Hit");
    expect(await edge.see(signed.replace("start=1", "start=2"))).to.contain("403 Error");
    expect(await edge.see(signed.replace("/a/x", "/a/y"))).to.contain("403 Error");
    await edge.clock.advance({ minutes: 1 });
    expect(await edge.see(signed))
      .to.contain("403 Error")
      .and.contain("expired");
  });

  it("admits signed cookies with a policy for every file of a stream, and for no other", async () => {
    const edge = fixture();
    const policy = policyOf("https://*/a/*", { DateLessThan: { "AWS:EpochTime": until(edge, 60) } });
    const cookie = (text: string, hash?: string) =>
      [
        `CloudFront-Policy=${encode(Buffer.from(text))}`,
        `CloudFront-Signature=${sign(text, hash)}`,
        "CloudFront-Key-Pair-Id=K1",
        ...(hash ? ["CloudFront-Hash-Algorithm=SHA256"] : []),
      ].join("; ");
    expect(await edge.see("/a/index_1_5.ts", { cookie: cookie(policy) })).to.contain("200 Miss");
    expect(await edge.see("/a/index_1_6.ts", { cookie: cookie(policy, "RSA-SHA256") })).to.contain(
      "200 Miss",
    );
    expect(
      await edge.see("/a/x", { cookie: cookie(policy).replace(/Signature=..../, "Signature=AAAA") }),
    ).to.contain("403");
    const other = policyOf("https://*/b/*", { DateLessThan: { "AWS:EpochTime": until(edge, 60) } });
    expect(await edge.see("/a/x", { cookie: cookie(other) })).to.contain("403");
    const elsewhere = policyOf("https://*", {
      DateLessThan: { "AWS:EpochTime": until(edge, 60) },
      IpAddress: { "AWS:SourceIp": "192.0.2.1/32" },
    });
    expect(await edge.see("/a/x", { cookie: cookie(elsewhere) }))
      .to.contain("403")
      .and.contain("192.0.2.1");
    const later = policyOf("*", {
      DateLessThan: { "AWS:EpochTime": until(edge, 60) },
      DateGreaterThan: { "AWS:EpochTime": until(edge, 30) },
    });
    expect(await edge.see("/a/x", { cookie: cookie(later) })).to.contain("not valid yet");
  });

  it("refuses a key that is not in the group, and says when it has not got the keys", async () => {
    const edge = fixture();
    expect(await edge.see("/a/x?Key-Pair-Id=K2&Signature=x&Expires=1")).to.contain("<Code>InvalidKey</Code>");
    const config = configOf(
      behavior("/a/*", "a", { TrustedKeyGroups: { Enabled: true, Quantity: 1, Items: ["other"] } }),
    );
    const foreign = new EdgeFixture({ config, resources: [cachePolicy()] });
    expect(await foreign.see("/a/x?Key-Pair-Id=K2&Signature=x&Expires=1"))
      .to.contain("403")
      .and.contain("no key group other");
  });
});
