import { expect } from "chai";
import fc from "fast-check";
import type { Json } from "../../../local/json";
import { evaluate, Harness, run, single } from "./harness";

const evaluationError = "States.QueryEvaluationError";

describe("JSONata in a state", () => {
  it("evaluates strings of the form {% … %} at any depth and leaves others alone", async () => {
    const output = await evaluate(
      {
        whole: "{% $states.input.name %}",
        list: [1, "{% $states.input.count + 1 %}", { deep: "{% $uppercase('x') %}" }],
        path: "$.name",
        "key.$": "$",
        nothing: null,
      },
      { name: "a", count: 1 },
    );
    expect(output).to.deep.equal({
      whole: "a",
      list: [1, 2, { deep: "X" }],
      path: "$.name",
      "key.$": "$",
      nothing: null,
    });
  });

  it("hands on any JSON unchanged", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), async (value) => {
        const json = JSON.parse(JSON.stringify(value)) as Json;
        expect(await evaluate("{% $states.input %}", json)).to.deep.equal(json);
      }),
      { numRuns: 100 },
    );
  });

  it("yields plain arrays, without JSONata's sequence markers", async () => {
    const output = await evaluate("{% [$states.input.items[kind = 'a'].id] %}", {
      items: [
        { kind: "a", id: 1 },
        { kind: "b", id: 2 },
      ],
    });
    expect(output).to.deep.equal([1]);
  });

  it("shows the context object", async () => {
    const harness = new Harness();
    await harness.start(single({ Type: "Pass", Output: "{% $states.context %}" }), { a: 1 });
    expect(await harness.outcome()).to.deep.equal({
      Execution: {
        Id: "arn:aws:states:eu-west-1:123456789012:execution:Machine:run",
        Input: { a: 1 },
        Name: "run",
        RoleArn: "arn:aws:iam::123456789012:role/Machine",
        StartTime: "2026-01-02T03:04:05.000Z",
        RedriveCount: 0,
      },
      StateMachine: { Id: "arn:aws:states:eu-west-1:123456789012:stateMachine:Machine", Name: "Machine" },
      State: { Name: "Only", EnteredTime: "2026-01-02T03:04:05.000Z" },
    });
  });

  it("tells the clock's time by $now and $millis", async () => {
    const output = await evaluate("{% [$now(), $now('[Y]'), $millis()] %}");
    expect(output).to.deep.equal(["2026-01-02T03:04:05.000Z", "2026", Date.parse("2026-01-02T03:04:05Z")]);
  });

  const failures: [string, string, string][] = [
    ["undefined at the top", "$states.input.missing", "returned nothing (undefined)."],
    ["a function", "$sum", "returned an unsupported result type."],
    ["a function inside an object", "{ 'f': function($x) { $x } }", "returned an unsupported result type."],
    ["a type error", "1 + 'a'", "threw an error during evaluation. T2002"],
    ["an endless loop", "($f := function($x) { $f($x) }; $f(1))", "It takes more than 200000 steps"],
    ["an endless recursion", "($f := function($x) { 1 + $f($x) }; $f(1))", "It recurses too deeply"],
  ];
  for (const [what, expression, problem] of failures) {
    it(`fails with States.QueryEvaluationError on ${what}`, async () => {
      const { error, cause } = (await evaluate({ field: `{% ${expression} %}` })) as Record<string, string>;
      expect(error).to.equal(evaluationError);
      expect(cause).to.include(
        `An error occurred while executing the state 'Only' (entered at the event id #2). The JSONata expression '${expression}' specified for the field 'Output/field' `,
      );
      expect(cause).to.include(problem);
    });
  }

  it("notes a failed evaluation in the history", async () => {
    const harness = new Harness();
    await harness.start(single({ Type: "Pass", Output: "{% $states.input.nothing %}" }));
    const evaluationFailedEventDetails = (await harness.events())[2]?.evaluationFailedEventDetails;
    expect(await harness.eventTypes()).to.deep.equal([
      "1<0 ExecutionStarted",
      "2<0 PassStateEntered",
      "3<2 EvaluationFailed",
      "4<3 ExecutionFailed",
    ]);
    expect(evaluationFailedEventDetails).to.include({
      state: "Only",
      location: "Output",
      error: evaluationError,
    });
  });
});

describe("the functions Step Functions adds", () => {
  const cases: [string, Json][] = [
    ["$partition([1, 2, 3, 4, 5], 2)", [[1, 2], [3, 4], [5]]],
    ["$range(0, 10, 5)", [0, 5, 10]],
    ["$range(3, 1, -1)", [3, 2, 1]],
    ["$range(1, 9, 9)", 1],
    ["$hash('abc', 'SHA-1')", "a9993e364706816aba3e25717850c26c9cd0d89d"],
    ["$parse('[1, {\"a\": null}]')", [1, { a: null }]],
    ["$random(7) = $random(7)", true],
    ["$random(7) = $random(8)", false],
    ["$length($uuid())", 36],
    ["$map(['1', '2'], $parse)", [1, 2]],
  ];
  for (const [expression, expected] of cases) {
    it(`evaluates ${expression}`, async () => {
      expect(await evaluate(`{% ${expression} %}`)).to.deep.equal(expected);
    });
  }

  it("takes $random and $shuffle from the given source of chance", async () => {
    const harness = new Harness(undefined, { random: () => 0.25 });
    await harness.start(single({ Type: "Pass", Output: "{% [$random(), $shuffle([1, 2])] %}" }));
    expect(await harness.outcome()).to.deep.equal([0.25, 1, 2]);
  });

  for (const expression of ["$parse('{')", "$partition([1], 0)", "$range(1, 2, 0)", "$hash('a', 'CRC')"]) {
    it(`fails on ${expression}`, async () => {
      expect(await evaluate(`{% ${expression} %}`)).to.include({ error: evaluationError });
    });
  }
});

describe("variables", () => {
  it("are seen from the next state on, while Assign and Output see those at entry", async () => {
    const output = await run({
      StartAt: "Set",
      States: {
        Set: { Type: "Pass", Assign: { x: 1, y: "first" }, Next: "Swap" },
        Swap: {
          Type: "Pass",
          Assign: { x: "{% $y %}", y: "{% $x %}" },
          Output: "{% [$x, $y] %}",
          Next: "Show",
        },
        Show: {
          Type: "Pass",
          Output: { before: "{% $states.input %}", x: "{% $x %}", y: "{% $y %}" },
          End: true,
        },
      },
    });
    expect(output).to.deep.equal({ before: [1, "first"], x: "first", y: 1 });
  });

  it("of outer states are seen in branches, and those of branches stay inside", async () => {
    const branch = {
      StartAt: "In",
      States: {
        In: { Type: "Pass", Assign: { inner: "{% $outer & '!' %}" }, Next: "InShow" },
        InShow: { Type: "Pass", Output: "{% $inner %}", End: true },
      },
    };
    const output = await run({
      StartAt: "Set",
      States: {
        Set: { Type: "Pass", Assign: { outer: "o" }, Next: "Fan" },
        Fan: { Type: "Parallel", Branches: [branch], Next: "Show" },
        Show: { Type: "Pass", Output: "{% [$states.input, $exists($inner)] %}", End: true },
      },
    });
    expect(output).to.deep.equal(["o!", false]);
  });
});
