import { expect } from "chai";
import type { Local } from "../../testing";
import { useLocal } from "../support/use-local";

const automatic = {
  channelIds: "1001",
  playbackDomainName: "d111111abcdef8.cloudfront.net",
  manifests: "main=HLS:index.m3u8",
  readinessMode: "automatic",
  readinessTimeoutSeconds: "300",
  sweepIntervalMinutes: "60",
};

/** Lets time pass until the stream's workflow has ended. */
const untilEnded = (local: Local, streamId: string) => local.executions.advanceUntil(streamId);

/** Ends a stream, and lets its channel come to rest. */
async function end(local: Local, streamId: string): Promise<void> {
  await local.streams.end(streamId);
  await local.clock.advance({ minutes: 5 });
}

describe("a stream with automatic readiness", () => {
  const local = useLocal({ config: automatic });

  it("is READY once its channel runs and its manifest lists a segment, without a word of anybody", async () => {
    local.encoder.setDelays("1001", { startMilliseconds: 100_000 });
    await local.streams.request("launch");
    await local.clock.advance({ seconds: 95 });
    expect(await local.streams.get("launch")).to.include({ status: "PROVISIONING" });
    await untilEnded(local, "launch");
    const { status, history } = (await local.streams.get("launch")) ?? {};
    expect(status).to.equal("READY");
    const ready = history?.find((entry) => entry.status === "READY");
    expect(ready?.origin).to.equal("probe");
    expect(ready?.reason).to.match(/^Manifest main lists \d segments?\.$/);
    expect(ready?.evidence).to.match(/^Channel 1001 runs, as MediaLive said at 2026-01-01T00:01:4/);
    expect(local.streams.told("launch")).to.deep.equal([
      "requested",
      "PROVISIONING by orchestrator",
      "READY by probe",
      "READY by orchestrator",
    ]);
    await end(local, "launch");
  });
});

/** What the probe last said of a stream that it reported. */
const lastReason = async (local: Local, streamId: string) =>
  (await local.streams.get(streamId))?.history.find(({ status }) => status === "FAILED")?.reason;

describe("a stream without evidence", () => {
  const local = useLocal({ config: automatic });

  it("is FAILED by the probe, which says what it saw, when its channel does not run in time", async () => {
    local.encoder.setDelays("1001", { startMilliseconds: 600_000 });
    await local.streams.request("slow");
    await untilEnded(local, "slow");
    expect(await local.streams.get("slow")).to.include({ status: "FAILED" });
    expect(await lastReason(local, "slow")).to.equal(
      "No evidence that the stream is ready. Channel 1001 is STARTING.",
    );
    local.encoder.setDelay("1001", 2000);
    await local.clock.advance({ minutes: 15 });
    expect(local.encoder.get("1001").state).to.equal("IDLE");
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  it("is FAILED by the probe when its manifest is not there, and no manifest is asked for in vain after that", async () => {
    local.encoder.setDelays("1001", { startMilliseconds: 30_000 });
    await local.streams.request("dark");
    await local.streams.untilWaiting("dark");
    local.encoder.crash("1001");
    await untilEnded(local, "dark");
    expect(await lastReason(local, "dark")).to.equal(
      "No evidence that the stream is ready. Channel 1001 is IDLE.",
    );
    await local.clock.advance({ minutes: 5 });
    expect(local.executions.of("streams-StreamReadiness").map(({ status }) => status)).to.deep.equal([
      "SUCCEEDED",
      "SUCCEEDED",
    ]);
  });
});

describe("a stream that has to run before it is READY", () => {
  const local = useLocal({ config: { channelIds: "1001", requireRunning: "true" } });

  it("is refused as READY until then, by the API and by an event", async () => {
    local.encoder.setDelays("1001", { startMilliseconds: 100_000 });
    await local.streams.request("launch");
    await local.streams.untilWaiting("launch");
    expect(await local.streams.update("launch", "READY")).to.deep.include({
      status: 400,
      body: {
        message: "Validation failed.",
        issues: [
          "status READY needs the channel to run, and MediaLive has not said that channel 1001 does. Try again once it runs.",
        ],
      },
    });
    await local.streams.announce("launch", "READY");
    await local.settled();
    expect(await local.streams.get("launch")).to.include({ status: "PROVISIONING" });
    await local.clock.advance({ minutes: 3 });
    await local.streams.confirm("launch", "READY");
    const { status, history } = (await local.streams.get("launch")) ?? {};
    expect(status).to.equal("READY");
    expect(history?.at(-1)?.evidence).to.match(/^Channel 1001 runs, as MediaLive said at /);
    await end(local, "launch");
  });

  it("can be FAILED at any time", async () => {
    await local.streams.request("late");
    await local.streams.untilWaiting("late");
    await local.streams.confirm("late", "FAILED");
    expect(await local.streams.get("late")).to.include({ status: "FAILED" });
  });
});
