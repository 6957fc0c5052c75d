import { expect } from "chai";
import fc from "fast-check";
import * as v from "valibot";
import {
  check,
  createStreamWorkflow,
  createStreamWorkflowRequestSchema,
  streamLifecycleProgressed,
  streamLifecycleProgressedDetailSchema,
  streamProvisionRequested,
  streamProvisionRequestedDetailSchema,
  streamStatuses,
  toJsonSchema,
  updateStreamStatus,
  updateStreamStatusRequestSchema,
} from "../../contracts";
import { compileJsonSchema } from "../support/json-schema";
import { dateTimes, requests, streamIds, uris } from "../support/requests";

/** Any JSON. Text of the ASCII range alone: JSON Schema cannot tell lone surrogates from text. */
const junk = fc.jsonValue({ maxDepth: 1, stringUnit: "grapheme-ascii" });

/** The members of an object, each right or wrong or absent, and now and then an unknown one. */
function nearly(members: { [name: string]: fc.Arbitrary<unknown> }): fc.Arbitrary<unknown> {
  const mixed = Object.entries(members).map(
    ([name, right]) => [name, fc.oneof({ weight: 15, arbitrary: right }, junk)] as const,
  );
  const object = fc.record(
    { ...Object.fromEntries(mixed), stray: junk, constructor: junk },
    { requiredKeys: [], noNullPrototype: true },
  );
  const complete = fc.record(Object.fromEntries(mixed), { noNullPrototype: true });
  return fc.oneof({ weight: 4, arbitrary: complete }, object, junk);
}

const strings = fc.oneof(
  fc.string({ maxLength: 300, unit: "binary" }).filter((text) => text.isWellFormed()),
  fc.nat(300).map((length) => "🎬".repeat(length)),
);
const endpoint = nearly({
  protocol: fc.constantFrom("rtmp", "rtmps", "srt", "hls"),
  url: uris,
  backupUrl: uris,
});
const requestMembers = {
  streamId: fc.oneof({ weight: 5, arbitrary: streamIds }, fc.string({ unit: "grapheme-ascii" })),
  title: strings,
  startTime: dateTimes,
  ingestEndpoints: fc.array(endpoint, { maxLength: 2 }),
  metadata: fc.dictionary(fc.string(), fc.oneof({ weight: 5, arbitrary: fc.string() }, junk), { maxKeys: 3 }),
};
const statusMembers = {
  streamId: streamIds,
  status: fc.constantFrom(...streamStatuses, "DONE"),
  reason: strings,
};
const attempt = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(1.5));

const cases: [
  what: string,
  schema: v.GenericSchema,
  json: object | undefined,
  values: fc.Arbitrary<unknown>,
][] = [
  [
    "the body of POST /streams",
    createStreamWorkflowRequestSchema,
    createStreamWorkflow.requestSchema,
    fc.oneof(requests, nearly(requestMembers)),
  ],
  [
    "the body of PUT /streams",
    updateStreamStatusRequestSchema,
    updateStreamStatus.requestSchema,
    nearly(statusMembers),
  ],
  [
    "StreamProvisionRequested",
    streamProvisionRequestedDetailSchema,
    streamProvisionRequested.detailSchema,
    fc.oneof(requests, nearly({ ...requestMembers, attempt })),
  ],
  [
    "StreamLifecycleProgressed",
    streamLifecycleProgressedDetailSchema,
    streamLifecycleProgressed.detailSchema,
    nearly({ ...statusMembers, occurredAt: dateTimes, attempt, origin: fc.string() }),
  ],
];

describe("toJsonSchema", () => {
  for (const [what, schema, json, values] of cases) {
    it(`says of ${what} what the schema itself says`, () => {
      const problems = compileJsonSchema(json as never);
      const seen = { fitting: 0, wrong: 0 };
      fc.assert(
        fc.property(values, (value) => {
          const checked = check(schema, value);
          const found = problems(value);
          seen[checked.ok ? "fitting" : "wrong"]++;
          expect(found.length === 0, `${JSON.stringify(checked)} but ${JSON.stringify(found)}`).to.equal(
            checked.ok,
          );
        }),
        { numRuns: 600 },
      );
      // Values of one kind alone would show nothing.
      expect(seen.fitting, "fitting values").to.be.above(20);
      expect(seen.wrong, "wrong values").to.be.above(20);
    });
  }

  it("throws for a check that JSON Schema cannot express and that names no counterpart", () => {
    const even = v.pipe(
      v.number(),
      v.check((n) => n % 2 === 0),
    );
    expect(() => toJsonSchema(even)).to.throw("check");
  });
});
