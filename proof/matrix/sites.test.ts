import { expect } from "chai";
import { type CallRecord, callPlaces, deliveryPlaces, nameOfPlace, siteOf } from "./sites";

const call: CallRecord = {
  callerKind: "state-machine",
  caller: "streams-Machine",
  service: "DynamoDB",
  action: "UpdateItem",
  site: ".Claim",
  acts: 1,
  phase: "journey",
};

describe("the calls of a journey", () => {
  it("are numbered among the caller's calls of the action, as faults count them", () => {
    const places = callPlaces([call, { ...call, action: "GetItem" }, { ...call, site: ".Await" }]);
    expect(places.map(({ action, site, nth }) => [action, site, nth])).to.deep.equal([
      ["UpdateItem", ".Claim", 1],
      ["GetItem", ".Claim", 1],
      ["UpdateItem", ".Await", 2],
    ]);
  });

  it("are those of the first two rounds of a loop, and keep their numbers", () => {
    const places = callPlaces([call, call, call, { ...call, site: ".Await" }]);
    expect(places.map(({ nth }) => nth)).to.deep.equal([1, 2, 4]);
  });

  it("are not those of users, which nobody can break, nor those of alarms, which come after the fact", () => {
    const user: CallRecord = { ...call, callerKind: "user", caller: "user" };
    const alarm: CallRecord = { ...call, callerKind: "service", caller: "cloudwatch.amazonaws.com" };
    expect(callPlaces([user, alarm])).to.deep.equal([]);
  });

  it("have a site, which is the same in every journey, and a name with their number", () => {
    const [first, second] = callPlaces([call, call]);
    expect([first, second].map((place) => place && siteOf(place))).to.deep.equal([
      "Machine.Claim: DynamoDB UpdateItem",
      "Machine.Claim: DynamoDB UpdateItem",
    ]);
    expect(second && nameOfPlace(second)).to.equal("Machine.Claim: DynamoDB UpdateItem, call 2");
  });
});

describe("the calls of the sweep after a journey", () => {
  it("are counted anew, and say so in their names", () => {
    const places = callPlaces([call, { ...call, phase: "sweep" }]);
    expect(places.map(nameOfPlace)).to.deep.equal([
      "Machine.Claim: DynamoDB UpdateItem",
      "Machine.Claim: DynamoDB UpdateItem, in the sweep after",
    ]);
  });
});

describe("the deliveries of a journey", () => {
  it("know whether another one comes to the same target, which can overtake them", () => {
    const delivery = {
      target: "streams-resume",
      detailType: "Progressed",
      acts: 0,
      phase: "journey",
    } as const;
    const places = deliveryPlaces([delivery, { ...delivery, target: "streams-recover" }, delivery]);
    expect(places.map(({ target, nth, hasNext }) => [target, nth, hasNext])).to.deep.equal([
      ["streams-resume", 1, true],
      ["streams-recover", 1, false],
      ["streams-resume", 2, false],
    ]);
  });

  it("are named by what the target gets where that is not the whole event", () => {
    const [place] = deliveryPlaces([
      { target: "streams-Teardown", detailType: undefined, acts: 0, phase: "journey" },
    ]);
    expect(place && siteOf(place)).to.equal("input to Teardown");
  });
});
