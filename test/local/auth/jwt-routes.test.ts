import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { readAnswer } from "../../../testing";
import { aRequest } from "../../journeys/support/requests";
import { useLocal } from "../../support/use-local";

const issuer = "https://login.example.com/tenant";
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const { privateKey: otherKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** An issuer's two documents, served here since nobody else serves them. */
let looks = 0;
const server: Server = createServer((request, response) => {
  looks += 1;
  const { port } = server.address() as AddressInfo;
  const documents: { [path: string]: object } = {
    "/.well-known/openid-configuration": { issuer, jwks_uri: `http://127.0.0.1:${port}/keys` },
    "/keys": { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "first", alg: "RS256", use: "sig" }] },
  };
  response.end(JSON.stringify(documents[request.url ?? ""]));
});
const issuers: { [issuer: string]: string } = {};
before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  issuers[issuer] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

describe("a route with JWT authorization", () => {
  const local = useLocal({
    auth: "on",
    issuers,
    config: { jwtIssuer: issuer, jwtAudiences: "streams-api,streams-console" },
  });
  const seconds = () => local.clock.now() / 1000;
  const claims = () => ({
    iss: issuer,
    aud: "streams-api",
    sub: "operator",
    exp: seconds() + 60,
    iat: seconds() - 1,
  });

  function token(
    payload: object,
    { key = privateKey, header = {} }: { key?: KeyObject; header?: object } = {},
  ) {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const text = `${part({ alg: "RS256", kid: "first", ...header })}.${part(payload)}`;
    return `${text}.${sign("RSA-SHA256", Buffer.from(text), key).toString("base64url")}`;
  }
  const post = async (authorization?: string) =>
    readAnswer(
      await local.api("/streams", {
        json: aRequest("with-a-token"),
        ...(authorization !== undefined && { headers: { authorization } }),
      }),
    );

  it("lets a token of the issuer for one of the audiences through", async () => {
    expect(await post(`Bearer ${token(claims())}`)).to.have.property("status", 202);
    expect(
      await post(`Bearer ${token({ ...claims(), aud: ["other", "streams-console"] })}`),
    ).to.have.property("status", 202);
    const { aud, ...withoutAudience } = claims();
    expect(await post(`Bearer ${token({ ...withoutAudience, client_id: aud })}`)).to.have.property(
      "status",
      202,
    );
  });

  it("reads the issuer's keys once for many requests", () => {
    expect(looks).to.equal(2);
  });

  it("refuses a request without a token, and says which kind it wants", async () => {
    const { status, headers, body } = await post();
    expect([status, body, headers.get("www-authenticate")]).to.deep.equal([
      401,
      { message: "Unauthorized" },
      "Bearer",
    ]);
  });

  const refusals: readonly (readonly [string, () => string, string])[] = [
    ["of another issuer", () => token({ ...claims(), iss: "https://evil.example.com" }), "unexpected issuer"],
    ["for another audience", () => token({ ...claims(), aud: "other" }), "unexpected audience"],
    ["that has expired", () => token({ ...claims(), exp: seconds() - 1 }), "has expired"],
    ["without an end", () => token({ ...claims(), exp: undefined }), "has expired"],
    ["that is not valid yet", () => token({ ...claims(), nbf: seconds() + 10 }), "not valid yet"],
    ["signed by another key", () => token(claims(), { key: otherKey }), "signature is invalid"],
    ["of an unknown key", () => token(claims(), { header: { kid: "second" } }), "unknown key id"],
    [
      "that is not signed",
      () => token(claims(), { header: { alg: "none" } }),
      "signing method none is invalid",
    ],
    [
      "signed with a shared secret",
      () => token(claims(), { header: { alg: "HS256" } }),
      "signing method HS256 is invalid",
    ],
    ["that is none", () => "a.b.c", "malformed"],
    [
      "whose algorithm has control characters",
      () => token(claims(), { header: { alg: "\u001b[2J\r\nx-forged: 1\u009b\u202e" } }),
      "signing method <U+001B>[2J<U+000D><U+000A>x-forged: 1<U+009B><U+202E> is invalid",
    ],
    [
      "whose algorithm has letters and quotation marks that no header has",
      () => token(claims(), { header: { alg: '東"\\\ud800' } }),
      "signing method <U+6771>'/<U+D800> is invalid",
    ],
    [
      "whose algorithm is an object",
      () => token(claims(), { header: { alg: { toString: null } } }),
      "signing method",
    ],
    [
      "whose algorithm is inherited",
      () => token(claims(), { header: { alg: "constructor" } }),
      "signing method constructor",
    ],
    [
      "whose key id is an object",
      () => token(claims(), { header: { kid: { toString: 1 } } }),
      "unknown key id",
    ],
    ["whose key id is inherited", () => token(claims(), { header: { kid: "__proto__" } }), "unknown key id"],
    [
      "whose audience is an object",
      () => token({ ...claims(), aud: [{ toString: null }] }),
      "unexpected audience",
    ],
  ];
  for (const [what, made, reason] of refusals) {
    it(`refuses a token ${what}`, async () => {
      const { status, headers, body } = await post(`Bearer ${made()}`);
      expect([status, body]).to.deep.equal([401, { message: "Unauthorized" }]);
      expect(headers.get("www-authenticate"))
        .to.match(/^Bearer error="invalid_token"/)
        .and.include(reason);
    });
  }

  it("lets a token with one of a route's scopes through, and no other", async () => {
    const ingest = async (payload: object) => {
      const headers = { authorization: `Bearer ${token({ ...claims(), ...payload })}` };
      return readAnswer(await local.api("/ingest/with-a-token", { headers }));
    };
    for (const payload of [
      { scope: "openid streams/ingest" },
      { scp: ["streams/read", "streams/ingest"] },
      { scp: "streams/ingest" },
    ]) {
      expect((await ingest(payload)).status, JSON.stringify(payload)).to.equal(200);
    }
    for (const payload of [
      {},
      { scope: "streams/ingests streams" },
      { scope: { toString: null } },
      { scp: [["streams/ingest"]] },
      { scope: "openid", scp: ["streams/ingest"] },
    ]) {
      const { status, headers, body } = await ingest(payload);
      expect([status, body], JSON.stringify(payload)).to.deep.equal([403, { message: "Forbidden" }]);
      expect(headers.get("www-authenticate")).to.equal(
        'Bearer scope="streams/ingest" error="insufficient_scope"',
      );
    }
    const headers = { authorization: `Bearer ${token(claims())}` };
    const { status, body } = await readAnswer(await local.api("/streams/with-a-token", { headers }));
    expect(status).to.equal(200);
    expect(JSON.stringify(body)).to.not.include("/live/with-a-token");
  });

  it("keeps what it says of a token within a header's bounds", async () => {
    const { status, headers } = await post(
      `Bearer ${token(claims(), { header: { alg: "x".repeat(5000) } })}`,
    );
    expect(status).to.equal(401);
    expect(headers.get("www-authenticate")).to.have.length.below(300);
  });

  it("hands every claim on, whatever its name is", async () => {
    const hostile = JSON.parse('{"__proto__": {"sub": "x"}, "constructor": 1}') as object;
    expect(await post(`Bearer ${token({ ...claims(), ...hostile })}`)).to.have.property("status", 202);
  });

  it("leaves the health open", async () => {
    expect(await local.api("/health")).to.have.property("status", 200);
  });
});
