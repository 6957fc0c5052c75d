import { expect } from "chai";
import type { StateGroup } from "../../local/asl/definition";
import { mutantsOfDefinition } from "./definition-mutants";

const definition = {
  StartAt: "Write",
  States: {
    Write: {
      Type: "Task",
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        ConditionExpression: "a = :a AND b = :b",
        Key: { id: { S: '{% $failed ? $error("It has failed.") : $id %}' } },
      },
      Retry: [{ ErrorEquals: ["DynamoDB.ThrottlingException", "States.Timeout"] }],
      Catch: [{ ErrorEquals: ["States.ALL"], Assign: { failed: true }, Next: "Each" }],
      Assign: { failed: false },
      Next: "Each",
    },
    Each: {
      Type: "Map",
      ItemProcessor: {
        StartAt: "Decide",
        States: {
          Decide: {
            Type: "Choice",
            Choices: [{ Condition: '{% $states.input.kind = "a long name_1" and $failed %}', Next: "End" }],
            Default: "End",
          },
          End: { Type: "Succeed" },
        },
      },
      End: true,
    },
  },
};

const mutants = mutantsOfDefinition("Machine", JSON.stringify(definition));
const without = (id: string) =>
  JSON.parse(mutants.find((one) => one.id === id)?.definition ?? "{}") as StateGroup;

describe("the mutants of a definition", () => {
  it("are one for each condition, retrier, catch, assignment, choice, guard and operand, within Maps as well", () => {
    expect(mutants.map(({ id }) => id)).to.deep.equal([
      "Machine.Write: condition a = :a",
      "Machine.Write: condition b = :b",
      "Machine.Write: retrier of DynamoDB.ThrottlingException and 1 more",
      "Machine.Write: catch of States.ALL",
      "Machine.Write: assignment of $failed, catch of States.ALL",
      "Machine.Write: assignment of $failed",
      "Machine.Write: guard $failed",
      "Machine.Decide: choice of End",
      'Machine.Decide: operand $states.input.kind = "…"',
      "Machine.Decide: operand $failed",
    ]);
  });

  it("each lack the one thing, and nothing else", () => {
    const { Write } = structuredClone(definition.States);
    Write.Catch = [];
    expect(without("Machine.Write: catch of States.ALL")).to.deep.equal({
      ...definition,
      States: { ...definition.States, Write },
    });
    expect(JSON.stringify(without("Machine.Decide: operand $failed"))).to.include(
      '"Condition":"{% $states.input.kind = \\"a long name_1\\"  %}"',
    );
    expect(JSON.stringify(without("Machine.Write: guard $failed"))).to.include("{% false ? $error(");
    expect(JSON.stringify(without("Machine.Decide: choice of End"))).to.include("{% false %}");
    expect(new Set(mutants.map((one) => one.definition))).to.have.lengthOf(mutants.length);
  });

  it("say in which executions they can matter", () => {
    expect(
      Object.fromEntries(mutants.map(({ id, matters }) => [id.slice("Machine.".length), matters[0]])),
    ).to.include({
      "Write: condition a = :a": "Machine.Write ! DynamoDB.ConditionalCheckFailedException",
      "Write: retrier of DynamoDB.ThrottlingException and 1 more":
        "Machine.Write ! DynamoDB.ThrottlingException",
      "Write: catch of States.ALL": "Machine.Write > Each",
      "Write: guard $failed": "Machine.Write ! States.QueryEvaluationError",
      "Decide: choice of End": "Machine.Decide > End",
      "Decide: operand $failed": "Machine.Decide",
    });
  });
});
