import { join } from "node:path";
import { expect } from "chai";
import { build } from "esbuild";
import type { Json, JsonObject } from "../../../local/json";
import { resourcesOfType } from "../../../local/record/graph";
import { recordFor } from "../../../local/record/recordings";
import { checkDefinition } from "../../../local/wiring/check-definition";
import { knownIntegrations } from "../../../local/wiring/integrations";
import { validateDefinition } from "../../support/asl-validator";
import { buildDefinition } from "../../support/definition";
import { root } from "../../support/root";

const definition = buildDefinition();
const invoke = "arn:aws:states:::lambda:invoke";
const machine = (StartAt: string, States: JsonObject): JsonObject => ({
  QueryLanguage: "JSONata",
  StartAt,
  States,
});
const only = (state: JsonObject) => machine("Only", { Only: { ...state, End: true } });
const task = (fields: JsonObject = {}): JsonObject => ({
  Type: "Task",
  Resource: invoke,
  Arguments: {},
  TimeoutSeconds: 60,
  ...fields,
});
const catching = (catcher: JsonObject) =>
  machine("Only", {
    Only: task({ Catch: [{ ErrorEquals: ["States.ALL"], Next: "Done", ...catcher }], Next: "Done" }),
    Done: { Type: "Succeed" },
  });
const choosing = (fields: JsonObject, condition = "{% true %}") =>
  machine("Only", {
    Only: { Type: "Choice", Choices: [{ Condition: condition, Next: "Done", ...fields }], Default: "Done" },
    Done: { Type: "Succeed" },
  });

/** Every definition that the program ships, by the state machine's logical name. */
async function shippedDefinitions(): Promise<[name: string, definition: JsonObject][]> {
  const place = { accountId: "000000000000", region: "us-east-1", apiUrl: "http://a", awsUrl: "http://b" };
  const graph = await recordFor(place, "index.ts", "local", {});
  return resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine").map(({ name, inputs }) => [
    name,
    JSON.parse(String(inputs.definition)) as JsonObject,
  ]);
}

describe("checkDefinition", () => {
  it("has nothing against the definitions that are shipped", async () => {
    const shipped = await shippedDefinitions();
    expect(shipped).to.have.length.above(1);
    for (const [name, one] of shipped) expect(checkDefinition(one), name).to.deep.equal([]);
  });

  it("does not change what it checks", () => {
    const text = JSON.stringify(definition);
    checkDefinition(definition);
    expect(JSON.stringify(definition)).to.equal(text);
  });

  it("finds an expression that does not parse, wherever the shipped definition has one", () => {
    let expressions = 0;
    const broken = JSON.stringify(definition).replace(/"\{% (?:[^"\\]|\\.)* %\}"/g, () => {
      expressions += 1;
      return '"{% ( %}"';
    });
    const found = checkDefinition(JSON.parse(broken) as object);
    expect(expressions).to.be.above(100);
    expect(found.filter((problem) => problem.includes("the JSONata expression '(' in"))).to.have.lengthOf(
      expressions,
    );
  });

  const variable = "reads $x, which is not assigned on every path to it";
  const findings: [string, JsonObject, string][] = [
    [
      "bad JSONata in a Catch's Output",
      catching({ Output: "{% 1 + %}" }),
      "'1 +' in 'Catch[0]/Output' is invalid",
    ],
    [
      "bad JSONata in a Catch's Assign",
      catching({ Assign: { x: { y: ["{% ( %}"] } } }),
      "in 'Catch[0]/Assign/x/y[0]' is invalid",
    ],
    ["$eval", only({ Type: "Pass", Output: "{% $eval('1') %}" }), "does not offer $eval"],
    [
      "a function that does not exist",
      only({ Type: "Pass", Output: { a: "{% $toUpper('x') %}" } }),
      "State 'Only': the expression in 'Output/a' calls $toUpper, which neither JSONata 2.0.6 nor Step Functions has.",
    ],
    [
      "a function that does not exist, applied with ~>",
      only({ Type: "Pass", Output: "{% 'x' ~> $toUpper() %}" }),
      "calls $toUpper",
    ],
    [
      "a variable that no state assigns",
      only({ Type: "Pass", Output: "{% $x %}" }),
      "reads $x, which no state assigns",
    ],
    [
      "a variable that the same state assigns only now",
      machine("A", {
        A: { Type: "Pass", Assign: { x: 1, y: "{% $x %}" }, End: true },
      }),
      variable,
    ],
    [
      "a variable that another rule assigns",
      machine("Choose", {
        Choose: {
          Type: "Choice",
          Choices: [
            { Condition: "{% $states.input.a %}", Assign: { x: 1 }, Next: "Show" },
            { Condition: "{% $states.input.b %}", Next: "Show" },
          ],
          Assign: { x: 2 },
          Default: "Show",
        },
        Show: { Type: "Pass", Output: "{% $x %}", End: true },
      }),
      `State 'Show': the expression in 'Output' ${variable}`,
    ],
    [
      "a variable that a failed task leaves unassigned",
      machine("Call", {
        Call: task({
          Assign: { x: 1 },
          Catch: [{ ErrorEquals: ["States.ALL"], Next: "Show" }],
          Next: "Show",
        }),
        Show: { Type: "Pass", Output: "{% $x %}", End: true },
      }),
      variable,
    ],
    [
      "a variable that is assigned in a loop after it was read",
      machine("Read", {
        Read: { Type: "Pass", Output: "{% $x %}", Next: "Write" },
        Write: { Type: "Pass", Assign: { x: 1 }, Next: "More" },
        More: { Type: "Choice", Choices: [{ Condition: "{% true %}", Next: "Read" }], Default: "Done" },
        Done: { Type: "Succeed" },
      }),
      variable,
    ],
    [
      "a branch's variable, read after the Parallel",
      machine("Fan", {
        Fan: {
          Type: "Parallel",
          Branches: [{ StartAt: "In", States: { In: { Type: "Pass", Assign: { x: 1 }, End: true } } }],
          Next: "Show",
        },
        Show: { Type: "Pass", Output: "{% $x %}", End: true },
      }),
      variable,
    ],
    [
      "$states.result in a Pass",
      only({ Type: "Pass", Output: "{% $states.result %}" }),
      "reads $states.result, which does not exist there; there are $states.input, $states.context.",
    ],
    ["$states.result in a Condition", choosing({}, "{% $states.result.ok %}"), "reads $states.result"],
    [
      "$states.result in a Choice's Output",
      choosing({ Output: "{% $states.result %}" }),
      "reads $states.result",
    ],
    [
      "$states.result in Arguments",
      only(task({ Arguments: { a: "{% $states.result %}" } })),
      "reads $states.result",
    ],
    ["$states.result in a Catch", catching({ Output: "{% $states.result %}" }), "reads $states.result"],
    [
      "$states.errorOutput outside of a Catch",
      only(task({ Output: "{% $states.errorOutput.Cause %}" })),
      "reads $states.errorOutput, which does not exist there; there are $states.input, $states.context, $states.result.",
    ],
    [
      "a misspelt member of $states",
      only({ Type: "Pass", Output: "{% $states.inputs.a %}" }),
      "reads $states.inputs",
    ],
    [
      "a bare field name",
      only({ Type: "Pass", Output: "{% items[0] %}" }),
      "reads the bare field name 'items' at its top level",
    ],
    ["$ at the top", only({ Type: "Pass", Output: "{% $.a %}" }), "reads '$'"],
    [
      "States.ALL beside another error",
      only(task({ Retry: [{ ErrorEquals: ["E", "States.ALL"] }] })),
      "States.ALL in 'Retry[0]/ErrorEquals' must stand alone",
    ],
    [
      "States.ALL before the last place",
      only(task({ Retry: [{ ErrorEquals: ["States.ALL"] }, { ErrorEquals: ["E"] }] })),
      "in the last place",
    ],
    [
      "a heartbeat as long as the timeout",
      only(task({ TimeoutSeconds: 9, HeartbeatSeconds: 9 })),
      "'HeartbeatSeconds' must be less than TimeoutSeconds",
    ],
    [
      "a callback task that hands no token on",
      only(task({ Resource: `${invoke}.waitForTaskToken`, Arguments: { FunctionName: "f" } })),
      "its 'Arguments' must hand on $states.context.Task.Token",
    ],
    [
      "events:waitForEvent, by its name",
      only(task({ Resource: "arn:aws:states:::events:waitForEvent" })),
      "'arn:aws:states:::events:waitForEvent' does not exist in AWS; to wait for an event, store the task token",
    ],
    [
      "an unknown integration",
      only(task({ Resource: "arn:aws:states:::aws-sdk:medialive:beginChannel" })),
      "is not one of those known to exist in AWS",
    ],
    [
      "a resource that is no integration",
      only(task({ Resource: "arn:aws:lambda:eu-west-1:123456789012:function:f" })),
      "is not one of those known to exist in AWS",
    ],
    [
      "a callback by the optimized DynamoDB integration",
      only(task({ Resource: "arn:aws:states:::dynamodb:updateItem.waitForTaskToken" })),
      "'dynamodb:updateItem' cannot wait for a task token; use its SDK integration, aws-sdk:dynamodb:updateItem",
    ],
    ["the pattern .sync", only(task({ Resource: `${invoke}.sync` })), "the pattern '.sync'"],
    [
      "a field of JSONPath",
      only({ Type: "Pass", ResultPath: "$.x" }),
      "the field 'ResultPath' belongs to JSONPath",
    ],
    ["a field of another type of state", only({ Type: "Pass", Seconds: 1 }), "'Seconds' is not allowed here"],
    [
      "a state that only its own successor leads to",
      machine("A", {
        A: { Type: "Succeed" },
        B: { Type: "Pass", Next: "C" },
        C: { Type: "Pass", Next: "B" },
      }),
      "State 'B': no path from StartAt leads to it.",
    ],
    [
      "a transition to nowhere",
      machine("A", { A: { Type: "Pass", Next: "Gone" } }),
      "State 'A': it leads to 'Gone', which does not exist.",
    ],
    [
      "a Task without a timeout",
      only({ Type: "Task", Resource: invoke, Arguments: {} }),
      "needs the field 'TimeoutSeconds'",
    ],
    [
      "a problem within a Map",
      only({
        Type: "Map",
        ItemProcessor: { StartAt: "In", States: { In: { Type: "Pass", Output: "{% $no() %}", End: true } } },
      }),
      "State 'In': the expression in 'Output' calls $no",
    ],
  ];
  for (const [what, wrong, problem] of findings) {
    it(`finds ${what}`, () => {
      const found = checkDefinition(wrong);
      expect(found.join("\n")).to.include(problem);
      expect(found.filter((one) => !one.includes(problem))).to.have.lengthOf.at.most(1);
    });
  }

  const accepted: [string, JsonObject][] = [
    [
      "a function and variables that the expression binds itself",
      pass("($f := function($n) { $n < 1 ? 0 : $f($n - 1) }; $f(3))"),
    ],
    ["functions handed on by name", pass("$map(['a'], $uppercase)")],
    [
      "field names in a path, a predicate, an order and a group",
      pass("$states.input.items[price > 1]^(>price){ name: $sum(price) }"),
    ],
    ["variables bound in a path", pass("$states.input.items#$i[$i < 2].{ 'at': $i }")],
    ["$states.result after a Task, a Parallel and a Map", only(task({ Output: "{% $states.result %}" }))],
    ["$states.errorOutput in a Catch", catching({ Output: "{% $states.errorOutput.Error %}" })],
    [
      "a variable that $exists guards",
      machine("Choose", {
        Choose: {
          Type: "Choice",
          Choices: [{ Condition: "{% $states.input.a %}", Assign: { x: 1 }, Next: "Show" }],
          Default: "Show",
        },
        Show: { Type: "Pass", Output: "{% $exists($x) ? $x : 0 %}", End: true },
      }),
    ],
    [
      "a variable of the states around a branch",
      machine("A", {
        A: { Type: "Pass", Assign: { x: 1 }, Next: "Fan" },
        Fan: {
          Type: "Parallel",
          Branches: [{ StartAt: "In", States: { In: { Type: "Pass", Output: "{% $x %}", End: true } } }],
          End: true,
        },
      }),
    ],
  ];
  for (const [what, right] of accepted) {
    it(`accepts ${what}`, () => expect(checkDefinition(right)).to.deep.equal([]));
  }

  for (const what of [
    "bad JSONata in a Catch's Output",
    "a function that does not exist",
    "a variable that no state assigns",
    "$states.result in a Condition",
    "events:waitForEvent, by its name",
    "a callback task that hands no token on",
  ]) {
    it(`is needed for ${what}, which asl-validator lets pass`, () => {
      const [, wrong] = findings.find(([name]) => name === what) ?? [];
      expect(wrong && validateDefinition(wrong)).to.deep.equal([]);
    });
  }
});

describe("The integrations that checkDefinition knows", () => {
  it("include those that the shipped definitions use", async () => {
    const text = JSON.stringify(await shippedDefinitions());
    const used = [...text.matchAll(/"arn:aws:states:::([\w:-]+)/g)].map(([, name = ""]) => name);
    expect(used).to.not.deep.equal([]);
    expect(knownIntegrations).to.include.members([...new Set(used)]);
  });
});

describe("The package's entry", () => {
  it("is apart from the component, since a team that deploys does not install jsonata", async () => {
    const { metafile } = await build({
      entryPoints: [join(root, "components/index.ts")],
      bundle: true,
      write: false,
      metafile: true,
      platform: "node",
      packages: "external",
      outdir: "unused",
    });
    const inputs = Object.entries(metafile.inputs);
    expect(inputs.length).to.be.above(5);
    expect(inputs.map(([file]) => file).filter((file) => /^local\//.test(file))).to.deep.equal([]);
    expect(inputs.flatMap(([, { imports }]) => imports.map(({ path }) => path))).not.to.include("jsonata");
  });
});

function pass(expression: string): Json & JsonObject {
  return only({ Type: "Pass", Output: `{% ${expression} %}` });
}
