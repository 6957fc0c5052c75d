import { expect } from "chai";
import { deploymentDimension, type MetricName, metricNamespace, metrics } from "../../contracts/internal";
import { useLocal } from "../support/use-local";

describe("the metrics of a deployment", () => {
  const local = useLocal({ config: { channelIds: "1001,1002", leadTimeMinutes: "30" } });

  /** What was reported so far, by the value of the second dimension, where the metric has one. */
  const reported = (metric: MetricName): { [by: string]: number[] } =>
    Object.fromEntries(
      local.alarms.metrics().flatMap(({ namespace, name, dimensions, values }) => {
        if (namespace !== metricNamespace || name !== metric) return [];
        const { [deploymentDimension]: _, ...by } = dimensions;
        return [[Object.values(by).join(), values.map(({ value }) => value)]];
      }),
    );

  it("count each request that is refused", async () => {
    await local.streams.request("refused", { title: "" });
    await local.streams.request("taken");
    await local.streams.request("taken");
    await local.streams.request("taken", { title: "Another" });
    expect(reported("RequestsRefused")).to.deep.equal({ "": [1, 1] });
    await local.streams.untilWaiting("taken");
    await local.clock.advance({ seconds: 100 });
  });

  it("tell how long a stream took until it was READY, once", async () => {
    await local.streams.announce("taken", "READY");
    await local.settled();
    await local.streams.update("taken", "READY");
    await local.streams.update("taken", "READY");
    const [seconds, ...more] = reported("TimeToReady")[""] ?? [];
    expect(seconds).to.be.within(100, 130);
    expect(more).to.deep.equal([]);
    await local.streams.end("taken");
  });

  it("leave the time out for which a start was scheduled", async () => {
    const startTime = new Date(local.clock.now() + 3_600_000).toISOString();
    await local.streams.makeReady("scheduled", { startTime });
    expect(reported("TimeToReady")[""]?.at(-1)).to.be.within(0, 60);
    await local.streams.end("scheduled");
  });

  it("count each attempt that fails, by its state, and none that was cancelled", async () => {
    await local.streams.provision("dark");
    // The function is repeated, since it could not tell on-call.
    local.faults.fail({ service: "SNS", action: "Publish", error: "5xx", times: 3 });
    await local.streams.update("dark", "FAILED");
    await local.clock.advance({ minutes: 5 });
    await local.streams.provision("unwanted");
    await local.api("/streams/unwanted", { method: "DELETE" });
    await local.clock.advance({ minutes: 5 });
    await local.streams.provision("stopped");
    const { executionArn } = await local.streams.latest("stopped");
    await local.runtime.services.StepFunctions.call("StopExecution", { executionArn });
    await local.clock.advance({ minutes: 25 });
    expect(reported("FailedAttempts")).to.deep.equal({
      AwaitLifecycleConfirmation: [1],
      StreamLifecycleOrchestrator: [1],
    });
  });

  it("tell what a sweep finds: streams that wait, channels in use, what it had to mend", async () => {
    await local.streams.provision("waits");
    await local.clock.advance({ minutes: 11 });
    expect(reported("WaitingStreams")[""]?.at(-1)).to.equal(1);
    expect(reported("ChannelsInUse")[""]?.at(-1)).to.equal(1);
    const before = reported("SweepFindings")[""]?.length ?? 0;
    local.faults.kill({
      function: "streams-update-stream-status",
      at: { service: "EventBridge", action: "PutEvents" },
    });
    await local.streams.update("waits", "READY");
    await local.clock.advance({ minutes: 12 });
    expect(reported("SweepFindings")[""]?.slice(before)).to.deep.equal([1]);
  });

  it("count how the health of streams changes", async () => {
    local.encoder.crash("1001");
    local.encoder.crash("1002");
    await local.clock.advance({ minutes: 5 });
    expect(reported("HealthChanges")).to.deep.equal({ CHANNEL_DOWN: [1] });
  });

  it("count what functions could not do, and no refusal by the workflow", async () => {
    const before = reported("FunctionErrors")[""]?.length ?? 0;
    await local.streams.provision("one");
    await local.streams.provision("two");
    await local.streams.request("three");
    expect(
      await local.executions.advanceUntil("three", ({ status }) => status !== "RUNNING", { hours: 1 }),
    ).to.include({
      error: "NoChannelAvailable",
    });
    expect(reported("FunctionErrors")[""]?.length ?? 0).to.equal(before);
    local.faults.fail({ service: "DynamoDB", action: "Query", error: "5xx", times: 10 });
    expect(await local.streams.update("one", "READY")).to.have.property("status", 500);
    expect(reported("FunctionErrors")[""]?.length).to.equal(before + 1);
  });

  it("are all there, by their names and dimensions, and nothing else", () => {
    const own = local.alarms.metrics().filter(({ namespace }) => namespace === metricNamespace);
    expect(new Set(own.map(({ name }) => name))).to.deep.equal(new Set(Object.keys(metrics)));
    const table = local.streams.program.tableName;
    for (const { name, dimensions } of own) {
      const { by } = metrics[name as MetricName] as { by?: string };
      expect(Object.keys(dimensions), name).to.deep.equal([deploymentDimension, ...(by ? [by] : [])]);
      expect(dimensions[deploymentDimension]).to.equal(table);
    }
  });
});
