import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { expect } from "chai";
import { build } from "esbuild";
import type * as clientEntry from "../../client";
import { root } from "../support/root";
import { json, useServer } from "./support/server";
import { stream } from "./support/stream";

/** What browsers and Node.js both have, and the client needs. */
const { AbortController, clearTimeout, crypto, fetch, setTimeout, TextDecoder, TextEncoder, URL } =
  globalThis;
const platform = { AbortController, clearTimeout, crypto, fetch, setTimeout, TextDecoder, TextEncoder, URL };

describe("the client in a browser", () => {
  const server = useServer();
  let code = "";
  before(async () => {
    const { outputFiles } = await build({
      entryPoints: [join(root, "client/index.ts")],
      bundle: true,
      minify: true,
      write: false,
      platform: "browser",
      format: "iife",
      globalName: "client",
      logLevel: "silent",
    });
    code = outputFiles[0]?.text ?? "";
  });

  it("needs nothing of Node.js", async () => {
    const context = createContext({ ...platform });
    runInContext(code, context);
    const { createStreamClient } = runInContext("client", context) as typeof clientEntry;
    server.script(json(200, stream));
    const client = createStreamClient({
      url: server.url,
      region: "eu-west-1",
      credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" },
    });
    // Objects of another context have prototypes of their own.
    expect(JSON.parse(JSON.stringify(await client.getStream({ streamId: "spring-launch" })))).to.deep.equal(
      stream,
    );
    expect(server.received[0]?.headers.authorization).to.match(
      /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\//,
    );
  });

  it("has at most 60 KB", () => expect(code.length).to.be.below(60_000));
});
