import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { type Local, startLocal } from "../../testing";
import { root } from "../support/root";
import { launchChromium } from "./support/open-console";

/** The example's program, with its page, its user pool and an API that wants tokens of that pool. */
const program = join(root, "examples", "console.ts");
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

const contentTypes: { readonly [extension: string]: string } = {
  html: "text/html",
  js: "text/javascript",
  css: "text/css",
  json: "application/json",
  svg: "image/svg+xml",
};

describe("the console of a deployment", () => {
  let local: Local;
  let consoleUrl: string;
  /** The settings and the client that the program gives the page. */
  let settings: { apiUrl: string; cognito: { domain: string; clientId: string } };
  let issuer: string;
  const issuers: { [issuer: string]: string } = {};
  const keys = createServer((request, response) => {
    const jwks_uri = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`;
    const jwks = {
      keys: [{ ...publicKey.export({ format: "jwk" }), kid: "first", alg: "RS256", use: "sig" }],
    };
    response.end(JSON.stringify(request.url === "/keys" ? jwks : { issuer, jwks_uri }));
  });
  /** What the program gives the resources of a type. Nothing serves most of them here: they are only recorded. */
  const inputsOf = (type: string) =>
    local.runtime.graph.resources.filter((one) => one.type.endsWith(`:${type}`)).map(({ inputs }) => inputs);
  before(async () => {
    keys.listen(0, "127.0.0.1");
    await once(keys, "listening");
    local = await startLocal(program, { auth: "on", startAt: new Date(), issuers });
    consoleUrl = String(local.outputs.consoleUrl);
    const file = inputsOf("BucketObjectv2").find(({ key }) => key === "console.json");
    settings = JSON.parse(String(file?.content)) as typeof settings;
    const [authorizer = {}] = inputsOf("Authorizer");
    ({ issuer } = authorizer.jwtConfiguration as { issuer: string });
    issuers[issuer] = `http://127.0.0.1:${(keys.address() as AddressInfo).port}`;
    // The program says who the issuer is: its keys can be found from the second deployment on.
    await local.redeploy({});
  });
  after(async () => {
    await local?.stop();
    keys.close();
    keys.closeAllConnections();
  });

  it("is a private bucket with every file of the page, and a client that takes its user back to it", () => {
    const uploaded = inputsOf("BucketObjectv2").map(({ key }) => key);
    expect(uploaded).to.include.members([
      "index.html",
      "console.js",
      "console.css",
      "contract.json",
      "hls-player.js",
    ]);
    expect(inputsOf("UserPoolClient")[0]).to.deep.include({
      ...{ callbackUrls: [`${consoleUrl}/`], generateSecret: false },
    });
    expect(inputsOf("BucketPublicAccessBlock")[0]).to.include({
      ...{ blockPublicPolicy: true, restrictPublicBuckets: true },
    });
  });

  describe("in a browser", () => {
    let browser: Browser | undefined;
    let page: Page;
    let challenge: string | null;
    before(async function () {
      browser = await launchChromium();
      // The console's other tests say so.
      if (!browser) return this.skip();
      page = await browser.newPage();
      page.setDefaultTimeout(60_000);
      await page.route(`${consoleUrl}/**`, (route) => {
        const name = new URL(route.request().url()).pathname.slice(1) || "index.html";
        const body =
          name === "console.json"
            ? JSON.stringify(settings)
            : readFileSync(join(root, "dist", "console", name));
        return route.fulfill({ body, contentType: contentTypes[name.split(".").at(-1) ?? ""] ?? "" });
      });
      await page.route(`${settings.cognito.domain}/oauth2/authorize**`, (route) => {
        const query = new URL(route.request().url()).searchParams;
        challenge = query.get("code_challenge");
        expect(query.get("client_id")).to.equal(settings.cognito.clientId);
        const location = `${query.get("redirect_uri")}?code=the-code&state=${query.get("state")}`;
        return route.fulfill({ status: 302, headers: { location } });
      });
      await page.route(`${settings.cognito.domain}/oauth2/token`, (route) => {
        const sent = new URLSearchParams(route.request().postData() ?? "");
        const digest = createHash("sha256")
          .update(sent.get("code_verifier") ?? "")
          .digest("base64url");
        const isProven = sent.get("code") === "the-code" && digest === challenge;
        return route.fulfill({
          status: isProven ? 200 : 400,
          headers: { "access-control-allow-origin": consoleUrl },
          json: isProven ? { access_token: token() } : { error: "invalid_grant" },
        });
      });
    });
    after(() => browser?.close());

    function token(): string {
      // The runtime's clock stands where it began.
      const seconds = Math.floor(local.clock.now() / 1000);
      const claims = {
        iss: issuer,
        client_id: settings.cognito.clientId,
        sub: "operator",
        iat: seconds,
        exp: seconds + 3600,
      };
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const text = `${part({ alg: "RS256", kid: "first" })}.${part(claims)}`;
      return `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
    }

    it("signs in by Cognito, calls the API of another origin, and says where else to look", async () => {
      await page.goto(`${consoleUrl}/`);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("There is no stream yet.").waitFor();
      expect(page.url()).to.equal(`${consoleUrl}/`);
      expect(await page.getByRole("link", { name: "Tools" }).count()).to.equal(0);

      await page.getByRole("link", { name: "Request a stream" }).click();
      await page.getByLabel("Id", { exact: true }).fill("deployed");
      await page.getByLabel("Title").fill("Deployed");
      await page.getByLabel("URL", { exact: true }).fill("rtmps://ingest.example.com/live/deployed");
      await page.getByRole("button", { name: "Request the stream" }).click();
      await page.locator("[data-state=PersistProvisionRequest].done").waitFor();
      await page.getByText("open the execution deployed_1 of …-StreamLifecycleOrchestrator").waitFor();
      expect(await page.getByRole("link", { name: "Calls" }).count()).to.equal(0);
      await page.getByRole("link", { name: "Overview" }).click();
      await page.getByText("The API tells no states, events and calls.").waitFor();
    });

    it("takes no code of a sign-in that did not begin on this page", async () => {
      // A sign-in is under way, and another page sends a code of its own.
      await page.evaluate(
        "sessionStorage['sign-in-verifier'] = 'a'; sessionStorage['sign-in-state'] = 'ours'",
      );
      await page.goto(`${consoleUrl}/?code=the-code&state=forged`);
      await page.getByRole("alert").getByText("The sign-in did not begin on this page.").waitFor();
    });

    it("keeps the sign-in over a reload, and says when the API does not accept a token", async () => {
      await page.goto(`${consoleUrl}/`);
      await page.getByRole("link", { name: "deployed" }).waitFor();
      await page.getByRole("link", { name: "Connection" }).click();
      await page.getByRole("textbox", { name: "Token" }).fill("not a token");
      await page.getByRole("button", { name: "Connect", exact: true }).click();
      await page.getByRole("alert").getByText("Unauthorized").waitFor();
    });
  });
});
