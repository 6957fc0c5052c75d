import { expect } from "chai";
import type { CallSite } from "../../local/faults/call-faults";
import { useLocal } from "../support/use-local";
import { manyChannels } from "./support/channels";
import { has } from "./support/has";
import { patterns } from "./support/patterns";

/** The moments of a workflow between its start and its end, by the call that it is about to make. */
const moments: readonly [moment: string, call: CallSite][] = [
  ["the channel is claimed", { service: "DynamoDB", action: "UpdateItem", matches: has(":ownsChannel") }],
  ["the channel is started", { service: "MediaLive", action: "StartChannel" }],
  ["the playback entry is added", { service: "CloudFront", action: "UpdateDistribution" }],
  ["the workflow begins to wait", { service: "DynamoDB", action: "UpdateItem", matches: has(":token") }],
];

/** The moments of a workflow after READY has reached it or is about to. */
const momentsAfterReady: readonly [moment: string, call: CallSite][] = [
  [
    "READY is put on the bus",
    { service: "EventBridge", action: "PutEvents", caller: "streams-update-stream-status" },
  ],
  [
    "the resumer reads the stream",
    { service: "DynamoDB", action: "Query", caller: "streams-resume-orchestration" },
  ],
  ["the workflow is resumed", { service: "StepFunctions", action: "SendTaskSuccess" }],
  [
    "READY is published",
    { service: "EventBridge", action: "PutEvents", caller: "streams-StreamLifecycleOrchestrator" },
  ],
  ["the live limit is scheduled", { service: "Scheduler", action: "CreateSchedule" }],
  ["READY is recorded", { service: "DynamoDB", action: "UpdateItem", matches: has("readyAt = :now") }],
];

describe("a stream that is COMPLETE at once after READY", () => {
  const local = useLocal({ config: { channelIds: manyChannels, maxLiveHours: "3" } });

  const complete = async (streamId: string) => {
    expect((await local.streams.update(streamId, "COMPLETE")).status).to.equal(200);
  };
  const confirm = async (streamId: string) => {
    expect((await local.streams.update(streamId, "READY")).status).to.equal(200);
  };

  /** It ended well, nobody was paged, and nothing is left of it. */
  async function expectEndedWell(streamId: string, execution: "SUCCEEDED" | "FAILED" = "SUCCEEDED") {
    // With a sweep: two changes of status in one millisecond are announced by it.
    await local.clock.advance({ minutes: 12 });
    const item = await local.streams.latest(streamId);
    expect(item.status).to.equal("COMPLETE");
    expect(item).to.not.have.any.keys("taskToken", "unpublishedSince", "notified");
    expect(local.executions.get(item.executionArn)?.status).to.equal(execution);
    if (execution === "SUCCEEDED") {
      expect(item).to.have.property("readyAt");
      expect(item).to.not.have.property("failure");
      expect(item).to.have.nested.property("teardown.status", "DONE");
    }
    expect(local.encoder.get(String(item.channelId ?? "1001")).state).to.be.oneOf(["STOPPING", "IDLE"]);
    expect(await local.streams.lease(streamId)).to.equal(undefined);
    expect(await patterns(local)).to.deep.equal([]);
    expect(await local.schedules.created()).to.deep.equal([]);
    expect(local.notifications.subjects().filter((subject) => subject.includes(streamId))).to.deep.equal([]);
    expect(local.alarms.raised()).to.deep.equal([]);
    expect(await local.queues.peek()).to.deep.equal([]);
  }

  const schedulesAskedFor = () =>
    local.faults.calls().filter(({ action }) => action === "CreateSchedule").length;

  it("ends well, whether time passes in between or not", async () => {
    for (const [streamId, milliseconds] of [
      ["at-once", 0],
      ["soon", 1],
      ["a-second-later", 1000],
    ] as const) {
      await local.streams.provision(streamId);
      await confirm(streamId);
      if (milliseconds > 0) await local.clock.advance({ milliseconds });
      await complete(streamId);
      await expectEndedWell(streamId);
    }
  });

  for (const [index, [moment, call]] of moments.entries()) {
    it(`ends well when both come before ${moment}`, async () => {
      const streamId = `both-${index}`;
      let came = false;
      const before = schedulesAskedFor();
      local.faults.meanwhile(call, async () => {
        came = true;
        await confirm(streamId);
        await complete(streamId);
      });
      await local.streams.request(streamId);
      await local.executions.advanceUntil(streamId);
      expect(came).to.equal(true);
      // Before its channel is started the stream is cancelled, as a scheduled start is.
      await expectEndedWell(streamId, moment === "the channel is claimed" ? "FAILED" : "SUCCEEDED");
      expect(local.streams.told(streamId)).to.not.include("READY by orchestrator");
      expect(schedulesAskedFor()).to.equal(before);
    });
  }

  for (const [index, [moment, call]] of momentsAfterReady.entries()) {
    for (const when of ["before", "after"] as const) {
      it(`ends well when COMPLETE comes as ${moment}, ${when} it takes effect`, async () => {
        const streamId = `${when}-${index}`;
        await local.streams.provision(streamId);
        let came = 0;
        local.faults.meanwhile({ ...call, times: 1, when }, async () => {
          came += 1;
          await complete(streamId);
        });
        await confirm(streamId);
        await local.executions.advanceUntil(streamId);
        expect(came).to.equal(1);
        await expectEndedWell(streamId);
      });
    }
  }

  /** Confirms and completes a stream, and the workflow hears of neither: resume-orchestration cannot reach Step Functions. */
  async function endUnheard(streamId: string): Promise<void> {
    await local.streams.provision(streamId);
    local.faults.fail({
      service: "StepFunctions",
      action: "SendTaskSuccess",
      error: "throttle",
      times: Number.POSITIVE_INFINITY,
    });
    await confirm(streamId);
    await complete(streamId);
  }

  it("gets no schedule from an execution that is redriven after the teardown", async () => {
    const streamId = "redriven";
    await endUnheard(streamId);
    await local.executions.stop(streamId);
    local.faults.clear();
    await local.clock.advance({ minutes: 12 });
    const { executionArn, teardown } = await local.streams.latest(streamId);
    expect(teardown?.status).to.equal("DONE");
    const before = schedulesAskedFor();
    await local.executions.redrive(executionArn);
    await local.clock.advance({ minutes: 1 });
    expect(local.executions.get(executionArn)?.status).to.equal("SUCCEEDED");
    expect(schedulesAskedFor()).to.equal(before);
    // The resumer tried its best.
    await local.queues.take();
  });

  it("ends well when both come in the moment of the timeout", async () => {
    const streamId = "at-the-timeout";
    await local.streams.provision(streamId);
    local.faults.meanwhile(
      { service: "DynamoDB", action: "UpdateItem", matches: has("Neither READY nor FAILED") },
      async () => {
        await confirm(streamId);
        await complete(streamId);
      },
    );
    await local.executions.advanceUntil(streamId);
    await expectEndedWell(streamId);
  });

  it("ends well when the workflow hears of neither, and its wait times out", async () => {
    const streamId = "unheard";
    await endUnheard(streamId);
    await local.executions.advanceUntil(streamId);
    local.faults.clear();
    expect((await local.streams.latest(streamId)).status).to.equal("COMPLETE");
    expect(local.executions.get((await local.streams.latest(streamId)).executionArn)?.status).to.equal(
      "SUCCEEDED",
    );
    expect(local.notifications.subjects().filter((subject) => subject.includes(streamId))).to.deep.equal([]);
  });
});
