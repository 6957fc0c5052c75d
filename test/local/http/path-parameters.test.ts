import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { credentialsOf } from "../../../local/calls/callers";
import type { JsonObject } from "../../../local/json";
import { type Runtime, startRuntime } from "../../../local/runtime";
import { signed } from "../../support/sign";
import { aRole } from "../support/programs";

const issuer = "https://login.example.com";
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** A program whose function answers with the event that it got. */
function program(): void {
  const api = new aws.apigatewayv2.Api("pets", { protocolType: "HTTP" });
  const echo = new aws.lambda.Function("echo", {
    name: "echo",
    role: aRole("echo", { service: "lambda.amazonaws.com", may: {} }).arn,
    runtime: "nodejs24.x",
    handler: "index.handler",
    code: new pulumi.asset.AssetArchive({
      "index.js": new pulumi.asset.StringAsset("exports.handler = async (event) => event;"),
    }),
  });
  // The function whose credentials a caller has: it may read the pets of one kind.
  const keeper = aRole("keeper", { service: "lambda.amazonaws.com", may: {} });
  new aws.iam.RolePolicy("keeper-invoke", {
    role: keeper.id,
    policy: pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "execute-api:Invoke",
          Resource: pulumi.interpolate`${api.executionArn}/$default/GET/signed/dog/*`,
        },
      ],
    }),
  });
  new aws.lambda.Function("keeper", {
    name: "keeper",
    role: keeper.arn,
    runtime: "nodejs24.x",
    handler: "index.handler",
    code: new pulumi.asset.AssetArchive({
      "index.js": new pulumi.asset.StringAsset("exports.handler = () => 1;"),
    }),
  });
  const jwt = new aws.apigatewayv2.Authorizer("jwt", {
    apiId: api.id,
    authorizerType: "JWT",
    identitySources: ["$request.header.Authorization"],
    jwtConfiguration: { issuer, audiences: ["pets"] },
  });
  const integration = new aws.apigatewayv2.Integration("echo", {
    apiId: api.id,
    integrationType: "AWS_PROXY",
    integrationUri: echo.invokeArn,
    payloadFormatVersion: "2.0",
  });
  const routes: { [routeKey: string]: Partial<aws.apigatewayv2.RouteArgs> } = {
    "GET /pets/{kind}/{id}": {},
    "ANY /pets/{kind}/{id}": {},
    "GET /pets/dog/{id}": {},
    "GET /files/{path+}": {},
    "GET /unlisted/{id}": {},
    "GET /signed/{kind}/{id}": { authorizationType: "AWS_IAM" },
    "GET /tokens/{id}": { authorizationType: "JWT", authorizerId: jwt.id },
  };
  for (const [routeKey, authorization] of Object.entries(routes)) {
    new aws.apigatewayv2.Route(routeKey, {
      apiId: api.id,
      routeKey,
      target: pulumi.interpolate`integrations/${integration.id}`,
      ...authorization,
    });
  }
  // As for every route, Lambda compares the source with the route's path, not with the request's.
  const paths = [
    "/pets/{kind}/{id}",
    "/pets/dog/{id}",
    "/files/{path+}",
    "/signed/{kind}/{id}",
    "/tokens/{id}",
  ];
  for (const path of paths) {
    new aws.lambda.Permission(path, {
      action: "lambda:InvokeFunction",
      function: echo.name,
      principal: "apigateway.amazonaws.com",
      sourceArn: pulumi.interpolate`${api.executionArn}/*/*${path}`,
    });
  }
}

describe("the routes with path parameters of a program", () => {
  let runtime: Runtime;
  let server: Server;

  before(async () => {
    server = createServer((request, response) => {
      const { port } = server.address() as AddressInfo;
      const key = { ...publicKey.export({ format: "jwk" }), kid: "first", alg: "RS256", use: "sig" };
      response.end(
        JSON.stringify(
          request.url === "/keys" ? { keys: [key] } : { issuer, jwks_uri: `http://127.0.0.1:${port}/keys` },
        ),
      );
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const issuers = { [issuer]: `http://127.0.0.1:${port}` };
    runtime = await startRuntime({ program, stack: "dev", port: 0, awsPort: 0, issuers });
  });
  after(async () => {
    await runtime.stop();
    server.close();
    server.closeAllConnections();
  });

  async function send(path: string, { method = "GET", headers = {} } = {}) {
    const response = await fetch(`${runtime.apiUrl}${path}`, { method, headers });
    return { status: response.status, body: (await response.json()) as JsonObject };
  }

  it("get them in the payload, beside the route's key and the decoded path", async () => {
    const { status, body } = await send("/pets/cat/tom%20two?x=%20y");
    expect(status).to.equal(200);
    expect(body).to.deep.include({
      version: "2.0",
      routeKey: "GET /pets/{kind}/{id}",
      rawPath: "/pets/cat/tom two",
      rawQueryString: "x=%20y",
      pathParameters: { kind: "cat", id: "tom two" },
    });
    expect(body.requestContext).to.deep.include({ routeKey: "GET /pets/{kind}/{id}" });
    expect((body.requestContext as JsonObject).http).to.include({ path: "/pets/cat/tom two" });
  });

  it("are chosen by the most specific path, then by the method", async () => {
    const keyOf = async (path: string, method: string) => (await send(path, { method })).body.routeKey;
    expect(await keyOf("/pets/dog/1", "GET")).to.equal("GET /pets/dog/{id}");
    expect(await keyOf("/pets/dog/1", "DELETE")).to.equal("ANY /pets/{kind}/{id}");
    expect(await keyOf("/pets/cat/1", "GET")).to.equal("GET /pets/{kind}/{id}");
  });

  it("may take the rest of a path", async () => {
    const { body } = await send("/files/2026/november/gr%C3%BC%C3%9Fe.txt");
    expect(body.pathParameters).to.deep.equal({ path: "2026/november/grüße.txt" });
  });

  it("take a slash that is encoded twice into a parameter, and no other", async () => {
    expect((await send("/pets/cat/a%252Fb")).body.pathParameters).to.deep.equal({ kind: "cat", id: "a/b" });
    expect(await send("/pets/cat/a%2Fb")).to.deep.equal({ status: 404, body: { message: "Not Found" } });
  });

  it("answer 404 for a path that fits none, and 400 for one that cannot be decoded", async () => {
    for (const path of ["/", "/pets", "/pets/cat", "/pets/cat/", "/pets/cat/1/2", "/files", "/files/"]) {
      expect(await send(path), path).to.deep.equal({ status: 404, body: { message: "Not Found" } });
    }
    expect(await send("/pets/cat/50%25off")).to.deep.equal({ status: 400, body: { message: "Bad Request" } });
  });

  it("need a permission of the function for the route's own path", async () => {
    expect(await send("/unlisted/1")).to.deep.equal({
      status: 500,
      body: { message: "Internal Server Error" },
    });
  });

  it("with IAM are allowed by the request's path, not by the route's", async () => {
    const environment = credentialsOf("keeper");
    const call = (path: string) =>
      send(path, {
        headers: signed(
          {
            method: "GET",
            url: `${runtime.apiUrl}${path}`,
            headers: { "x-amz-security-token": environment.AWS_SESSION_TOKEN ?? "" },
          },
          {
            now: Date.now(),
            accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "",
            secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? "",
          },
        ),
      });
    const allowed = await call("/signed/dog/rex%20one");
    expect([allowed.status, allowed.body.pathParameters]).to.deep.equal([
      200,
      { kind: "dog", id: "rex one" },
    ]);
    expect(await call("/signed/cat/tom")).to.deep.equal({ status: 403, body: { message: "Forbidden" } });
    expect((await send("/signed/dog/rex")).status).to.equal(403);
  });

  it("with JWT authorization let a token through, and no request without one", async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = { iss: issuer, aud: "pets", exp: Date.now() / 1000 + 60 };
    const text = `${part({ alg: "RS256", kid: "first" })}.${part(claims)}`;
    const token = `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
    const allowed = await send("/tokens/7", { headers: { authorization: `Bearer ${token}` } });
    expect([allowed.status, allowed.body.pathParameters]).to.deep.equal([200, { id: "7" }]);
    expect((await send("/tokens/7")).status).to.equal(401);
  });
});
