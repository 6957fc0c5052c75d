import { expect } from "chai";
import type { JsonObject } from "../../../../local/json";
import { Harness, machineArn, roleArn, single } from "../../asl/harness";
import { expectAwsError } from "../expect-aws-error";

const definition = (state: JsonObject) => JSON.stringify({ QueryLanguage: "JSONata", ...single(state) });
const passing = definition({ Type: "Pass" });
const create = (harness: Harness, members: JsonObject = {}) =>
  harness.service.call("CreateStateMachine", { name: "Machine", definition: passing, roleArn, ...members });

describe("CreateStateMachine as an action", () => {
  it("creates a STANDARD state machine that can be started", async () => {
    const harness = new Harness();
    expect(await create(harness)).to.deep.equal({
      stateMachineArn: machineArn,
      creationDate: harness.clock.now() / 1000,
    });
    await harness.service.call("StartExecution", { stateMachineArn: machineArn, name: "run" });
    expect(await harness.describe()).to.include({ stateMachineArn: machineArn });
  });

  it("answers the same again with the first state machine, and refuses another of its name", async () => {
    const harness = new Harness();
    const first = await create(harness);
    await harness.clock.advance({ seconds: 60 });
    expect(await create(harness)).to.deep.equal(first);
    const other = definition({ Type: "Succeed" });
    await expectAwsError(create(harness, { definition: other }), "StateMachineAlreadyExists");
    await expectAwsError(create(harness, { roleArn: `${roleArn}2` }), "StateMachineAlreadyExists");
  });

  const refusals: [string, JsonObject, string][] = [
    ["a name with a space", { name: "a b" }, "InvalidName"],
    ["a definition with a problem", { definition: definition({ Type: "Tusk" }) }, "InvalidDefinition"],
    ["type EXPRESS", { type: "EXPRESS" }, "StateMachineTypeNotSupported"],
    ["a type that does not exist", { type: "FAST" }, "ValidationException"],
    ["publishing a version", { publish: true }, "ValidationException"],
  ];
  for (const [what, members, code] of refusals) {
    it(`refuses ${what} with ${code}`, async () => {
      await expectAwsError(create(new Harness(), members), code);
    });
  }
});

describe("DeleteStateMachine", () => {
  it("aborts what runs and frees the name; deleting again does nothing", async () => {
    const harness = new Harness();
    await harness.start(single({ Type: "Wait", Seconds: 60 }));
    for (let time = 0; time < 2; time += 1) {
      expect(await harness.service.call("DeleteStateMachine", { stateMachineArn: machineArn })).to.deep.equal(
        {},
      );
    }
    expect(await harness.describe()).to.include({ status: "ABORTED" });
    const describing = harness.service.call("DescribeStateMachine", { stateMachineArn: machineArn });
    await expectAwsError(describing, "StateMachineDoesNotExist");
    expect(await create(harness)).to.include({ stateMachineArn: machineArn });
  });
});
