import { expect } from "chai";
import fc from "fast-check";
import { toUtc } from "../../contracts";
import { isDateTimeByAjv } from "../support/json-schema";
import { dateTimes } from "../support/requests";

describe("toUtc", () => {
  const readings: [text: string, utc: string][] = [
    ["2026-11-22T18:00:00Z", "2026-11-22T18:00:00.000Z"],
    ["2026-11-22t18:00:00z", "2026-11-22T18:00:00.000Z"],
    ["2026-11-22T18:00:00+02:30", "2026-11-22T15:30:00.000Z"],
    ["2026-11-22T18:00:00-00:30", "2026-11-22T18:30:00.000Z"],
    ["2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00.000Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
    ["2026-11-22T18:00:00.1Z", "2026-11-22T18:00:00.100Z"],
    ["2026-11-22T18:00:00.9999999Z", "2026-11-22T18:00:00.999Z"],
    ["0050-01-01T00:00:00Z", "0050-01-01T00:00:00.000Z"],
    // A leap second, in two time zones.
    ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"],
    ["2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00.000Z"],
  ];
  for (const [text, utc] of readings) {
    it(`reads ${text} as ${utc}`, () => expect(toUtc(text)).to.equal(utc));
  }

  const noDateTimes = [
    "",
    "2026-11-22",
    "2026-11-22T18:00:00",
    "2026-11-22 18:00:00Z",
    "2026-11-22T18:00Z",
    "2026-11-22T18:00:00.Z",
    "2026-11-22T18:00:00+0100",
    "2026-11-22T18:00:00+01",
    "2026-11-22T18:00:00+24:00",
    "2026-11-22T18:00:00+01:60",
    "2026-11-22T24:00:00Z",
    "2026-11-22T18:60:00Z",
    "2026-11-22T18:00:61Z",
    "2026-11-22T18:00:60Z",
    "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-11-31T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "12026-11-22T18:00:00Z",
    " 2026-11-22T18:00:00Z",
    "2026-11-22T18:00:00Z\n",
    "２０２６-11-22T18:00:00Z",
    // In UTC these lie outside of the four-digit years.
    "0000-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
  ];
  for (const text of noDateTimes) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(toUtc(text)).to.equal(undefined));
  }

  it("reads the same instant as Date does, where Date can read it", () => {
    fc.assert(
      fc.property(dateTimes, (text) => {
        expect(toUtc(text)).to.equal(new Date(text.toUpperCase()).toISOString());
      }),
    );
  });

  it("changes nothing when it is applied again", () => {
    fc.assert(
      fc.property(dateTimes, (text) => {
        const utc = toUtc(text) ?? "";
        expect(toUtc(utc)).to.equal(utc);
      }),
    );
  });

  it("agrees with ajv-formats on what is a date-time, for numbers in and out of range", () => {
    const two = (maximum: number) => fc.nat(maximum).map((n) => String(n).padStart(2, "0"));
    const offset = fc.oneof(
      fc.constantFrom("Z", "z", ""),
      fc.tuple(fc.constantFrom("+", "-"), two(25), two(61)).map(([sign, h, m]) => `${sign}${h}:${m}`),
    );
    const text = fc
      .tuple(
        // The years 0 and 9999 can leave the four digits in UTC, which ajv-formats does not mind.
        fc.integer({ min: 1, max: 9998 }).map((n) => String(n).padStart(4, "0")),
        two(14),
        two(33),
        two(25),
        two(61),
        two(62),
        fc.constantFrom("", ".0", ".25", "."),
        offset,
      )
      .map(([y, mo, d, h, mi, s, f, o]) => `${y}-${mo}-${d}T${h}:${mi}:${s}${f}${o}`);
    fc.assert(
      fc.property(text, (one) => {
        // In its search for leap seconds ajv-formats takes 24:59 and 06:60 where an offset makes 23:59 of them.
        const clock = Number(one.slice(11, 13)) < 24 && Number(one.slice(14, 16)) < 60;
        expect(toUtc(one) !== undefined, one).to.equal(clock && isDateTimeByAjv(one));
      }),
      { numRuns: 2000 },
    );
  });
});
