import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { Exchange } from "../../../local/http/exchange";
import { HttpTraffic } from "../../../local/http/http-traffic";
import { Activity } from "../../../local/time/activity";

describe("requests of this process to a server of its own", () => {
  let server: Server;
  let traffic: HttpTraffic;
  let activity: Activity;
  let url = "";
  /** What the server does with each request. */
  let handle: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    server = createServer((incoming, response) => handle(incoming, response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    traffic = new HttpTraffic([server]);
    activity = new Activity();
    activity.watch(traffic.underWay);
  });
  afterEach(async () => {
    traffic.stop();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  const clients: { [name: string]: () => Promise<unknown> } = {
    fetch: () => fetch(url, { method: "POST", body: "hello" }).then((response) => response.text()),
    "node:http": async () => {
      const sent = request(url, { method: "POST" });
      sent.end("hello");
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      response.resume();
      await once(response, "end");
    },
  };
  for (const [name, send] of Object.entries(clients)) {
    it(`are under way until they are answered, but not while the server takes its time: ${name}`, async () => {
      let answer = (): void => undefined;
      const reached = new Promise<void>((resolve) => {
        handle = (incoming, response) => {
          incoming.resume().once("end", () => {
            answer = () => response.end("answered");
            resolve();
          });
        };
      });
      const sent = send();
      let isReached = false;
      void reached.then(() => {
        isReached = true;
      });
      const onTheWay = new Set<string | undefined>();
      while (!isReached) {
        await nextTurn();
        onTheWay.add(traffic.underWay());
      }
      expect([...onTheWay]).to.include("a request over the loopback interface");
      // Held by the server, it is on nobody's way.
      await activity.settled();
      expect(traffic.underWay()).to.equal(undefined);
      let isAnswered = false;
      void sent.then(() => {
        isAnswered = true;
      });
      answer();
      await activity.settled();
      await sent;
      expect(isAnswered).to.equal(true);
      expect(traffic.underWay()).to.equal(undefined);
    });
  }

  it("are no longer under way once the connection is lost", async () => {
    handle = (incoming) => void incoming.destroy();
    await fetch(url).catch(() => undefined);
    await activity.settled();
    expect(traffic.underWay()).to.equal(undefined);
  });

  it("have one listener at their connection, however many runtimes the process runs", () => {
    const listeners = () => {
      const socket = connect(Number(new URL(url).port));
      socket.destroy();
      return socket.listenerCount("connect");
    };
    const alone = listeners();
    const others = Array.from({ length: 11 }, () => new HttpTraffic([]));
    expect(listeners()).to.equal(alone);
    for (const other of others) other.stop();
    traffic.stop();
    expect(listeners()).to.equal(alone - 1);
  });

  it("reach it without a socket by an exchange, and are answered with all that it writes", async () => {
    handle = (incoming, response) => {
      incoming.setEncoding("utf8").on("data", (text: string) => {
        response.writeHead(201, { "x-method": incoming.method });
        response.write(`${String(incoming.headersDistinct["x-name"])} said `);
        response.end(text);
      });
    };
    const exchange = new Exchange(server);
    const { status, headers, body } = await exchange.send({
      method: "PUT",
      path: "/",
      headers: { "x-name": "she" },
      body: "hello",
    });
    expect([status, headers["x-method"], body.toString()]).to.deep.equal([201, "PUT", "she said hello"]);
  });

  it("are no part of what the client of an exchange was doing, to their last byte", async () => {
    const client = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const see = () => seen.push(client.getStore());
    handle = (incoming, response) => {
      see();
      incoming.on("data", see).on("end", () => {
        see();
        response.end();
      });
    };
    const exchange = new Exchange(server);
    await client.run("a function", async () => {
      await exchange.send({ method: "PUT", path: "/", headers: {}, body: "hello" });
      expect(client.getStore()).to.equal("a function");
    });
    expect(seen).to.deep.equal([undefined, undefined, undefined]);
  });

  it("fail as with a socket where the server drops an exchange", async () => {
    handle = (_incoming, response) => void response.destroy();
    const error = await new Exchange(server)
      .send({ method: "GET", path: "/", headers: {} })
      .catch((reason: unknown) => reason);
    expect(error).to.have.property("code", "ECONNRESET");
  });
});
