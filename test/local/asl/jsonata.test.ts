import { expect } from "chai";
import fc from "fast-check";
import { regexDeadline } from "../../../local/asl/jsonata-regex";
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
    [
      "an endless loop",
      "($f := function($x) { $f($x) }; $f(1))",
      "Expression evaluation timeout: Check for infinite loop",
    ],
    [
      "an endless recursion",
      "($f := function($x) { 1 + $f($x) }; $f(1))",
      "Stack overflow error: Check for non-terminating recursive function",
    ],
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

const terms = (count: number) => Array.from({ length: count }, () => "1").join("+");
const memory = "Expression evaluation memory limit exceeded: Check for excessive memory usage";
const depth = "Stack overflow error: Check for non-terminating recursive function";
const time = "Expression evaluation timeout: Check for infinite loop";

describe("JSONata's bounds in Step Functions", () => {
  // Reported from measurements on AWS, with the accepted neighbour of what is refused where that is known.
  const values: [string, Json][] = [
    [terms(99), 99],
    ["[1..873782] ~> $count()", 873_782],
    ["($p := function($s, $n) { $n = 0 ? $s : $p($s & $s, $n - 1) }; $length($p('x', 22)))", 2 ** 22],
    [
      `{ ${Array.from({ length: 150 }, (_, key) => `'k${key}': ${key} + 1`).join()} } ~> $keys() ~> $count()`,
      150,
    ],
    [`[${Array.from({ length: 150 }, (_, key) => `${key} + 1`).join()}] ~> $sum()`, (150 * 151) / 2],
    ["1/0", "Infinity"],
    ["[-1/0, { 'k': 1/0 }]", ["-Infinity", { k: "Infinity" }]],
    ["$range(-1.7, 2, 1)", [-1, 0, 1, 2]],
    ["$partition([1, 2, 3], 1.9)", [[1], [2], [3]]],
    ["$random(42)", 0.7275636800328681],
    ["$random(-1) = $random(-1.5)", true],
    ["$base64decode('aGk=')", "hi"],
    ["$base64decode($base64encode('any text'))", "any text"],
    ["$formatNumber(1234.5, '#,##0.00')", "1,234.50"],
    ["$formatNumber(12, '0,0', { 'decimal-separator': ',', 'grouping-separator': '.' })", "12,0"],
    ["$pad('x', 5, '#-')", "x#-#-"],
    ["$pad('x', -4)", "   x"],
    ["$pad('xyz', 2)", "xyz"],
    ["$pad('ü😀', 4, '😀-')", "ü😀😀-"],
    ["$distinct([1, '1', 1, { 'a': 1, 'b': 2 }, { 'b': 2, 'a': 1 }, null])", [1, "1", { a: 1, b: 2 }, null]],
    ["$distinct([1, 1]) ~> $type()", "array"],
    ["[1..100000] ~> $distinct() ~> $count()", 100_000],
    ["$sort([3, 1, 2])", [1, 2, 3]],
    ["$sort(['b', 'B', 'a'])", ["B", "a", "b"]],
    ["$sort([1])", [1]],
    ["$sort([{'a':2,'b':1},{'a':1},{'a':2,'b':2}], function($l, $r) { $l.a > $r.a }).b", [1, 2]],
    ["$count([800000..1600000] ~> $sort)", 800_001],
    ["$spread([{'a':1,'b':2},{'a':3}])", [{ a: 1 }, { b: 2 }, { a: 3 }]],
    ["$spread({'a':1})", { a: 1 }],
    ["$spread(7)", 7],
    ["$toMillis('2027-03-20T18:00:00Z')", 1_805_565_600_000],
    ["$toMillis('20/03/2027', '[D01]/[M01]/[Y0001]')", 1_805_500_800_000],
    ["$fromMillis(0, '[Y0001]-[M01]')", "1970-01"],
    ["$formatInteger(1999, 'I')", "MCMXCIX"],
    ["$parseInteger('twelve', 'w')", 12],
    ["$match('aaab', /(a+)+b/).match", "aaab"],
    ["$replace($pad('', 5000, 'ab'), /a+b/, 'c') ~> $length()", 2500],
  ];
  for (const [expression, expected] of values) {
    it(`evaluates ${expression.slice(0, 80)}`, async () => {
      expect(await evaluate(`{% ${expression} %}`)).to.deep.equal(expected);
    });
  }

  /** A runaway search takes the processor until its deadline, which is a second. */
  const evaluateRunaway = async (expression: string) => {
    expect(regexDeadline.milliseconds).to.equal(1000);
    regexDeadline.milliseconds = 20;
    try {
      return await evaluateFailure(expression);
    } finally {
      regexDeadline.milliseconds = 1000;
    }
  };

  const evaluateFailure = async (expression: string) =>
    (await evaluate(`{% ${expression} %}`)) as Record<string, string>;

  const failures: [string, string][] = [
    [terms(200), depth],
    ["($f := function($n){ $n = 0 ? 0 : 1 + $f($n-1) }; $f(150))", depth],
    [`{ 'k': [${terms(200)}] }`, depth],
    ["[1..873783] ~> $count()", memory],
    ["($p := function($s, $n) { $n = 0 ? $s : $p($s & $s, $n - 1) }; $length($p('x', 23)))", memory],
    ["$pad('x', 500000000)", memory],
    ["$pad('x', -1e15)", memory],
    ["$range(1, 1e12, 1)", memory],
    ["$map([1..100000], function($i) { [1..800000] })", time],
    ["$map([1..100000], function($i) { $pad('x', 6000000) })", time],
    ["$match('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', /^(a+)+$/)", time],
    ["$replace($pad('', 80, 'a') & '!', /(a|aa)+$/, '')", time],
    ["$contains($pad('', 200000, 'a'), /a+a+b/)", time],
    [`$contains($pad('', 60, 'a'), /^${"a?".repeat(40)}${"a".repeat(40)}b/)`, time],
    [`$contains($pad('', 40, 'a'), /^${"(a|aa)".repeat(30)}b/)`, time],
    [`$toMillis('${"1".repeat(60)}x', '${"[Y][M][D]".repeat(4)}')`, time],
    [`$formatNumber(1.5, $pad('', 100000, '#,') & '0')`, time],
    ["$sort([1..50000], function($a, $b) { $a < $b })", time],
    ["($f := function($x) { $map([1], $f) }; $f(1))", depth],
    ["$sort([1, 'a'])", "D3070"],
    ["$base64decode('!!!')", "$base64decode needs a text in Base64"],
    ["$formatNumber(1, 'x')", "D3086"],
  ];
  for (const [expression, problem] of failures) {
    it(`fails on ${expression.slice(0, 80)}`, async () => {
      // A busy processor takes its time for the others, too.
      const run = problem === time ? evaluateRunaway : evaluateFailure;
      const { error, cause } = await run(expression);
      expect(error, cause).to.equal(evaluationError);
      expect(cause).to.include(problem);
    });
  }
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
