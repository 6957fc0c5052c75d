import { expect } from "chai";
import { expectRejection } from "../local/support/expect-rejection";
import { useLocal } from "../support/use-local";

describe("local.executions", () => {
  const local = useLocal({ config: { channelIds: "1001,1002" } });

  it("starts, finds and stops an execution by name, and tells its path", async () => {
    const arn = await local.executions.start("streams-StreamSweep", {}, "by-hand");
    const { path, status } = await local.executions.waitFor("by-hand");
    expect(status).to.equal("SUCCEEDED");
    expect(path[0]).to.equal("SweepStreams");
    expect(local.executions.get(arn)?.name).to.equal("by-hand");

    await local.streams.provision("stopped");
    expect(local.executions.running().map(({ name }) => name)).to.include("stopped_1");
    await local.executions.stop("stopped", "The venue is closed.");
    expect(local.executions.get("stopped")).to.include({ status: "ABORTED", cause: "The venue is closed." });
    expect(local.executions.running().map(({ name }) => name)).to.not.include("stopped_1");
  });

  it("names what there is where it does not find an execution or a state machine", async () => {
    const stop = await expectRejection(local.executions.stop("unknown"));
    expect(stop.message).to.match(/^There is no execution 'unknown' to stop\. There are .*'stopped_1'/);
    expect(() => local.executions.of("Unknown")).to.throw(
      /no state machine 'Unknown'; it has .*'streams-StreamSweep'/,
    );
  });

  it("stands for the latest attempt by the stream's name, and for each by its own", async () => {
    await local.clock.advance({ minutes: 2 });
    await local.streams.provision("stopped");
    expect(local.executions.get("stopped")?.name).to.equal("stopped_2");
    expect(local.executions.get("stopped_1")?.status).to.equal("ABORTED");
  });
});

describe("what reached nobody", () => {
  const local = useLocal({ config: { channelIds: "1001" } });

  it("is in local.queues, local.alarms and local.events.undelivered", async () => {
    await local.streams.provision("unheard");
    local.faults.refuse({ forGood: true, target: "streams-resume-orchestration" });
    await local.streams.announce("unheard", "READY");
    await local.settled();
    expect(local.events.undelivered()[0]).to.have.property("deadLetterArn");

    const [letter, ...more] = await local.queues.peek("streams-events-dead-letters");
    expect(more).to.deep.equal([]);
    expect(JSON.parse(letter?.body ?? "")).to.have.nested.property("detail.streamId", "unheard");
    expect(letter?.attributes).to.have.property("RULE_ARN").that.includes("streams-confirmation");
    await local.clock.advance({ minutes: 2 });
    expect(local.alarms.raised()).to.have.lengthOf(1);
    expect(Object.entries(local.alarms.states()).filter(([, state]) => state === "ALARM")).to.have.lengthOf(
      1,
    );

    expect(await local.queues.take(), "it stayed in the queue").to.have.lengthOf(1);
    expect(await local.queues.take()).to.deep.equal([]);
    const { message } = await expectRejection(local.queues.peek("unknown"));
    expect(message).to.match(/no queue 'unknown'; it has 'streams-events-dead-letters'/);
    expect(local.requests().map(({ method, status }) => `${method} ${status}`)).to.deep.equal(["POST 202"]);
  });
});
