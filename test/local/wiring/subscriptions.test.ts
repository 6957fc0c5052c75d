import { expect } from "chai";
import { aRequest } from "../../journeys/support/requests";
import { announce } from "../../support/announce";
import { useLocal } from "../../support/use-local";

describe("a program with callbacks of its own", () => {
  const local = useLocal({ program: "test/local/fixtures/subscriptions.ts" });

  const said = async (line: string) => {
    expect((await local.logs.waitFor(line)).line).to.equal(line);
  };

  it("runs them for the events that they asked for, and for no others", async () => {
    await local.streams.makeReady(aRequest("spring-launch"));
    await said("billing: spring-launch is to start at 2027-03-20T18:00:00.000Z");
    await said("chat: spring-launch is READY");
    await local.streams.update("spring-launch", "LIVE");
    await local.streams.update("spring-launch", "COMPLETE");
    await said("chat: spring-launch is COMPLETE");
    const lines = local.logs.all().flatMap(({ line }) => (/^(billing|chat): /.test(line) ? [line] : []));
    expect(lines).not.to.include("chat: spring-launch is LIVE");
    expect(lines.filter((line) => line.startsWith("billing: "))).to.have.lengthOf(1);
  });

  it("spares them what is malformed, and logs that", async () => {
    const before = local.logs.all().length;
    const wrong = [
      { streamId: null },
      { streamId: 7 },
      { streamId: "a b" },
      { attempt: "1; x" },
      { attempt: 0 },
      { reason: {} },
    ];
    for (const detail of [...wrong, { reason: null }]) {
      await announce(local, { streamId: "no-such-stream", status: "COMPLETE", ...detail });
    }
    await local.clock.advance({ minutes: 5 });
    const lines = local.logs
      .all()
      .slice(before)
      .flatMap(({ line }) => (line.includes("is malformed, and passed over") ? [line] : []));
    expect(lines).to.have.lengthOf(7);
    expect(await local.queues.peek()).to.deep.equal([]);
    expect(
      local.logs
        .all()
        .map(({ line }) => line)
        .join(),
    ).to.not.include("TypeError");
  });

  it("keeps an event that a callback cannot handle in the dead-letter queue", async () => {
    const failures = () => local.logs.all().filter(({ line }) => line.includes("The chat is down."));
    await announce(local, { streamId: "no-such-stream", status: "COMPLETE", reason: "Break the chat." });
    expect(failures()).to.have.lengthOf(1);
    await local.clock.advance({ seconds: 60 });
    expect(failures()).to.have.lengthOf(2);
    await local.clock.advance({ seconds: 120 });
    expect(failures()).to.have.lengthOf(3);
    const [letter] = await local.queues.take();
    expect(JSON.parse(letter?.body ?? "{}")).to.have.nested.property(
      "requestPayload.detail.streamId",
      "no-such-stream",
    );
  });
});
