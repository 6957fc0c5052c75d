import { expect } from "chai";
import { managedPolicyDocument } from "../../../local/iam/managed-policies";

const statements = (name: string) => managedPolicyDocument(`arn:aws:iam::aws:policy/${name}`)?.Statement;

describe("a policy that AWS manages", () => {
  it("allows what its published document allows, on the resources that this names", () => {
    expect(statements("service-role/AWSLambdaSQSQueueExecutionRole")).to.deep.equal([
      {
        Effect: "Allow",
        Action: [
          ...["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
          ...["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        ],
        Resource: "*",
      },
    ]);
    expect(statements("AWSLambda_FullAccess")).to.deep.include({
      Effect: "Allow",
      Action: [
        ...["logs:DescribeLogStreams", "logs:GetLogEvents", "logs:FilterLogEvents"],
        ...["logs:StartLiveTail", "logs:StopLiveTail"],
      ],
      Resource: "arn:aws:logs:*:*:log-group:/aws/lambda/*",
    });
    expect(statements("PowerUserAccess")).to.deep.equal([
      { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" },
    ]);
  });

  it("has no statement where it is about services that do not run here", () => {
    expect(statements("AWSXRayDaemonWriteAccess")).to.deep.equal([]);
  });

  it("is unknown by a name that objects inherit, and under the path of another", () => {
    expect(statements("constructor")).to.equal(undefined);
    expect(statements("AWSLambdaSQSQueueExecutionRole")).to.equal(undefined);
  });
});
