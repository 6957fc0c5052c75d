import { createServer, get, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { fetchLimits, fetchText } from "../../../handlers/probe-manifest/fetch-text";

const limits = { ...fetchLimits, get, protocol: "http:", maxBytes: 1000, maxMilliseconds: 60_000 } as const;

/** What reading from a server gives: its text, or why there is none. */
async function read(answer: RequestListener, changes: { maxMilliseconds?: number } = {}): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await fetchText(new URL(`http://127.0.0.1:${port}/index.m3u8`), { ...limits, ...changes });
  } catch (error) {
    return (error as Error).message;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("reading a manifest", () => {
  it("gives a text of the size that is allowed", async () => {
    expect(await read((_request, response) => response.end("a".repeat(1000)))).to.equal("a".repeat(1000));
  });

  it("gives up a body that never ends, as soon as it is too large", async () => {
    const flood: RequestListener = (_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write("a".repeat(500)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    };
    expect(await read(flood)).to.equal("it has more than 1000 bytes");
  });

  it("gives up a body that is too slow", async () => {
    const slow: RequestListener = (_request, response) => void response.write("#EXTM3U");
    expect(await read(slow, { maxMilliseconds: 20 })).to.equal("it did not end within 20 ms");
  });

  it("takes nothing that is compressed, and asks for none", async () => {
    let asked: unknown;
    const bomb: RequestListener = (request, response) => {
      asked = request.headers["accept-encoding"];
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("a".repeat(1_000_000)));
    };
    expect(await read(bomb)).to.equal("it came compressed, unasked");
    expect(asked).to.equal("identity");
  });

  it("follows no redirect", async () => {
    let requests = 0;
    const redirect: RequestListener = (_request, response) => {
      requests += 1;
      response.writeHead(302, { location: "/other" }).end();
    };
    expect(await read(redirect)).to.equal("it is redirected (302), which is not followed");
    expect(requests).to.equal(1);
  });

  it("takes no error page, and no broken connection", async () => {
    expect(await read((_request, response) => response.writeHead(404).end("#EXTM3U"))).to.equal(
      "it was answered 404",
    );
    expect(await read((request) => request.socket.destroy())).to.match(/^the connection failed/);
  });

  it("reads by HTTPS alone", async () => {
    const reading = fetchText(new URL("http://127.0.0.1:1/"));
    expect(await reading.catch((error: Error) => error.message)).to.equal("it is not at an https:// URL");
  });
});
