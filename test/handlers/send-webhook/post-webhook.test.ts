import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { postWebhook, type Request } from "../../../handlers/send-webhook/post-webhook";

const send: Request = (url, options, onResponse) => request(url, options, onResponse);

describe("the POST of a webhook", () => {
  let server: Server | undefined;
  afterEach(() => server?.close());
  const serve = async (status: number, headers: { [name: string]: string } = {}) => {
    const seen: string[] = [];
    server = createServer((incoming, response) => {
      let body = "";
      incoming.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      incoming.on("end", () => {
        seen.push(`${incoming.method} ${incoming.url} ${String(incoming.headers["webhook-id"])} ${body}`);
        response.writeHead(status, headers).end("thanks");
      });
    });
    await new Promise<void>((done) => server?.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    return { url: new URL(`http://127.0.0.1:${port}/in?team=video`), seen };
  };

  it("sends the body, and returns the status", async () => {
    const { url, seen } = await serve(202);
    expect(await postWebhook(url, { "webhook-id": "a" }, "{}", send)).to.equal(202);
    expect(seen).to.deep.equal(["POST /in?team=video a {}"]);
  });

  it("follows no redirect", async () => {
    const { url, seen } = await serve(302, { location: "/elsewhere" });
    expect(await postWebhook(url, {}, "{}", send)).to.equal(302);
    expect(seen).to.have.lengthOf(1);
  });

  it("fails where nobody answers", async () => {
    const { url } = await serve(204);
    server?.close();
    server = undefined;
    url.port = "1";
    const error: unknown = await postWebhook(url, {}, "{}", send).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error);
  });
});
