import { expect } from "chai";
import { age, clockTime, duration, json, moment, plain, twoLines } from "../../console/format";

describe("what the console writes", () => {
  it("is a span of time in its two largest units", () => {
    const spans = [0, 850, 1000, 61_000, 900_000, 3_660_000, 90_000_000, 86_400_000];
    expect(spans.map(duration)).to.deep.equal([
      ...["0 ms", "850 ms", "1 s", "1 min 1 s", "15 min", "1 h 1 min", "1 d 1 h", "1 d"],
    ]);
  });

  it("is an age in its largest unit, before and after", () => {
    const now = Date.parse("2026-11-22T18:00:00Z");
    const ages = [
      "2026-11-22T18:00:00.400Z",
      "2026-11-22T17:59:01Z",
      "2026-11-22T15:00:00Z",
      "2026-11-24T18:00:00Z",
    ];
    expect(ages.map((time) => age(time, now))).to.deep.equal(["just now", "59 s ago", "3 h ago", "in 2 d"]);
  });

  it("is a time in UTC, and the text itself where it is none", () => {
    expect(moment("2026-11-22T19:00:05.123+01:00")).to.equal("2026-11-22 18:00:05 UTC");
    expect(clockTime("2026-11-22T18:00:05.123Z")).to.equal("18:00:05");
    expect(moment("soon\u202e")).to.equal("soon\\u202e");
  });

  it("shows control characters, in values as well", () => {
    expect(plain("a\u0007b\u202ec\nd")).to.equal("a\\u0007b\\u202ec\\nd");
    expect(json({ title: "x\u202ey" })).to.equal('{\n  "title": "x\\u202ey"\n}');
    expect(json(undefined)).to.equal("");
  });

  it("is a long name in two lines that are about as long", () => {
    expect(twoLines("ProvisionEncoderInfrastructure")).to.deep.equal(["ProvisionEncoder", "Infrastructure"]);
    expect(twoLines("RecordCompletion")).to.deep.equal(["RecordCompletion"]);
    expect(twoLines("alowercasenamewithoutanyhump")).to.deep.equal(["alowercasenamewithoutanyhump"]);
  });
});
