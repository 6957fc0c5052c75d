import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Graph } from "../../testing";
import { useLocal } from "../support/use-local";

/**
 * The definitions of the release before, which send payloads of version 1: recorded from it with this very configuration. A release that
 * changes `payloadVersion` takes those that its predecessor wrote with `RECORD=FOLDER npx mocha test/journeys/previous-release.test.ts`.
 */
const folder = join(__dirname, "previous-release");
const recorded = ["StreamLifecycleOrchestrator", "StreamTeardown", "StreamSweep"].map((machine) => {
  const name = `streams-${machine}`;
  return [name, readFileSync(join(folder, `${name}.asl.json`), "utf8")] as const;
});

/** Today's functions, roles and items, with the state machines of the release before, and the rule that started its teardown. */
function withPreviousDefinitions(graph: Graph): Graph {
  const definitions = new Map(recorded);
  const resources = graph.resources.map((resource) => {
    const definition = definitions.get(resource.name);
    if (resource.type.endsWith(":EventTarget") && resource.name === "streams-StreamTeardown-rule") {
      const { inputTransformer: _, ...inputs } = resource.inputs;
      return { ...resource, inputs: { ...inputs, inputPath: "$.detail" } };
    }
    return resource.type === "aws:sfn/stateMachine:StateMachine" && definition !== undefined
      ? { ...resource, inputs: { ...resource.inputs, definition } }
      : resource;
  });
  return { ...graph, resources };
}

describe("Streams of the release before", () => {
  const config = {
    ...{ channelIds: "1001,1002", leadTimeMinutes: "30", graceMinutes: "30" },
    sweepIntervalMinutes: "60",
  };
  const local = useLocal({ config, patch: withPreviousDefinitions });
  const downgrade = () => local.redeploy({ config, patch: withPreviousDefinitions });
  const upgrade = (changes: { readonly [key: string]: string } = {}) =>
    local.redeploy({ config: { ...config, ...changes }, patch: (graph) => graph });
  const inHours = (hours: number) => new Date(local.clock.now() + hours * 3_600_000).toISOString();

  beforeEach(downgrade);
  afterEach(async () => {
    for (const { streamId, status } of await local.streams.all()) {
      if (status === "READY" || status === "LIVE") await local.streams.update(streamId, "COMPLETE");
    }
    await local.clock.advance({ hours: 2 });
    expect(await local.streams.leases()).to.deep.equal([]);
    expect(await local.streams.played()).to.deep.equal([]);
    for (const { id, state } of local.encoder.all()) expect(state, id).to.equal("IDLE");
    expect(local.alarms.raised()).to.deep.equal([]);
  });

  /** The version of the payload in each call of a function that an execution made. */
  const versionsOf = (streamId: string) =>
    (local.executions.get(streamId)?.history ?? []).flatMap((event) => {
      const { parameters } =
        (event as { taskScheduledEventDetails?: { parameters?: string } }).taskScheduledEventDetails ?? {};
      const { Payload } = JSON.parse(parameters ?? "{}") as { Payload?: { version?: number } };
      return Payload ? [Payload.version] : [];
    });

  it("live from beginning to end, with the functions of today", async () => {
    await local.streams.makeReady("whole");
    expect(versionsOf("whole")).to.deep.equal([undefined]);
    expect(await local.streams.latest("whole")).to.not.have.any.keys("originId", "distributionId");
    await local.clock.advance({ hours: 1 });
    const { teardown } = await local.streams.end("whole");
    expect(teardown?.status).to.equal("DONE");
  });

  for (const outcome of ["FAILED", "nothing"] as const) {
    it(`that get ${outcome} for a confirmation are cleaned up by the functions of today`, async () => {
      const streamId = `gets-${outcome.toLowerCase()}`;
      await local.streams.provision(streamId);
      if (outcome === "FAILED") await local.streams.update(streamId, outcome);
      await local.executions.advanceUntil(streamId);
      expect(await local.streams.latest(streamId)).to.include({ status: "FAILED" });
      expect(versionsOf(streamId)).to.deep.equal([undefined, undefined]);
    });
  }

  it("are restored and swept by their own sweep with the functions of today", async () => {
    await local.streams.makeReady("swept");
    await local.clock.advance({ minutes: 61 });
    const sweep = local.executions.of("streams-StreamSweep").at(-1);
    expect(sweep?.status).to.equal("SUCCEEDED");
    expect(versionsOf(String(sweep?.arn))).to.deep.equal([undefined]);
  });

  describe("that wait while the release of today is deployed", () => {
    it("for their time start on the pool of today", async () => {
      await local.streams.request("held", { startTime: inHours(5) });
      await upgrade({ channelIds: "2001" });
      await local.streams.untilWaiting("held");
      expect(await local.streams.latest("held")).to.include({ channelId: "2001" });
      await local.streams.confirm("held", "READY");
      await local.streams.update("held", "COMPLETE");
      await local.clock.advance({ minutes: 32 });
      expect((await local.streams.latest("held")).teardown?.status).to.equal("DONE");
    });

    it("for their time can be cancelled", async () => {
      await local.streams.request("cancelled", { startTime: inHours(5) });
      await upgrade();
      await local.streams.update("cancelled", "COMPLETE");
      expect(await local.executions.advanceUntil("cancelled")).to.have.property("error", "StreamCancelled");
    });

    for (const outcome of ["READY", "FAILED", "nothing"] as const) {
      it(`for their confirmation take ${outcome}`, async () => {
        const streamId = `waits-${outcome.toLowerCase()}`;
        await local.streams.provision(streamId);
        await upgrade();
        if (outcome !== "nothing") await local.streams.update(streamId, outcome);
        const { status } = await local.executions.advanceUntil(streamId);
        expect(status).to.equal(outcome === "READY" ? "SUCCEEDED" : "FAILED");
        if (outcome === "READY") {
          await local.streams.update(streamId, "COMPLETE");
          await local.clock.advance({ minutes: 32 });
          expect((await local.streams.latest(streamId)).teardown?.status).to.equal("DONE");
        }
      });
    }

    it("for the end of their time after COMPLETE are cleaned up then", async () => {
      await local.streams.makeReady("graceful");
      await local.streams.update("graceful", "COMPLETE");
      await local.clock.advance({ minutes: 5 });
      const { channelId } = await local.streams.latest("graceful");
      await upgrade();
      await local.clock.advance({ minutes: 20 });
      expect(local.encoder.get(String(channelId)).state).to.equal("RUNNING");
      await local.clock.advance({ minutes: 6 });
      expect((await local.streams.latest("graceful")).teardown?.status).to.equal("DONE");
    });

    it("and die meanwhile are recovered and torn down", async () => {
      await local.streams.provision("dies");
      await upgrade();
      await local.executions.stop("dies");
      await local.clock.advance({ minutes: 3 });
      expect(await local.streams.latest("dies")).to.include({ status: "FAILED" });
      expect((await local.streams.latest("dies")).teardown?.status).to.equal("DONE");
    });
  });

  if (process.env.RECORD) {
    it("leave their definitions to the next release", async () => {
      await upgrade();
      for (const { type, name, inputs } of local.runtime.graph.resources) {
        if (type !== "aws:sfn/stateMachine:StateMachine") continue;
        const definition: unknown = JSON.parse(String(inputs.definition));
        writeFileSync(
          join(String(process.env.RECORD), `${name}.asl.json`),
          `${JSON.stringify(definition, null, 2)}\n`,
        );
      }
    });
  }
});
