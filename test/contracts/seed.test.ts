import { expect } from "chai";
import {
  eventContracts,
  restOperations,
  type StateContract,
  streamLifecycleOrchestrator,
} from "../../contracts";
import seed from "./fixtures/seed.json";

/** The three tables of the specification against the exported values: the same rows, in the same order. */
describe("The specification's tables", () => {
  it("list the REST operations, after which the contract has its own", () => {
    const listed = restOperations.slice(0, seed.operations.length);
    expect(
      listed.map(({ name, method, path, description }) => ({ name, method, path, description })),
    ).to.deep.equal(seed.operations);
  });

  it("list the events, after which the contract has its own", () => {
    const listed = eventContracts.slice(0, seed.events.length);
    expect(
      listed.map(({ name, detailType, description }) => ({ name, detailType, description })),
    ).to.deep.equal(seed.events);
  });

  it("list the states, to which the contract adds the failure of HandleProvisionFailure alone", () => {
    const states = streamLifecycleOrchestrator.states.map(
      ({ name, type, integration, description, transitions, emitsEvents }: StateContract) => ({
        name,
        type,
        ...(integration && { integration }),
        description,
        ...(transitions && { transitions }),
        ...(emitsEvents && { emits: emitsEvents }),
      }),
    );
    const expected = seed.states.map((state) =>
      state.name === "HandleProvisionFailure"
        ? { ...state, transitions: { ...state.transitions, failure: "WorkflowFailed" } }
        : state,
    );
    expect(states).to.deep.equal(expected);
  });
});
