import { expect } from "chai";
import {
  channelStartSeconds,
  channelStopSeconds,
  formerSweepLeaseSeconds,
  maxWaitForLockSeconds,
  maxWaitForOrchestrationSeconds,
  maxWaitForReleaseSeconds,
  maxWaitToStartSeconds,
  maxWaitToStopSeconds,
  sweepLeaseSeconds,
  sweepStopSeconds,
  sweepTimeoutSeconds,
  teardownTimeoutSeconds,
} from "../../../contracts/internal";

describe("The time limits", () => {
  it("give a channel the ten minutes that it may take to start, and the five to stop", () => {
    expect(maxWaitToStopSeconds).to.be.above(channelStartSeconds);
    expect(channelStartSeconds).to.equal(600);
    expect(maxWaitToStartSeconds).to.be.above(channelStopSeconds);
    expect(channelStopSeconds).to.equal(300);
  });

  it("let a teardown wait for the workflow, the lock and the channel, one after the other, and retry its calls", () => {
    const waits = maxWaitForOrchestrationSeconds + maxWaitForLockSeconds + maxWaitToStopSeconds;
    // Its calls take the rest: 15 of them, each with a minute to answer and half a minute of retries.
    expect(teardownTimeoutSeconds - waits).to.be.at.least(15 * 90);
  });

  it("let a request wait longer than any channel takes that is being given back", () => {
    expect(maxWaitForReleaseSeconds).to.be.above(maxWaitToStopSeconds);
    expect(maxWaitForReleaseSeconds).to.be.above(sweepLeaseSeconds);
    expect(maxWaitForReleaseSeconds).to.be.above(formerSweepLeaseSeconds);
    expect(formerSweepLeaseSeconds).to.be.above(sweepTimeoutSeconds);
  });

  it("let a lease of the sweep outlive the stop that the sweep makes under it by a minute", () => {
    expect(sweepLeaseSeconds).to.be.at.least(sweepStopSeconds + 60 + 60);
  });
});
