import { expect } from "chai";
import { contractProgress, foldVisits, progressFromStream, stepsTaken, timeIn } from "../../console/states";
import type { Contract, Execution, Visit } from "../../console/types";
import { type Stream, streamLifecycleOrchestrator } from "../../contracts";
import { supportingStates } from "../../contracts/internal";

const contract = {
  states: streamLifecycleOrchestrator.states,
  supporting: supportingStates,
} as unknown as Contract;
const at = (second: number) => new Date(second * 1000).toISOString();

function visit(name: string, from: number, to?: number, more: Partial<Visit> = {}): Visit {
  return {
    name,
    type: "Task",
    enteredAt: at(from),
    ...(to !== undefined && { exitedAt: at(to) }),
    errors: [],
    ...more,
  };
}

function execution(status: string, ...states: Visit[]): Execution {
  const machine = {
    physicalName: "streams-StreamLifecycleOrchestrator-115bf04",
    name: "streams-StreamLifecycleOrchestrator",
  };
  return { arn: "arn", name: "launch_1", machine, status, startedAt: at(0), states };
}

describe("the states of an execution", () => {
  it("are folded by name, with the time of all visits and how far the last one is", () => {
    const folded = foldVisits(
      execution(
        "RUNNING",
        visit("A", 0, 1),
        visit("B", 1, 3),
        visit("A", 3, 4, { errors: [{ error: "Boom" }] }),
        visit("C", 4),
      ),
      10_000,
    );
    const told = [...folded.values()].map(({ name, progress, milliseconds, visits }) => [
      name,
      progress,
      milliseconds,
      visits.length,
    ]);
    expect(told).to.deep.equal([
      ["A", "failed", 2000, 2],
      ["B", "done", 2000, 1],
      ["C", "current", 6000, 1],
    ]);
  });

  it("that an execution ended in are done or failed, as it is", () => {
    const last = (status: string) => foldVisits(execution(status, visit("A", 0)), 0).get("A")?.progress;
    expect(["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"].map(last)).to.deep.equal([
      "done",
      "failed",
      "failed",
      "failed",
    ]);
  });

  it("count no time before they began", () => {
    expect(timeIn(visit("A", 5), 0)).to.equal(0);
  });

  it("of the contract are current while a supporting state serves them", () => {
    const folded = foldVisits(
      execution("RUNNING", visit("ValidateProvisionRequest", 0, 1), visit("ReadChannelState", 1)),
      2000,
    );
    const progress = contractProgress(contract, folded);
    expect(progress.get("ProvisionEncoderInfrastructure")).to.include({
      progress: "current",
      within: "ReadChannelState",
    });
    expect(progress.get("ValidateProvisionRequest")).to.include({ progress: "done" });
    expect(progress.get("WorkflowSucceeded")).to.include({ progress: "ahead" });
    expect([...progress]).to.have.lengthOf(11);
  });

  it("are steps from one to another, without those between", () => {
    const visits = [visit("A", 0, 1), visit("x", 1, 2), visit("B", 2, 3), visit("B", 3, 4), visit("C", 4)];
    expect(stepsTaken(visits, new Set(["A", "B", "C"]))).to.deep.equal([
      { from: "A", to: "B" },
      { from: "B", to: "C" },
    ]);
  });
});

describe("what a deployment's API tells of a workflow", () => {
  const stream = {
    streamId: "launch",
    status: "PROVISIONING",
    attempt: 1,
    requestedAt: at(0),
    updatedAt: at(0),
    history: [],
  } as Stream;
  const states = (more: Partial<Stream>) =>
    Object.fromEntries(
      [...progressFromStream(contract, { ...stream, ...more })].map(([name, { progress }]) => [
        name,
        progress,
      ]),
    );

  it("is not told of most states of a stream that is being provisioned", () => {
    expect(states({})).to.include({
      ...{ PersistProvisionRequest: "done", ConfigurePlaybackEndpoints: "unknown", WorkflowFailed: "ahead" },
    });
    expect(states({ scheduledStart: at(9) })).to.include({ ProvisionEncoderInfrastructure: "current" });
  });

  it("is all of them for a stream that was ready, whatever it is now", () => {
    expect(states({ status: "FAILED", readyAt: at(5) })).to.include({
      ...{
        RecordCompletion: "done",
        WorkflowSucceeded: "done",
        HandleProvisionFailure: "ahead",
        WorkflowFailed: "ahead",
      },
    });
  });

  it("is the state that failed", () => {
    const failure = { state: "AwaitLifecycleConfirmation", error: "ConfirmationFailed", cause: "black" };
    expect(states({ status: "FAILED", failure })).to.include({
      ...{
        AwaitLifecycleConfirmation: "failed",
        HandleProvisionFailure: "done",
        WorkflowFailed: "failed",
        WorkflowSucceeded: "ahead",
      },
    });
    // A supporting state is none of the contract.
    const states11 = states({ status: "FAILED", failure: { ...failure, state: "ReadChannelState" } });
    expect(Object.keys(states11)).to.have.lengthOf(11);
  });
});
