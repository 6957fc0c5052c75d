import { expect } from "chai";
import { graceEnd } from "../../../../components/workflow/teardown/grace-states";
import { checkDefinition } from "../../../../local/wiring/check-definition";
import { validateDefinition } from "../../../support/asl-validator";
import {
  buildTeardown,
  decide,
  predecessors,
  reachable,
  stateOf,
  statesOf,
} from "../../../support/definition";
import { evaluate } from "../../../support/jsonata";

const definition = buildTeardown({ graceMinutes: 30 });
const without = buildTeardown();

describe("StreamTeardown with a time after COMPLETE", () => {
  it("is valid, and reaches every state", () => {
    expect(validateDefinition(definition)).to.deep.equal([]);
    expect(checkDefinition(definition)).to.deep.equal([]);
    const names = statesOf(definition).map(([name]) => name);
    expect([...reachable(definition, [definition.StartAt])]).to.have.members(names);
  });

  it("has three more states and a longer timeout, and differs where attempts are found alone", () => {
    const added = ["DecideGrace", "RecordGrace", "WaitForGrace"];
    expect(definition.TimeoutSeconds).to.equal((without.TimeoutSeconds ?? 0) + 1800);
    expect(JSON.stringify(without)).to.not.match(/grace/i);
    const changed = statesOf(definition).flatMap(([name, state]) =>
      JSON.stringify(state) === JSON.stringify(without.States[name]) ? [] : [name],
    );
    expect(changed).to.have.members(["FindAttempt", "WaitForOrchestration", "MarkLease", ...added]);
  });

  it("waits only for an attempt that still has its lease, and looks again after that", () => {
    expect(predecessors(definition, "DecideGrace")).to.deep.equal(["MarkLease"]);
    const { Condition = "" } = stateOf(definition, "DecideGrace", "Choice").Choices[0] ?? {};
    expect(Condition).to.include("$hasLease and ");
    expect(predecessors(definition, "BeginTeardown")).to.have.members(["DecideGrace", "RecordGrace"]);
    expect(stateOf(definition, "WaitForGrace", "Wait").Next).to.equal("FindAttempt");
  });

  describe("the end of the time", () => {
    const readyAt = "2027-03-20T18:00:00.000Z";
    const updatedAt = "2027-03-20T20:00:00.000Z";
    const item = { status: "COMPLETE", readyAt, updatedAt };

    /** @param maxLiveHours twelve in the definition of the tests. */
    function endOf(attributes: { [name: string]: string } | undefined, maxLiveHours = 12) {
      const read = Object.entries(attributes ?? {}).map(([name, S]) => [name, { S }]);
      const Items = attributes ? [Object.fromEntries(read)] : [];
      return evaluate(`{% ${graceEnd({ graceMinutes: 30, maxLiveHours })} %}`, {
        states: { result: { Items } },
      });
    }

    it("counts from COMPLETE", async () => {
      expect(await endOf(item)).to.equal("2027-03-20T20:30:00.000Z");
      expect(await endOf(item, 0)).to.equal("2027-03-20T20:30:00.000Z");
    });

    it("is the one on the item, where it is recorded", async () => {
      const graceUntil = "2027-03-20T20:11:00.000Z";
      expect(await endOf({ ...item, graceUntil })).to.equal(graceUntil);
    });

    it("is no later than the stream may be up", async () => {
      expect(await endOf(item, 2)).to.equal(updatedAt);
      expect(await endOf({ ...item, updatedAt: "2027-03-21T05:59:00.000Z" })).to.equal(
        "2027-03-21T06:00:00.000Z",
      );
    });

    for (const [name, attributes] of [
      ["is FAILED", { ...item, status: "FAILED" }],
      ["is LIVE", { ...item, status: "LIVE" }],
      ["never was ready", { status: "COMPLETE", updatedAt }],
      ["is unknown", undefined],
    ] as const) {
      it(`is none for a stream that ${name}`, async () => {
        expect(await endOf(attributes)).to.equal(null);
      });
    }

    it("decides how long the execution waits", async () => {
      const at = (EnteredTime: string, graceUntil: string | null) => ({
        states: { context: { State: { EnteredTime } } },
        hasLease: true,
        graceUntil,
      });
      const next = (data: ReturnType<typeof at>) =>
        decide(stateOf(definition, "DecideGrace", "Choice"), data);
      const seconds = (data: ReturnType<typeof at>) =>
        evaluate(String(stateOf(definition, "WaitForGrace", "Wait").Seconds), data);
      expect(await next(at("2027-03-20T20:29:59.999Z", "2027-03-20T20:30:00.000Z"))).to.equal("RecordGrace");
      expect(await next(at("2027-03-20T20:30:00.000Z", "2027-03-20T20:30:00.000Z"))).to.equal(
        "BeginTeardown",
      );
      expect(await next(at("2027-03-20T20:30:00.000Z", null))).to.equal("BeginTeardown");
      expect(await seconds(at("2027-03-20T20:00:00.001Z", "2027-03-20T20:30:00.000Z"))).to.equal(1800);
      expect(await seconds(at("2027-03-20T20:31:00.000Z", "2027-03-20T20:30:00.000Z"))).to.equal(1);
    });
  });
});
