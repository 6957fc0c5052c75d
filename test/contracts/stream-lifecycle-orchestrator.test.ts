import { expect } from "chai";
import {
  eventContracts,
  type StateContract,
  stateMachines,
  streamLifecycleOrchestrator,
} from "../../contracts";
import { supportingStates } from "../../contracts/internal";
import seed from "./fixtures/seed.json";

const contractStates: readonly StateContract[] = streamLifecycleOrchestrator.states;

describe("The contract of StreamLifecycleOrchestrator", () => {
  it("is the one state machine of the specification, and has its eleven states alone", () => {
    expect(stateMachines.map(({ name }) => name)).to.deep.equal(["StreamLifecycleOrchestrator"]);
    expect(contractStates.map(({ name }) => name)).to.deep.equal(seed.states.map(({ name }) => name));
    expect(streamLifecycleOrchestrator).to.not.have.property("supportingStates");
  });

  it("gives AwaitLifecycleConfirmation, and no other state, 900 seconds and what realizes it", () => {
    const [timed, ...others] = contractStates.filter(
      ({ timeoutSeconds, realizedBy }) => timeoutSeconds ?? realizedBy,
    );
    expect(timed).to.include({
      name: "AwaitLifecycleConfirmation",
      timeoutSeconds: 900,
      integration: "arn:aws:states:::events:waitForEvent",
      realizedBy: "arn:aws:states:::aws-sdk:dynamodb:updateItem.waitForTaskToken",
    });
    expect(others).to.deep.equal([]);
  });

  it("emits the events that its states emit", () => {
    const emitted = new Set(contractStates.flatMap(({ emitsEvents }) => emitsEvents ?? []));
    expect([...emitted]).to.deep.equal(streamLifecycleOrchestrator.emitsEvents);
    expect([...emitted]).to.deep.equal(
      eventContracts.map(({ name }) => name).filter((name) => name !== "StreamHealthChanged"),
    );
  });

  it("leads every transition to a state of its own, and names a state once", () => {
    const names = contractStates.map(({ name }) => name);
    for (const { transitions } of contractStates)
      expect(names).to.include.members(Object.values(transitions ?? {}));
    const all = [...names, ...supportingStates.map(({ name }) => name)];
    expect(new Set(all)).to.have.property("size", all.length);
  });

  it("has every supporting state serve a Task of the contract, and say why", () => {
    for (const { name, serves, reason } of supportingStates) {
      expect(contractStates.find((state) => state.name === serves)?.type, name).to.equal("Task");
      expect(reason, name).to.match(/\w.*\.$/);
    }
  });
});
