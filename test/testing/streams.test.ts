import { expect } from "chai";
import { resourcesOfType } from "../../local/record/graph";
import { type Local, startLocal, WaitError } from "../../testing";
import { originId } from "../journeys/support/origin-id";
import { expectRejection } from "../local/support/expect-rejection";
import { program } from "../support/root";
import { useLocal } from "../support/use-local";

describe("local.streams", () => {
  const local = useLocal({ config: { channelIds: "1001,1002" } });
  const start = Date.parse("2026-01-01T00:00:00Z");

  it("provisions a stream: its workflow waits for the confirmation, and its channel runs", async () => {
    const { attempt, status, channelId = "" } = await local.streams.provision("spring-launch");
    expect({ attempt, status }).to.deep.equal({ attempt: 1, status: "PROVISIONING" });
    expect(local.executions.get("spring-launch")).to.have.property("waitingIn", "AwaitLifecycleConfirmation");
    expect(local.encoder.get(channelId).state).to.equal("RUNNING");
    expect(local.clock.now() - start, "milliseconds that a channel takes to start").to.equal(2000);
    expect(await local.streams.lease("spring-launch")).to.include({ channelId, attempt: 1 });
    expect(await local.streams.playback("spring-launch")).to.deep.equal([
      {
        distributionId: "E2QWRUHAPOMQZL",
        origins: [originId(local, "spring-launch", 1)],
        patterns: ["/spring-launch/*"],
      },
    ]);
    expect(await local.streams.played()).to.deep.equal(["spring-launch"]);
  });

  it("confirms it, updates it and ends it, with its cleanup", async () => {
    expect(await local.streams.confirm("spring-launch", "READY")).to.include({ status: "READY" });
    expect(await local.schedules.created()).to.have.lengthOf(1);
    const { status, body } = await local.streams.update("spring-launch", "LIVE", "On air.");
    expect([status, body.status, body.reason]).to.deep.equal([200, "LIVE", "On air."]);
    const { teardown, channelId = "" } = await local.streams.end("spring-launch");
    expect(teardown).to.have.property("status", "DONE");
    expect(local.encoder.get(channelId).state).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await local.streams.played()).to.deep.equal([]);
    expect(await local.schedules.created()).to.deep.equal([]);
    expect(local.streams.told("spring-launch")).to.deep.equal([
      "requested",
      "PROVISIONING by orchestrator",
      "READY by api",
      "READY by orchestrator",
      "LIVE by api",
      "COMPLETE by api",
    ]);
  });

  it("confirms by an event, and ends a stream before it is ready", async () => {
    await local.streams.provision("by-event");
    const failed = await local.streams.confirm("by-event", "FAILED", { by: "event", reason: "No signal." });
    expect(failed.failure).to.include({ cause: "No signal." });
    await local.streams.provision("given-up");
    const given = await local.streams.end("given-up", "FAILED");
    expect(given).to.include({ status: "FAILED" });
    expect(local.encoder.get(given.channelId ?? "").state).to.equal("IDLE");
    expect(local.notifications.subjects()).to.have.lengthOf(2);
  });

  it("tells the answer of a request, and refuses to go on from a refusal", async () => {
    const wrong = { title: "" };
    const { status, body } = await local.streams.request("untitled", wrong);
    expect([status, body.message]).to.deep.equal([400, "Validation failed."]);
    const { message } = await expectRejection(local.streams.provision("untitled", wrong));
    expect(message).to.match(/^POST \/streams for 'untitled' was answered 400 instead of 202: .*title/);
    expect((await expectRejection(local.streams.confirm("unknown", "READY"))).message).to.include("404");
    expect((await expectRejection(local.streams.latest("unknown"))).message).to.include("'unknown'");
  });

  it("says so when a workflow ends before it waits for its confirmation", async () => {
    local.faults.fail({ service: "MediaLive", action: "StartChannel", error: "throttle", times: Infinity });
    const { message } = await expectRejection(local.streams.provision("throttled"));
    expect(message).to.match(/'throttled_1' ended before it waited .*FAILED: MediaLive\.TooManyRequests/);
  });

  it("starts a sweep at once", async () => {
    const arn = await local.streams.sweep();
    await local.executions.waitFor(arn);
    expect(local.executions.of("streams-StreamSweep").map((sweep) => sweep.arn)).to.include(arn);
    expect(local.executions.running().map((execution) => execution.arn)).to.not.include(arn);
  });
});

describe("local.streams of a program", () => {
  const tables = "aws:dynamodb/table:Table";
  async function messageWith(change: (names: readonly string[]) => readonly string[]): Promise<string> {
    const local: Local = await startLocal(program);
    const { graph } = local.runtime;
    const kept = change(resourcesOfType(graph, tables).map(({ name }) => name));
    Object.assign(graph, {
      resources: [
        ...graph.resources.filter(({ type }) => type !== tables),
        ...kept.flatMap((name, index) =>
          graph.resources
            .filter((one) => one.type === tables && one.name === name)
            .map((one) => ({ ...one, id: `${one.id}-${index}` })),
        ),
      ],
    });
    const { message } = await expectRejection(local.streams.get("spring-launch"));
    await local.stop();
    return message;
  }

  it("without a StreamOrchestration, or with several, says so", async () => {
    expect(await messageWith(() => [])).to.include("works on one StreamOrchestration; the program has none");
    expect(await messageWith(() => ["streams-attempts", "streams-attempts"])).to.include(
      "the program has the tables 'streams-attempts', 'streams-attempts'",
    );
    expect(await messageWith(() => ["streams-attempts"])).to.include("has no resource 'streams-leases'");
  });
});

describe("a wait for what cannot come", () => {
  const local = useLocal();

  before(() => local.streams.provision("spring-launch"));

  it("fails at once, without time passing, and lists what is pending", async () => {
    const now = local.clock.now();
    const error = await expectRejection(local.executions.waitForState("spring-launch", "NoSuchState"));
    expect(error).to.be.instanceOf(WaitError);
    expect(error.message).to.include("Waited for the execution 'spring-launch' to enter NoSuchState");
    expect(error.message).to.include("the execution 'spring-launch_1' is RUNNING");
    expect(error.message).to.match(
      /Pending:\n {2}- .*\n(.*\n)* {2}- the timeout of the state AwaitLifecycleConfirmation, until 2026-01-01T00:15:00/,
    );
    expect(local.clock.now()).to.equal(now);
  });

  it("fails as soon as nothing more happens in the span, where time may pass", async () => {
    const never = () => undefined;
    const error = await expectRejection(local.clock.advanceUntil("the impossible", never, { minutes: 5 }));
    expect(error).to.be.instanceOf(WaitError);
    expect(error.message).to.match(/^Waited for the impossible until .*, but nothing more happens by then\./);
    expect(error.message).to.match(/Pending:\n {2}- .*until 2026-01-01T00:1/);
    const end = await expectRejection(
      local.executions.advanceUntil("spring-launch", () => false, { minutes: 5 }),
    );
    expect(end.message).to.include("What did happen:\n  - the execution 'spring-launch_1' is RUNNING");
  });
});
