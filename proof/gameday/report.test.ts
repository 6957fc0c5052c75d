import { expect } from "chai";
import { killSites } from "./acts/kill-sites";
import { compare, type Ending } from "./ending";
import { inWords } from "./in-words";
import { documentOf, lineOf, summaryOf } from "./report";
import type { Played } from "./situation";
import { difference } from "./snapshot";

const ending: Ending = {
  saw: "POST 202",
  ended: "FAILED (execution FAILED)",
  left: "nothing",
  told: "requested, FAILED by orchestrator",
  onCall: 1,
  alarms: "none",
};

const played: Played = {
  situation: { name: "timeout", done: "nobody confirmed it", expected: ending, play: async () => undefined },
  ending,
  wrong: [],
};

describe("an ending", () => {
  it("is as expected where every member is", () => {
    expect(compare(ending, ending)).to.deep.equal([]);
    const loose = { ...ending, told: /FAILED/, onCall: { least: 1, most: 2 } };
    expect(compare(ending, loose)).to.deep.equal([]);
  });

  it("is wrong in each member that differs, and says how", () => {
    const other: Ending = {
      ...{ saw: "POST 500", ended: "none", left: "lease", told: "nothing" },
      ...{ onCall: 3, alarms: "dead-letters" },
    };
    expect(compare(other, ending)).to.deep.equal([
      'saw: expected "POST 202", received "POST 500".',
      'ended: expected "FAILED (execution FAILED)", received "none".',
      'left: expected "nothing", received "lease".',
      'told: expected "requested, FAILED by orchestrator", received "nothing".',
      'alarms: expected "none", received "dead-letters".',
      "on-call: expected 1 to 1 messages, received 3.",
    ]);
    const loose = { ...ending, told: /READY/, onCall: { least: 2, most: 3 } };
    expect(compare(ending, loose)).to.have.lengthOf(2);
  });
});

describe("what is left of a stream", () => {
  const before = {
    "channel running": new Set(["1001"]),
    lease: new Set(["1001"]),
    "dead letter": new Set<string>(),
  };

  it("is nothing where all is as before", () => {
    expect(difference(before, before)).to.equal("nothing");
  });

  it("is what there was not before, and what is gone is not passed over in silence", () => {
    const after = {
      "channel running": new Set(["1001", "1002", "1003"]),
      lease: new Set(["1002"]),
      "dead letter": new Set(["{}"]),
    };
    expect(difference(before, after)).to.equal("2 channels running, lease, lease gone, dead letter");
  });

  it("is counted in words, whatever it is", () => {
    const two = new Set(["a", "b"]);
    const after = {
      "playback entry": two,
      "sweep lease": two,
      schedule: two,
      "teardown running": two,
      "status not announced": two,
      "dead letter": two,
      "alarm on": two,
    };
    expect(difference({}, after)).to.equal(
      "2 playback entries, 2 sweep leases, 2 schedules, 2 teardowns running, 2 statuses not announced, 2 dead letters, 2 alarms on",
    );
  });
});

describe("a list in the report", () => {
  it("is told as it is where it is short", () => {
    expect(inWords(["requested", "READY by api"])).to.equal("requested, READY by api");
    expect(inWords([])).to.equal("");
  });

  it("is counted where it is long, in the order in which each came first", () => {
    const ten = Array.from({ length: 10 }, () => ["POST 202", "PUT 200"]).flat();
    expect(inWords(ten)).to.equal("10 × POST 202, 10 × PUT 200");
    expect(inWords(ten.slice(0, 10), "; ")).to.equal("5 × POST 202; 5 × PUT 200");
  });
});

describe("the report of a game day", () => {
  it("has one line for each situation", () => {
    expect(lineOf(played)).to.equal(
      "ok     timeout: nobody confirmed it | saw POST 202 | ended FAILED (execution FAILED) | left nothing | told requested, FAILED by orchestrator | on-call 1 | alarms none",
    );
  });

  it("says what is wrong below the line", () => {
    const [line = "", reason] = lineOf({ ...played, wrong: ["left: a lease."] }).split("\n");
    expect(line).to.match(/^WRONG {2}timeout/);
    expect(reason?.trim()).to.equal("left: a lease.");
  });

  it("shows a known gap as one, in the line, in the sum and in the document", () => {
    const gap = { ...played, situation: { ...played.situation, gap: "nobody cleans up" } };
    const acts = [{ title: "Act", played: [played, gap, { ...played, wrong: ["left: a lease."] }] }];
    expect(lineOf(gap)).to.match(/^gap .*known gap: nobody cleans up$/);
    expect(summaryOf(acts)).to.equal(
      "3 situations: 2 ended as expected, 1 of them in a known gap; 1 ended wrong.",
    );
    expect(documentOf(acts)).to.include("- **timeout**: nobody cleans up.");
  });
});

describe("the calls at which a function is killed", () => {
  const call = { service: "DynamoDB", kind: "function", outcome: "answered" } as const;
  const own = { ...call, caller: "streams-resume-0123abc", invocationId: "a" };

  it("are those of its first invocation, each counted among its like", () => {
    const sites = killSites(
      [
        { ...own, caller: "streams-other-0123abc", action: "Query" },
        { ...own, action: "GetItem" },
        { ...own, action: "UpdateItem" },
        { ...own, action: "GetItem" },
        { ...own, invocationId: "b", action: "PutItem" },
      ],
      "streams-resume",
    );
    expect(sites.map(({ at, isOnly }) => [at.action, at.nth, isOnly])).to.deep.equal([
      ["GetItem", 1, false],
      ["UpdateItem", 1, true],
      ["GetItem", 2, false],
    ]);
  });

  it("are an error where the recorded run has none", () => {
    expect(() => killSites([], "streams-resume")).to.throw("no call of 'streams-resume'");
  });
});
