import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { startRuntime } from "../../../local/runtime";
import { expectRejection } from "../support/expect-rejection";

describe("a port that was chosen", () => {
  const options = { stack: "dev", awsPort: 0 };

  it("opens once the runtime can answer, and not while the program is recorded", async () => {
    const port = await freePort();
    const seen: string[] = [];
    const runtime = await startRuntime({
      ...options,
      port,
      program: async () => {
        seen.push(await knock(port));
        new aws.sqs.Queue("pictures");
      },
    });
    seen.push(await knock(port));
    await runtime.stop();
    seen.push(await knock(port));
    expect(seen).to.deep.equal(["ECONNREFUSED", "open", "ECONNREFUSED"]);
  });

  it("is refused before the program is recorded where it is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    let isRecorded = false;
    const starting = startRuntime({
      ...options,
      port,
      program: () => {
        isRecorded = true;
      },
    });
    expect((await expectRejection(starting)).message).to.equal(
      `Port ${port} is in use. Choose another with --port, or 0 for a free one.`,
    );
    expect(isRecorded).to.equal(false);
    other.close();
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function knock(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve("open");
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code ?? "failed"));
  });
}
