import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../support/root";
import { useLocal } from "../support/use-local";

const runbook = readFileSync(join(root, "docs/runbook.md"), "utf8");

/** Each alarm is provoked, and what its entry in the runbook says is done. */
describe("the alarms of a deployment", () => {
  const local = useLocal({ config: { channelIds: "1001,1002,1003" } });

  const nameOf = (physicalName: string) => physicalName.replace(/^streams-alarms-|-[0-9a-f]{7}$/g, "");
  /** The alarms that are on. */
  const on = () =>
    Object.entries(local.alarms.states()).flatMap(([name, state]) =>
      state === "ALARM" ? [nameOf(name)] : [],
    );
  /** The mails of an alarm, those of its end included. */
  const mails = (alarm: string) =>
    local.notifications
      .subjects()
      .filter((subject) => new RegExp(`^(ALARM|OK): "streams-alarms-${alarm}-[0-9a-f]{7}"`).test(subject))
      .map((subject) => subject.split(":")[0]);
  const endAll = async (...streams: string[]) => {
    for (const streamId of streams) await local.api(`/streams/${streamId}`, { method: "DELETE" });
    await local.clock.advance({ minutes: 25 });
  };

  afterEach(async () => {
    await local.clock.advanceUntil("the alarms to be over", () => on().length === 0 || undefined);
  });
  after(() => {
    const raised = new Set(local.alarms.raised().map(nameOf));
    const all = Object.keys(local.alarms.states()).map(nameOf);
    // How guards end is provoked by the journeys of the sweep, of teardowns and of the health.
    const elsewhere = all.filter((name) => /^Stream(Teardown|Sweep|Health)-/.test(name));
    expect(new Set([...raised, ...elsewhere])).to.deep.equal(new Set(all));
  });

  it("tell of attempts that keep failing: on-call's messages name one state for all", async () => {
    local.faults.fail({ service: "MediaLive", action: "StartChannel", error: "5xx", times: 100 });
    for (const streamId of ["fails-1", "fails-2", "fails-3"]) await local.streams.request(streamId);
    await local.clock.advance({ minutes: 15 });
    expect(on()).to.deep.equal(["StreamLifecycleOrchestrator-failures"]);
    const told = local.notifications.subjects().filter((subject) => /^Stream fails-/.test(subject));
    expect(told.map((subject) => subject.split(" failed in ")[1])).to.deep.equal(
      Array(3).fill("ProvisionEncoderInfrastructure"),
    );
    expect(runbook).to.include("- `ProvisionEncoderInfrastructure`: MediaLive refuses to start channels.");
    local.faults.clear();
    await local.clock.advance({ minutes: 15 });
    expect(mails("StreamLifecycleOrchestrator-failures")).to.deep.equal(["ALARM", "OK"]);
    await local.streams.makeReady("fails-1");
    await endAll("fails-1");
  });

  it("tell of a throttled workflow", async () => {
    const dimensions = { StateMachineArn: String(local.outputs.stateMachineArn) };
    local.alarms.report({ namespace: "AWS/States", name: "ExecutionThrottled", dimensions, value: 1 });
    await local.clock.advance({ minutes: 5 });
    expect(on()).to.deep.equal(["StreamLifecycleOrchestrator-throttled"]);
  });

  it("tell of an API and of functions that fail, whose log has the reason beside the request's id", async () => {
    local.faults.fail({ service: "DynamoDB", action: "Query", error: "5xx", times: 100 });
    for (let tries = 0; tries < 10; tries++)
      expect(await local.streams.update("fails-1", "READY")).to.include({ status: 500 });
    await local.clock.advance({ minutes: 5 });
    expect(on()).to.have.members(["api-5xx", "function-errors"]);
    const lines = local.logs.all().filter(({ line }) => line.includes("The invocation failed."));
    expect(lines.at(-1)?.line)
      .to.match(/"requestId":"[^"]+".*"reason":"\w+: /)
      .and.include('"FunctionErrors":1');
    local.faults.clear();
    await local.clock.advance({ minutes: 5 });
    expect([mails("api-5xx"), mails("function-errors")]).to.deep.equal(Array(2).fill(["ALARM", "OK"]));
  });

  it("tell of an API that is slow for a quarter of an hour", async () => {
    const [api] = local.alarms
      .metrics()
      .filter(({ namespace, name }) => namespace === "AWS/ApiGateway" && name === "Latency");
    const report = (value: number) =>
      local.alarms.report({
        namespace: "AWS/ApiGateway",
        name: "Latency",
        dimensions: api?.dimensions ?? {},
        value,
      });
    for (let period = 0; period < 3; period++) {
      report(6000);
      expect(on()).to.deep.equal([]);
      await local.clock.advance({ minutes: 5 });
    }
    expect(on()).to.deep.equal(["api-latency"]);
    for (let fast = 0; fast < 20; fast++) report(20);
    report(6000);
    await local.clock.advance({ minutes: 5 });
    expect(mails("api-latency")).to.deep.equal(["ALARM", "OK"]);
  });

  it("tell of functions that are throttled", async () => {
    local.alarms.report({ namespace: "AWS/Lambda", name: "Throttles", dimensions: {}, value: 12 });
    await local.clock.advance({ minutes: 5 });
    expect(on()).to.deep.equal(["function-throttles"]);
  });

  it("tell of a pool that is nearly empty, until streams are ended", async () => {
    for (const streamId of ["full-1", "full-2"]) await local.streams.makeReady(streamId);
    await local.clock.advance({ minutes: 11 });
    expect(on()).to.deep.equal([]);
    await local.streams.makeReady("full-3");
    await local.clock.advance({ minutes: 11 });
    expect(on()).to.deep.equal(["channels-in-use"]);
    await endAll("full-1", "full-2", "full-3");
    expect(mails("channels-in-use")).to.deep.equal(["ALARM", "OK"]);
  });

  it("tell of channels that stop, whose streams on-call's messages name", async () => {
    await local.streams.makeReady("stops-1");
    await local.streams.makeReady("stops-2");
    for (const channelId of ["1001", "1002"]) local.encoder.crash(channelId);
    await local.clock.advance({ minutes: 15 });
    expect(on()).to.deep.equal(["channels-down"]);
    const told = local.notifications.subjects().filter((subject) => /^Stream stops-/.test(subject));
    expect(told).to.have.members(
      ["stops-1", "stops-2"].map((one) => `Stream ${one}: its channel is down, and it has FAILED`),
    );
    await local.streams.makeReady("stops-1");
    await endAll("stops-1");
  });

  it("tell of dead letters, until they were redriven", async () => {
    await local.streams.provision("letter");
    local.faults.fail({
      service: "DynamoDB",
      action: "Query",
      caller: "streams-resume-orchestration",
      error: "5xx",
      times: 100,
    });
    await local.streams.announce("letter", "READY");
    await local.clock.advance({ minutes: 10 });
    expect(on()).to.include("dead-letters");
    local.faults.clear();
    await local.queues.take();
    await local.clock.advance({ minutes: 5 });
    expect(mails("dead-letters")).to.deep.equal(["ALARM", "OK"]);
    await endAll("letter");
  });
});
