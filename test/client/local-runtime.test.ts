import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import {
  createStreamClient,
  type StreamApiError,
  type StreamClient,
  type StreamClientOptions,
} from "../../client";
import { localUser } from "../../local/auth";
import type { Local } from "../../testing";
import { aRequest } from "../journeys/support/requests";
import { useLocal } from "../support/use-local";

const issuer = "https://login.example.com/tenant";
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

function token(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "RS256", kid: "first" })}.${part(claims)}`;
  return `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
}

/** The issuer's two documents. */
const server: Server = createServer((request, response) => {
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

const channelIds = "1001,1002,1003";

/** Takes a stream from its request to its end, and reads all that can be read of it. */
function itServesAStream(local: Local, options: () => Partial<StreamClientOptions>): void {
  let client: StreamClient;
  before(() => {
    client = createStreamClient({ url: local.apiUrl, now: () => local.clock.now(), ...options() });
  });

  it("takes a stream from its request to its end", async () => {
    const request = aRequest("launch");
    const { detailType } = await client.createStreamWorkflow(request);
    expect(detailType).to.equal("StreamProvisionRequested");
    expect((await client.createStreamWorkflow(request)).detailType).to.equal("StreamProvisionRequested");
    await local.executions.waitForState("launch", "AwaitLifecycleConfirmation");
    expect(await client.getStream({ streamId: "launch" })).to.include({ status: "PROVISIONING", attempt: 1 });
    const { endpoints } = await client.getIngest({ streamId: "launch" });
    expect(endpoints).to.deep.equal(request.ingestEndpoints);
    const updated = await client.updateStreamStatus({
      streamId: "launch",
      status: "READY",
      reason: "Looks good",
    });
    expect(updated).to.include({ status: "READY", reason: "Looks good" });
    await local.executions.waitFor("launch");
    const { status } = await client.endStream({ streamId: "launch" });
    expect(status).to.equal("COMPLETE");
    const { attempts } = await client.listStreamAttempts({ streamId: "launch" });
    expect(attempts.map(({ attempt }) => attempt)).to.deep.equal([1]);
  });

  it("lists streams over all pages", async () => {
    await client.createStreamWorkflow(aRequest("second"));
    await local.executions.waitForState("second", "AwaitLifecycleConfirmation");
    const listed: string[] = [];
    for await (const { streamId } of client.streams({ pageSize: 1 })) listed.push(streamId);
    expect(listed).to.have.members(["launch", "second"]);
    const provisioning: string[] = [];
    for await (const { streamId } of client.streams({ status: "PROVISIONING" })) provisioning.push(streamId);
    expect(provisioning).to.deep.equal(["second"]);
  });

  it("has the issues of a refusal, and its request's id", async () => {
    const error = await client.createStreamWorkflow({ ...aRequest("no"), title: "" }).then(
      () => expect.fail(),
      (caught: StreamApiError) => caught,
    );
    expect(error.issues).to.deep.equal([
      'streamId must match ^[a-zA-Z0-9-]{3,64}$, received "no".',
      "title must have 1 to 140 characters, received 0.",
    ]);
    expect(error).to.include({ code: "InvalidRequest", status: 400 });
    expect(error.requestId).to.match(/^[\da-f-]{36}$/);
  });

  it("is told of an unknown stream", async () => {
    const error = await client.getStream({ streamId: "unknown" }).catch((caught: StreamApiError) => caught);
    expect(error).to.include({
      code: "NotFound",
      message: 'GetStream: 404 Stream not found. No stream has the streamId "unknown".',
    });
  });
}

describe("the client with SigV4", () => {
  const local = useLocal({ auth: "on", config: { channelIds } });
  const credentials = async () => localUser;
  itServesAStream(local, () => ({ credentials, region: "us-east-1" }));

  it("takes the API of a local runtime for its fetch", async () => {
    const client = createStreamClient({
      ...{
        url: local.apiUrl,
        region: "us-east-1",
        credentials,
        fetch: local.api,
        now: () => local.clock.now(),
      },
    });
    expect(await client.getStream({ streamId: "launch" })).to.include({ status: "COMPLETE" });
  });

  it("is refused with another secret", async () => {
    const other = { ...localUser, secretAccessKey: "other" };
    const client = createStreamClient({
      ...{ url: local.apiUrl, region: "us-east-1", credentials: other, now: () => local.clock.now() },
    });
    const error = await client.listStreams().catch((caught: StreamApiError) => caught);
    expect(error).to.include({ code: "Forbidden", message: "ListStreams: 403 Forbidden" });
    expect(await client.getHealthStatus()).to.have.property("status", "ok");
  });
});

describe("the client with a JSON Web Token", () => {
  const local = useLocal(() => ({
    ...{ auth: "on", issuers },
    config: { channelIds, jwtIssuer: issuer, jwtAudiences: "streams-api" },
  }));
  const claims = () => {
    const now = local.clock.now() / 1000;
    return {
      iss: issuer,
      aud: "streams-api",
      sub: "operator",
      exp: now + 600,
      iat: now - 1,
      scope: "streams/ingest",
    };
  };
  itServesAStream(local, () => ({ token: () => token(claims()) }));

  it("is refused with a token that has expired", async () => {
    const client = createStreamClient({ url: local.apiUrl, token: token({ ...claims(), exp: 1 }) });
    const error = await client.listStreams().catch((caught: StreamApiError) => caught);
    expect(error).to.include({ code: "Unauthorized", message: "ListStreams: 401 Unauthorized" });
  });
});
