import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import {
  breakingChanges,
  type Contract,
  currentContract,
  mayBreak,
} from "../../scripts/contract/breaking-changes";
import { compareSchemas } from "../../scripts/contract/compare-schemas";
import { root } from "../support/root";
import released from "./released/contract.json";

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
const current = currentContract(version);

describe("the contract", () => {
  it("breaks nothing that the last release promised, unless the version says so", () => {
    if (mayBreak(released.version, version)) return;
    // Take the change back; or raise the version, and say in CHANGELOG.md what breaks.
    expect(breakingChanges(released, current)).to.deep.equal([]);
  });

  it("has a released version that is none of the future", () => {
    expect(mayBreak(version, released.version)).to.equal(false);
  });
});

/** A part of the contract that a change is made in. */
// biome-ignore lint/suspicious/noExplicitAny: a document of any shape
type Part = any;

/** The schemas of an object with these members, and what else it has. */
const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
const text = { type: "string" };

describe("breakingChanges", () => {
  const changesAfter = (change: (contract: Part) => void) => {
    // Not structuredClone: schemas that share a part would change together.
    const contract = JSON.parse(JSON.stringify(current)) as Contract;
    change(contract);
    return breakingChanges(current, contract);
  };
  const operation = (contract: Part, path: string, method: string): Part => contract.paths[path][method];
  const body = (contract: Part): Part =>
    operation(contract, "/streams", "post").requestBody.content["application/json"].schema;
  const answer = (contract: Part): Part =>
    operation(contract, "/streams/{streamId}", "get").responses[200].content["application/json"].schema;
  const detail = (contract: Part, name = "StreamLifecycleProgressed"): Part =>
    contract.events[name].payload.properties.detail;

  it("finds nothing where nothing changed", () => expect(changesAfter(() => undefined)).to.deep.equal([]));

  const breaking: readonly (readonly [what: string, change: (contract: Part) => void, sentence: string])[] = [
    ["an operation that is gone", (c) => delete c.paths["/health"], "GET /health was removed."],
    [
      "an operation with another name",
      (c) => Object.assign(operation(c, "/health", "get"), { operationId: "Health" }),
      "GetHealthStatus is called Health now, and so is its method of the client.",
    ],
    [
      "an operation that asks for credentials",
      (c) => Object.assign(operation(c, "/health", "get"), { security: [{ iam: [] }] }),
      "GetHealthStatus asks for credentials now.",
    ],
    [
      "a parameter that is gone",
      (c) => operation(c, "/streams", "get").parameters.pop(),
      "ListStreams: parameter nextToken was removed.",
    ],
    [
      "a parameter that is required",
      (c) =>
        operation(c, "/streams", "get").parameters.push({
          name: "owner",
          in: "query",
          required: true,
          schema: text,
        }),
      "ListStreams: parameter owner is required now.",
    ],
    [
      "a parameter that takes less",
      (c) => Object.assign(operation(c, "/streams", "get").parameters[1].schema, { maximum: 50 }),
      "ListStreams: parameter limit takes less: maximum 50, before 100.",
    ],
    [
      "a body that is required",
      (c) => {
        operation(c, "/streams/{streamId}", "delete").requestBody = operation(
          c,
          "/streams",
          "put",
        ).requestBody;
      },
      "EndStream asks for a body now.",
    ],
    [
      "a member that is required",
      (c) => body(c).required.push("metadata"),
      "CreateStreamWorkflow: body.metadata is required now.",
    ],
    [
      "a member that is gone",
      (c) => delete body(c).properties.metadata,
      "CreateStreamWorkflow: body.metadata was removed.",
    ],
    [
      "a member of another type",
      (c) => Object.assign(body(c).properties.title, { type: "number" }),
      "CreateStreamWorkflow: body.title has another type: number, before string.",
    ],
    [
      "a value that is refused",
      (c) => body(c).properties.ingestEndpoints.items.properties.protocol.enum.pop(),
      "CreateStreamWorkflow: body.ingestEndpoints[].protocol no longer takes srt.",
    ],
    [
      "a rule that has to be looked at",
      (c) => body(c).properties.ingestEndpoints.items.allOf.pop(),
      "CreateStreamWorkflow: body.ingestEndpoints[] changed in allOf, which has to be looked at by hand.",
    ],
    [
      "an answer that is gone",
      (c) => {
        const { responses } = operation(c, "/streams", "post");
        responses[200] = responses[202];
        delete responses[202];
      },
      "CreateStreamWorkflow: the answer 202 was removed.",
    ],
    [
      "an answer without a member",
      (c) => delete answer(c).properties.channel,
      "GetStream: 200.channel was removed.",
    ],
    [
      "an answer whose member may be missing",
      (c) => answer(c).required.splice(answer(c).required.indexOf("history"), 1),
      "GetStream: 200.history may be missing now.",
    ],
    [
      "an answer with a status that is new",
      (c) => answer(c).properties.status.enum.push("PAUSED"),
      "GetStream: 200.status has values that readers do not know: PAUSED.",
    ],
    [
      "an answer whose time is any text",
      (c) => delete answer(c).properties.requestedAt.format,
      "GetStream: 200.requestedAt is no longer of the format date-time.",
    ],
    [
      "an event that is gone",
      (c) => delete c.events.StreamHealthChanged,
      "The event StreamHealthChanged was removed.",
    ],
    [
      "an event that is no longer sent",
      (c) => Object.assign(c.events.StreamHealthChanged, { isSent: false }),
      "The event StreamHealthChanged is no longer sent.",
    ],
    [
      "an event of another source",
      (c) => {
        c.events.StreamHealthChanged.payload.properties.source.enum = ["streams"];
      },
      "StreamHealthChanged.source has values that readers do not know: streams.",
    ],
    [
      "an event without a member",
      (c) => delete detail(c, "StreamHealthChanged").properties.alerts,
      "StreamHealthChanged.detail.alerts was removed.",
    ],
    [
      "an event of other programs that asks for more",
      (c) => detail(c).required.push("attempt"),
      "StreamLifecycleProgressed.detail.attempt is required now.",
    ],
  ];
  for (const [what, change, sentence] of breaking) {
    it(`finds ${what}`, () => expect(changesAfter(change)).to.include(sentence).and.to.have.length.below(3));
  }

  const harmless: readonly (readonly [what: string, change: (contract: Part) => void])[] = [
    [
      "a new operation",
      (c) => {
        c.paths["/channels"] = c.paths["/health"];
      },
    ],
    ["a new optional member of a request", (c) => Object.assign(body(c).properties, { owner: text })],
    ["a longer title in a request", (c) => Object.assign(body(c).properties.title, { maxLength: 200 })],
    [
      "a protocol more in a request",
      (c) => body(c).properties.ingestEndpoints.items.properties.protocol.enum.push("rist"),
    ],
    ["a new member of an answer", (c) => Object.assign(answer(c).properties, { owner: text })],
    ["a member of an answer that is always there now", (c) => answer(c).required.push("channel")],
    ["a new member of an event", (c) => Object.assign(detail(c).properties, { owner: text })],
    ["another description", (c) => Object.assign(body(c).properties.title, { description: "The title." })],
    [
      "an error that is new, and one that is gone",
      (c) => {
        const { responses } = operation(c, "/streams", "post");
        responses[422] = responses[409];
        delete responses[409];
      },
    ],
  ];
  for (const [what, change] of harmless) {
    it(`lets pass ${what}`, () => expect(changesAfter(change)).to.deep.equal([]));
  }
});

describe("compareSchemas", () => {
  const cases: readonly (readonly [
    before: object,
    after: object,
    request: readonly string[],
    answer: readonly string[],
  ])[] = [
    [{ type: "number" }, { type: "integer" }, ["x has another type: integer, before number."], []],
    [{ type: "integer" }, { type: "number" }, [], ["x has another type: number, before integer."]],
    [{ type: "string" }, {}, [], ["x has another type: any, before string."]],
    [{}, { type: "string" }, ["x has another type: string, before any."], []],
    [text, { type: ["string", "null"] }, [], ["x has another type: string, null, before string."]],
    [{ const: "a" }, { enum: ["a", "b"] }, [], ["x has values that readers do not know: b."]],
    [{ enum: ["a", "b"] }, { const: "a" }, ["x no longer takes b."], []],
    [text, { type: "string", enum: ["a"] }, ["x takes nothing but a now."], []],
    [text, { type: "string", pattern: "^a" }, ["x takes less: pattern ^a, before none."], []],
    [text, { type: "string", minLength: 1 }, ["x takes less: minLength 1, before none."], []],
    [
      { type: "array", items: text },
      { type: "array", items: { type: "number" } },
      ["x[] has another type: number, before string."],
      ["x[] has another type: number, before string."],
    ],
    [
      object({ a: text }),
      object({ a: text }, { additionalProperties: false }),
      ["x no longer takes other members."],
      [],
    ],
    [
      object({}, { additionalProperties: text }),
      object({}, { additionalProperties: { type: "number" } }),
      ["x.* has another type: number, before string."],
      ["x.* has another type: number, before string."],
    ],
  ];
  for (const [before, after, request, answer] of cases) {
    it(`judges ${JSON.stringify(before)} that becomes ${JSON.stringify(after)}`, () => {
      expect(compareSchemas({ ...before }, { ...after }, "request", "x")).to.deep.equal(request);
      expect(compareSchemas({ ...before }, { ...after }, "answer", "x")).to.deep.equal(answer);
    });
  }
});

describe("mayBreak", () => {
  for (const [before, after, allowed] of [
    ["1.2.3", "2.0.0", true],
    ["1.2.3", "1.3.0", false],
    ["0.1.0", "0.2.0", true],
    ["0.1.0", "0.1.1", false],
    ["0.9.0", "1.0.0", true],
    ["1.0.0", "1.0.0", false],
    ["2.0.0", "1.9.0", false],
  ] as const) {
    it(`${allowed ? "lets" : "lets no"} change break something from ${before} to ${after}`, () => {
      expect(mayBreak(before, after)).to.equal(allowed);
    });
  }
});
