import { expect } from "chai";
import fc from "fast-check";
import { DefinitionError } from "../../../../local/asl/check/problems";
import { readDefinition } from "../../../../local/asl/check/read-definition";
import type { Json, JsonObject } from "../../../../local/json";
import { lambda, single } from "../harness";

function problems(
  definition: Json,
  checkResource?: (resource: string) => string | undefined,
): readonly string[] {
  try {
    readDefinition(JSON.stringify(definition), checkResource);
    return [];
  } catch (error) {
    if (error instanceof DefinitionError) return error.problems;
    throw error;
  }
}

const only = (state: JsonObject) => problems({ QueryLanguage: "JSONata", ...single(state) });
const task = (fields: JsonObject) => only({ Type: "Task", Resource: lambda, ...fields });

describe("the check of a definition", () => {
  it("accepts JSONata set on the state machine, and on the states alone", () => {
    expect(only({ Type: "Pass" })).to.deep.equal([]);
    expect(problems(single({ Type: "Pass", QueryLanguage: "JSONata" }))).to.deep.equal([]);
  });

  it("refuses JSONPath, naming each state", () => {
    const refusal =
      'its query language is JSONPath, which the local runtime does not support; set "QueryLanguage": "JSONata" on the state machine or the state.';
    const [Fan, In] = problems(
      single({
        Type: "Parallel",
        Branches: [{ StartAt: "In", States: { In: { Type: "Pass", End: true } } }],
      }),
    );
    expect(Fan).to.equal(`State 'Only': ${refusal}`);
    expect(In).to.equal(`State 'In': ${refusal}`);
  });

  it("reports every problem at once", () => {
    expect(
      problems({
        QueryLanguage: "JSONata",
        StartAt: "Nowhere",
        States: {
          A: { Type: "Pass", Parameters: {}, Next: "B" },
          B: { Type: "Tusk" },
          C: { Type: "Wait", Next: "Gone" },
        },
      }),
    ).to.deep.equal([
      "State 'A': the field 'Parameters' belongs to JSONPath, which the local runtime does not support.",
      "State 'B': the field 'Type' must be one of Task, Pass, Choice, Wait, Succeed, Fail, Parallel, Map but is \"Tusk\".",
      "State 'C': a Wait needs one of the fields 'Seconds' and 'Timestamp'.",
      "State 'C': it leads to 'Gone', which does not exist.",
      "State machine: the field 'StartAt' must name a state but is \"Nowhere\".",
    ]);
  });

  const refusals: [string, () => readonly string[], string][] = [
    [
      "a field of another type of state",
      () => only({ Type: "Pass", Choices: [] }),
      "field 'Choices' is not allowed",
    ],
    ["an unsupported field", () => task({ Credentials: {} }), "does not support the field 'Credentials'"],
    ["a Task without Resource", () => only({ Type: "Task" }), "needs the field 'Resource'"],
    [
      "an expression that does not parse",
      () => task({ Arguments: { a: ["{% 1 + %}"] } }),
      "in 'Arguments/a[0]' is",
    ],
    ["$eval", () => task({ Output: "{% $eval('1') %}" }), "does not offer $eval"],
    ["both Next and End", () => task({ Next: "Only" }), "one of the fields 'Next' and 'End'"],
    [
      "a heartbeat as long as the timeout",
      () => task({ TimeoutSeconds: 5, HeartbeatSeconds: 5 }),
      "less than",
    ],
    ["a timeout of 0", () => task({ TimeoutSeconds: 0 }), "'TimeoutSeconds' must be a whole number"],
    [
      "States.ALL before another retrier",
      () => task({ Retry: [{ ErrorEquals: ["States.ALL"] }, { ErrorEquals: ["E"] }] }),
      "States.ALL in 'Retry[0]/ErrorEquals' must stand alone",
    ],
    [
      "States.ALL beside another name",
      () => task({ Retry: [{ ErrorEquals: ["States.ALL", "E"] }] }),
      "alone",
    ],
    ["an empty ErrorEquals", () => task({ Retry: [{ ErrorEquals: [] }] }), "one or more error names"],
    [
      "a BackoffRate below 1",
      () => task({ Retry: [{ ErrorEquals: ["E"], BackoffRate: 0.5 }] }),
      "BackoffRate",
    ],
    [
      "a Catch without Next",
      () => task({ Catch: [{ ErrorEquals: ["E"] }] }),
      "'Catch[0]' needs the field 'Next'",
    ],
    ["an Assign that is no object", () => task({ Assign: "{% $x %}" }), "'Assign' must be an object"],
    [
      "the variable states",
      () => task({ Assign: { states: 1 } }),
      "'states' in 'Assign' cannot name a variable",
    ],
    ["a Wait without a time", () => only({ Type: "Wait" }), "one of the fields 'Seconds' and 'Timestamp'"],
    [
      "a Timestamp without a zone",
      () => only({ Type: "Wait", Timestamp: "2026-01-01T00:00:00" }),
      "RFC 3339",
    ],
    ["a Choice without rules", () => only({ Type: "Choice", Choices: [] }), "one or more rules"],
    ["a Parallel without branches", () => only({ Type: "Parallel" }), "needs the field 'Branches'"],
    ["a Map without a processor", () => only({ Type: "Map" }), "must be an object with StartAt"],
    [
      "a distributed Map",
      () =>
        only({
          Type: "Map",
          ItemProcessor: {
            ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
            StartAt: "In",
            States: { In: { Type: "Pass", End: true } },
          },
        }),
      "Mode INLINE alone",
    ],
    [
      "a tolerated failure",
      () =>
        only({
          Type: "Map",
          ToleratedFailureCount: 1,
          ItemProcessor: { StartAt: "In", States: { In: { Type: "Pass", End: true } } },
        }),
      "does not support the field 'ToleratedFailureCount'",
    ],
    [
      "a branch that assigns an outer variable",
      () =>
        only({
          Type: "Parallel",
          Assign: { x: 1 },
          Branches: [{ StartAt: "In", States: { In: { Type: "Pass", Assign: { x: 2 }, End: true } } }],
        }),
      "must not assign 'x', a variable of the states around it",
    ],
    [
      "a state's name used twice",
      () =>
        only({
          Type: "Parallel",
          Branches: [{ StartAt: "Only", States: { Only: { Type: "Pass", End: true } } }],
        }),
      "the name is used twice",
    ],
    [
      "an unknown top-level field",
      () => problems({ QueryLanguage: "JSONata", Foo: 1, ...single({ Type: "Pass" }) }),
      "Foo",
    ],
  ];
  for (const [what, check, expected] of refusals) {
    it(`refuses ${what}`, () => {
      expect(check().join(" ")).to.include(expected);
    });
  }

  it("asks about each Task's Resource", () => {
    const unknown = (resource: string) => `no integration ${resource}.`;
    const definition = { QueryLanguage: "JSONata", ...single({ Type: "Task", Resource: lambda }) };
    expect(problems(definition, unknown)).to.deep.equal([`State 'Only': no integration ${lambda}.`]);
  });

  it("says so when the text is not JSON", () => {
    expect(() => readDefinition("{")).to.throw(DefinitionError, "The definition is not JSON");
  });

  it("meets any JSON with problems, not with a crash", () => {
    const fields = [
      "StartAt",
      "States",
      "Type",
      "Next",
      "Retry",
      "Catch",
      "Choices",
      "Branches",
      "Assign",
      "a",
    ];
    const types = ["Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"];
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(...types, "a", "{% $ %}", "{% ( %}", null, 1, true),
        fc.array(tie("value"), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom(...fields), tie("value"), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(value, (states) => {
        problems({ QueryLanguage: "JSONata", StartAt: "a", States: { a: states as Json } });
      }),
      { numRuns: 500 },
    );
  });
});
