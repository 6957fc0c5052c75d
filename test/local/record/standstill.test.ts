import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect } from "chai";
import { watchForStandstill } from "../../../local/record/standstill";

describe("a program that stands still", () => {
  it("is none whose timer runs, though a connection from before it has closed", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const [[accepted]] = (await Promise.all([once(server, "connection"), once(socket, "connect")])) as [
      [typeof socket],
      unknown,
    ];
    const pending = { count: () => 0, list: async () => ["a timer"], stop: () => undefined };
    const watch = watchForStandstill(
      pending,
      () => 0,
      () => undefined,
      { idleMs: 20 },
    );
    for (const end of [socket, accepted]) end.destroy();
    server.close();
    const came = new Promise<string>((resolve) => setTimeout(resolve, 200, "came"));
    try {
      expect(await Promise.race([came, watch.reached])).to.equal("came");
    } finally {
      watch.stop();
    }
  });
});
