import { expect } from "chai";
import fc from "fast-check";
import type { Json, JsonObject } from "../../../../local/json";
import { compileEventPattern } from "../../../../local/services/event-bridge/event-pattern";
import { AwsError } from "../../../../local/services/service";

const matches = (pattern: JsonObject, event: JsonObject) => compileEventPattern(pattern)(event);

/** Whether `{ "a": [alternative] }` matches an event whose `a` has this value, or that has no `a`. */
const matchesA = (alternative: Json, ...value: Json[]) =>
  matches({ a: [alternative] }, value[0] === undefined ? {} : { a: value[0] });

describe("Event patterns", () => {
  describe("by example", () => {
    const cases: [what: string, pattern: JsonObject, matching: JsonObject[], others: JsonObject[]][] = [
      ["tell strings from numbers", { a: ["1"] }, [{ a: "1" }], [{ a: 1 }, {}]],
      ["take a number however it is written", { a: [300] }, [{ a: 3.0e2 }], [{ a: "300" }]],
      ["match null, but not what is missing", { a: [null] }, [{ a: null }], [{}, { a: "" }, { a: 0 }]],
      ["match booleans", { a: [true] }, [{ a: true }], [{ a: "true" }, { a: false }]],
      ["look into objects", { a: { b: ["x"] } }, [{ a: { b: "x", c: 1 } }], [{ a: "x" }, { b: "x" }, {}]],
      [
        "take arrays for sets",
        { a: ["x", "y"] },
        [{ a: ["y", "z"] }, { a: [["x"]] }],
        [{ a: ["z"] }, { a: [] }],
      ],
      [
        "want the fields of an object in one element of an array",
        { a: { b: [1], c: [2] } },
        [{ a: [{ b: 0 }, { b: 1, c: 2 }] }],
        [{ a: [{ b: 1 }, { c: 2 }] }],
      ],
      [
        "match what is there",
        { a: [{ exists: true }] },
        [{ a: null }, { a: ["x"] }],
        [{}, { a: [] }, { a: { b: 1 } }],
      ],
      [
        "match what is missing",
        { a: { b: [{ exists: false }] } },
        [{}, { a: 1 }, { a: { c: 1 } }],
        [{ a: { b: null } }],
      ],
      [
        "miss a field only where no element of an array has it",
        { a: { b: [{ exists: false }] } },
        [{ a: [{ c: 1 }, { d: 1 }] }],
        [{ a: [{ c: 1 }, { b: 1 }] }],
      ],
      [
        "find nothing that an event only inherits",
        { constructor: [{ exists: false }] },
        [{}],
        [{ constructor: 1 }],
      ],
      ["leave out one value", { a: [{ "anything-but": "x" }] }, [{ a: "y" }, { a: 1 }], [{ a: "x" }, {}]],
      ["leave out a list", { a: [{ "anything-but": [1, 2] }] }, [{ a: 3 }], [{ a: 1 }, { a: 2 }]],
      ["leave out a prefix", { a: [{ "anything-but": { prefix: "x" } }] }, [{ a: "yx" }], [{ a: "xy" }]],
      [
        "leave out several suffixes",
        { a: [{ "anything-but": { suffix: ["x", "y"] } }] },
        [{ a: "xz" }],
        [{ a: "zy" }],
      ],
      [
        "leave out a value in any case",
        { a: [{ "anything-but": { "equals-ignore-case": ["ab", "cd"] } }] },
        [{ a: "abc" }],
        [{ a: "AB" }, { a: "Cd" }],
      ],
      [
        "leave out a wildcard",
        { a: [{ "anything-but": { wildcard: "*/tmp/*" } }] },
        [{ a: "/x" }],
        [{ a: "a/tmp/b" }],
      ],
      [
        "match a prefix in any case",
        { a: [{ prefix: { "equals-ignore-case": "AB" } }] },
        [{ a: "abc" }],
        [{ a: "cab" }],
      ],
      [
        "match a suffix in any case",
        { a: [{ suffix: { "equals-ignore-case": ".PNG" } }] },
        [{ a: "a.png" }],
        [{ a: "png" }],
      ],
      ["match a number exactly", { a: [{ numeric: ["=", 2] }] }, [{ a: 2 }], [{ a: 3 }, { a: "2" }]],
      [
        "match IPv6 blocks",
        { a: [{ cidr: "2001:db8::/32" }] },
        [{ a: "2001:db8::1" }],
        [{ a: "2001:db9::1" }, { a: "10.0.0.1" }, { a: "host" }],
      ],
      ["match any alternative of a leaf", { a: [{ prefix: "x" }, 1] }, [{ a: "xy" }, { a: 1 }], [{ a: "y" }]],
      [
        "take $or beside other fields",
        { s: ["t"], $or: [{ a: [1] }, { b: { c: [{ exists: false }] } }] },
        [
          { s: "t", a: 1, b: { c: 1 } },
          { s: "t", a: 2 },
        ],
        [{ s: "t", a: 2, b: { c: 1 } }, { a: 1 }],
      ],
      [
        "take $or within an object",
        { detail: { $or: [{ a: [1] }, { b: [1] }] } },
        [{ detail: { a: 1 } }, { detail: { b: 1 } }],
        [{ detail: { a: 2 } }, { a: 1 }],
      ],
      [
        "pair anything-but with a missing field",
        { $or: [{ a: [{ "anything-but": "x" }] }, { a: [{ exists: false }] }] },
        [{}, { a: "y" }],
        [{ a: "x" }],
      ],
    ];
    for (const [what, pattern, matching, others] of cases) {
      it(what, () => {
        for (const event of matching) expect(matches(pattern, event), JSON.stringify(event)).to.equal(true);
        for (const event of others) expect(matches(pattern, event), JSON.stringify(event)).to.equal(false);
      });
    }
  });

  describe("by property", () => {
    const name = fc.constantFrom("a", "b", "c", "constructor");
    const scalar = fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.integer({ min: -9, max: 9 }),
      fc.boolean(),
      fc.constant(null),
    );
    const leaf = fc.oneof(scalar, fc.array(scalar, { minLength: 1, maxLength: 3 }));
    const { tree } = fc.letrec<{ tree: JsonObject }>((tie) => ({
      tree: fc.dictionary(name, fc.oneof({ maxDepth: 3 }, leaf, tie("tree")), {
        minKeys: 1,
        maxKeys: 3,
      }),
    }));
    const check = <Values>(property: fc.IProperty<Values>): void => fc.assert(property, { numRuns: 500 });

    it("match the event they were taken from, and not when one leaf is another", () => {
      check(
        fc.property(tree, fc.nat(), (event, choice) => {
          const leaves: { set(value: Json): void }[] = [];
          const pattern = patternOf(event, leaves);
          expect(matches(pattern, event)).to.equal(true);
          leaves[choice % leaves.length]?.set(["a value that no event here has"]);
          expect(matches(pattern, event)).to.equal(false);
        }),
      );
    });

    it("ignore fields that they do not mention", () => {
      check(
        fc.property(tree, tree, (event, more) => {
          expect(matches(patternOf(event, []), { ...more, ...event, z: more })).to.equal(true);
        }),
      );
    });

    it("match an array when it has an element in common with the alternatives", () => {
      const values = fc.array(scalar, { minLength: 1, maxLength: 4 });
      check(
        fc.property(values, values, (wanted, present) => {
          expect(matches({ a: wanted }, { a: present })).to.equal(
            wanted.some((one) => present.includes(one)),
          );
        }),
      );
    });

    it("match $or where one of its patterns matches", () => {
      const part = fc.dictionary(name, fc.array(scalar, { minLength: 1, maxLength: 2 }), {
        minKeys: 1,
        maxKeys: 2,
      });
      check(
        fc.property(part, part, tree, (one, other, event) => {
          expect(matches({ $or: [one, other] }, event)).to.equal(
            matches(one, event) || matches(other, event),
          );
        }),
      );
    });

    it("compare the ends of strings as strings do", () => {
      const text = fc.string({ unit: fc.constantFrom("a", "A", "b", "/"), maxLength: 4 });
      check(
        fc.property(text, text, (value, wanted) => {
          const lower = [value.toLowerCase(), wanted.toLowerCase()] as const;
          expect(matchesA({ prefix: wanted }, value)).to.equal(value.startsWith(wanted));
          expect(matchesA({ suffix: wanted }, value)).to.equal(value.endsWith(wanted));
          expect(matchesA({ "equals-ignore-case": wanted }, value)).to.equal(lower[0] === lower[1]);
          expect(matchesA({ prefix: { "equals-ignore-case": wanted } }, value)).to.equal(
            lower[0].startsWith(lower[1]),
          );
        }),
      );
    });

    it("leave out with anything-but exactly what they match without", () => {
      const operator = fc.constantFrom("prefix", "suffix", "equals-ignore-case", "wildcard");
      const text = fc.string({ unit: fc.constantFrom("a", "A", "b"), maxLength: 3 });
      check(
        fc.property(operator, text, text, (kind, wanted, value) => {
          // The engine refuses an empty prefix or suffix here.
          fc.pre(wanted !== "");
          expect(matchesA({ "anything-but": { [kind]: wanted } }, value)).to.equal(
            !matchesA({ [kind]: wanted }, value),
          );
          expect(matchesA({ "anything-but": wanted }, value)).to.equal(!matchesA(wanted, value));
          expect(matchesA({ "anything-but": [wanted, "ab"] }, value)).to.equal(
            value !== wanted && value !== "ab",
          );
        }),
      );
    });

    it("match wildcards as a character by character comparison does", () => {
      const token = fc.constantFrom("a", "b", ".", "*", "\\*", "\\\\");
      const tokens = fc
        .array(token, { maxLength: 6 })
        .filter((all) => !all.some((one, i) => one === "*" && all[i + 1] === "*"));
      const text = fc.string({ unit: fc.constantFrom("a", "b", ".", "*", "\\"), maxLength: 6 });
      check(
        fc.property(tokens, text, (wildcard, value) => {
          expect(matchesA({ wildcard: wildcard.join("") }, value)).to.equal(wildcardMatches(wildcard, value));
        }),
      );
    });

    it("compare numbers as numbers do", () => {
      const number = fc.integer({ min: -20, max: 20 }).map((n) => n / 4);
      check(
        fc.property(number, number, number, (value, low, high) => {
          expect(matchesA({ numeric: ["<", low] }, value)).to.equal(value < low);
          expect(matchesA({ numeric: [">=", low] }, value)).to.equal(value >= low);
          fc.pre(low < high);
          expect(matchesA({ numeric: [">", low, "<=", high] }, value)).to.equal(value > low && value <= high);
        }),
      );
    });

    it("match IPv4 blocks as the first bits of the address do", () => {
      check(
        fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 31 }), (block, address, bits) => {
          const isInside = firstBits(block, bits) === firstBits(address, bits);
          expect(matchesA({ cidr: `${block}/${bits}` }, address)).to.equal(isInside);
        }),
      );
    });

    it("find a field either there or missing", () => {
      check(
        fc.property(tree, (event) => {
          const there = matches({ a: [{ exists: true }] }, event);
          expect(matches({ a: [{ exists: false }] }, event)).to.equal(!there);
        }),
      );
    });
  });

  describe("as AWS's engine takes them", () => {
    const matching: [JsonObject, JsonObject][] = [
      [{ detail: { state: { status: ["running"] } } }, { detail: { "state.status": "running" } }],
      [{ kind: ["x"], $or: [{ kind: ["y"] }, { size: [1] }] }, { kind: "y" }],
      [{ $or: [{ kind: ["y"] }, { size: [1] }], kind: [{ prefix: "y" }] }, { kind: "yz" }],
      [{ name: [{ "equals-ignore-case": "straße" }] }, { name: "STRASSE" }],
      [{ "source-ip": [{ cidr: "10.0.0.0/8" }] }, { "source-ip": "010.0.0.1" }],
    ];
    for (const [pattern, event] of matching) {
      it(`match: ${JSON.stringify(pattern)} ${JSON.stringify(event)}`, () => {
        expect(compileEventPattern(pattern)(event)).to.equal(true);
      });
    }
  });

  describe("that are wrong", () => {
    const cases: [pattern: JsonObject | string, path: string][] = [
      ["{", "$"],
      ["[]", "$"],
      [{}, "$"],
      [{ source: "x" }, "$.source"],
      [{ detail: { status: [] } }, "$.detail.status"],
      [{ detail: {} }, "$.detail"],
      [{ a: [["x"]] }, "$.a[0]"],
      [{ a: ["x", {}] }, "$.a[1]"],
      [{ a: [{ prefix: "x", suffix: "y" }] }, "$.a[0]"],
      [{ a: [{ startsWith: "x" }] }, "$.a[0].startsWith"],
      [{ a: [{ constructor: "x" }] }, "$.a[0].constructor"],
      [{ a: [{ prefix: 1 }] }, "$.a[0].prefix"],
      [{ a: [{ exists: "true" }] }, "$.a[0].exists"],
      [{ a: [{ "anything-but": [] }] }, "$.a[0].anything-but"],
      [{ a: [{ "anything-but": ["x", 1] }] }, "$.a[0].anything-but"],
      [{ a: [{ "anything-but": { numeric: ["=", 1] } }] }, "$.a[0].anything-but.numeric"],
      [{ a: [{ numeric: ["~", 1] }] }, "$.a[0].numeric"],
      [{ a: [{ numeric: [">", 1, ">", 0] }] }, "$.a[0].numeric"],
      [{ a: [{ numeric: [">", 5, "<", 1] }] }, "$.a[0].numeric"],
      [{ a: [{ numeric: ["<", "6"] }] }, "$.a[0].numeric"],
      [{ a: [{ cidr: "10.0.0.0/33" }] }, "$.a[0].cidr"],
      [{ a: [{ cidr: "10.0.0.0" }] }, "$.a[0].cidr"],
      [{ a: [{ wildcard: "a**" }] }, "$.a[0].wildcard"],
      [{ a: [{ wildcard: "\\a" }] }, "$.a[0].wildcard"],
      [{ $or: [{ a: [1] }] }, "$.$or[0].a"],
      [{ detail: { $or: [{ a: [1] }, 1] } }, "$.detail.$or[0].a"],
      [{ detail: { kind: [{ "anything-but": { prefix: "" } }] } }, "$.detail.kind[0].anything-but.prefix"],
      [
        { a: [{ "anything-but": { prefix: { "equals-ignore-case": "file" } } }] },
        "$.a[0].anything-but.prefix",
      ],
      [{ arn: [{ wildcard: "*:*:*:*:*:rule/*" }] }, "$.arn[0].wildcard"],
      [{ ip: [{ cidr: "10.0.0.5/32" }] }, "$.ip[0].cidr"],
      [{ ip: [{ cidr: "fe80::1%eth0/64" }] }, "$.ip[0].cidr"],
      [{ $or: [{ numeric: [1] }, { kind: ["abc"] }] }, "$.$or[0].numeric"],
    ];
    for (const [pattern, path] of cases) {
      it(`are refused: ${typeof pattern === "string" ? pattern : JSON.stringify(pattern)}`, () => {
        expect(() => compileEventPattern(pattern))
          .to.throw(AwsError, new RegExp(`at ${path.replace(/[[\]$.]/g, "\\$&")}$`))
          .with.property("code", "InvalidEventPatternException");
      });
    }
  });
});

/** @returns a pattern that has each leaf of the event, and in `leaves` the places that hold them. */
function patternOf(event: JsonObject, leaves: { set(value: Json): void }[]): JsonObject {
  const pattern: JsonObject = {};
  for (const [name, value] of Object.entries(event)) {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      pattern[name] = patternOf(value, leaves);
    } else {
      pattern[name] = Array.isArray(value) ? value.slice(0, 1) : [value];
      leaves.push({ set: (other) => (pattern[name] = other) });
    }
  }
  return pattern;
}

function wildcardMatches(tokens: readonly string[], text: string): boolean {
  const [token, ...rest] = tokens;
  if (token === undefined) return text === "";
  if (token === "*") {
    return Array.from({ length: text.length + 1 }, (_, from) => text.slice(from)).some((end) =>
      wildcardMatches(rest, end),
    );
  }
  return text[0] === token.at(-1) && wildcardMatches(rest, text.slice(1));
}

function firstBits(address: string, bits: number): string {
  const all = address.split(".").map((byte) => Number(byte).toString(2).padStart(8, "0"));
  return all.join("").slice(0, bits);
}
