import { expect } from "chai";
import { place, type Recording } from "../support/record";
import { allow, type Statement, statementsOf } from "../support/statements";
import { recordDefaults, recordOrchestration } from "../support/stream-orchestration";

/** Made-up names end in a digest; without it they are the logical names. */
function withoutDigests(statements: readonly Statement[]): Statement[] {
  return JSON.parse(JSON.stringify(statements).replace(/-[0-9a-f]{7,8}(?=[":])/g, "")) as Statement[];
}

const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${place.region}:${place.accountId}:${resource}`;
const attempts = [arn("dynamodb", "table/streams-attempts")];
const leases = [arn("dynamodb", "table/streams-leases")];
const bus = [arn("events", "event-bus/streams-events")];
const machine = [arn("states", "stateMachine:streams-StreamLifecycleOrchestrator")];
const channels = ["1234567", "7654321"].map((id) => arn("medialive", `channel:${id}`));
const distribution = [`arn:aws:cloudfront::${place.accountId}:distribution/E2QWRUHAPOMQZL`];
const writeLog = (name: string) =>
  allow(["logs:CreateLogStream", "logs:PutLogEvents"], [arn("logs", `log-group:/aws/lambda/${name}:*`)]);
const announce = allow("events:PutEvents", bus, {
  StringEquals: {
    "events:source": "com.guidogerb.streams",
    "events:detail-type": "StreamLifecycleProgressed",
  },
});
const putEvents = (condition: Statement) => ({ ...condition, Action: ["events:PutEvents"] });

const statements: { readonly [role: string]: readonly Statement[] } = {
  "streams-get-health-status": [
    writeLog("streams-get-health-status"),
    allow(["dynamodb:DescribeTable"], attempts),
    allow(["states:DescribeStateMachine"], machine),
    allow(["events:DescribeEventBus"], bus),
  ],
  "streams-create-stream-workflow": [
    writeLog("streams-create-stream-workflow"),
    allow(["dynamodb:Query"], attempts),
    allow(["states:StartExecution"], machine),
    allow(["states:DescribeExecution"], [arn("states", "execution:streams-StreamLifecycleOrchestrator:*")]),
  ],
  "streams-update-stream-status": [
    writeLog("streams-update-stream-status"),
    allow(["dynamodb:Query", "dynamodb:UpdateItem"], attempts),
    putEvents(announce),
  ],
  "streams-validate-provision-request": [
    writeLog("streams-validate-provision-request"),
    allow(["dynamodb:Query", "dynamodb:GetItem"], attempts),
    allow(["dynamodb:BatchGetItem", "dynamodb:PutItem"], leases),
  ],
  "streams-handle-provision-failure": [
    writeLog("streams-handle-provision-failure"),
    allow(["dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], attempts),
    allow(["dynamodb:BatchGetItem", "dynamodb:DeleteItem"], leases),
    putEvents(announce),
    allow(["sns:Publish"], [arn("sns", "streams-on-call")]),
  ],
  "streams-resume-orchestration": [
    writeLog("streams-resume-orchestration"),
    allow(["dynamodb:Query", "dynamodb:UpdateItem"], attempts),
    allow(["states:SendTaskSuccess", "states:SendTaskFailure"], machine),
    allow(["sqs:SendMessage"], [arn("sqs", "streams-events-dead-letters")]),
  ],
  "streams-StreamLifecycleOrchestrator": [
    allow(
      ["lambda:InvokeFunction"],
      [
        arn("lambda", "function:streams-validate-provision-request"),
        arn("lambda", "function:streams-handle-provision-failure"),
      ],
    ),
    allow(["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:GetItem"], attempts),
    allow(["events:PutEvents"], bus, {
      StringEquals: {
        "events:source": "com.guidogerb.streams",
        "events:detail-type": ["StreamProvisionRequested", "StreamLifecycleProgressed"],
      },
    }),
    allow(["medialive:StartChannel", "medialive:StopChannel", "medialive:DescribeChannel"], channels),
    allow(["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"], distribution),
    allow(
      [
        "logs:CreateLogDelivery",
        "logs:GetLogDelivery",
        "logs:UpdateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:DescribeResourcePolicies",
        "logs:DescribeLogGroups",
      ],
      ["*"],
    ),
  ],
};

describe("The permissions of a StreamOrchestration", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordDefaults();
  });

  for (const [role, expected] of Object.entries(statements)) {
    it(`of ${role} are these statements and no more`, () => {
      expect(withoutDigests(statementsOf(recording, role))).to.deep.equal(expected);
    });
  }

  it("are given to no other role", () => {
    const roles = recording.ofType(":Role").map(({ name }) => name);
    expect(roles).to.have.members(Object.keys(statements));
    expect(recording.ofType(":RolePolicy").map(({ name }) => name)).to.have.members(roles);
    expect(recording.ofType(":RolePolicyAttachment")).to.deep.equal([]);
  });

  it("name a resource, but for log delivery and the network interfaces of Lambda, which AWS does not scope", async () => {
    const inside = await recordOrchestration({ network: { vpcId: "vpc-1", subnetIds: ["subnet-1"] } });
    const actions = new Set(
      inside
        .ofType(":RolePolicy")
        .flatMap(({ name }) => statementsOf(inside, name))
        .filter(({ Resource }) => [Resource].flat().includes("*"))
        .flatMap(({ Action }) => Action),
    );
    expect(
      [...actions].filter((action) => !/^logs:.*(LogDeliver|ResourcePolic|LogGroups)/.test(action)),
    ).to.have.members([
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ]);
  });

  it("let the service assume each role that runs with it, and nobody else", () => {
    for (const { name, inputs } of recording.ofType(":Role")) {
      const machineRole = name === "streams-StreamLifecycleOrchestrator";
      expect(JSON.parse(inputs.assumeRolePolicy).Statement, name).to.deep.equal([
        {
          Effect: "Allow",
          Principal: { Service: machineRole ? "states.amazonaws.com" : "lambda.amazonaws.com" },
          Action: "sts:AssumeRole",
        },
      ]);
    }
  });

  it("let API Gateway and EventBridge call the functions that serve them, each by its source", () => {
    const permissions = recording
      .ofType(":Permission")
      .map(({ inputs }) =>
        [inputs.principal, inputs.function, inputs.sourceArn].join(" ").replace(/-[0-9a-f]{7}\b/g, ""),
      );
    const api = recording.ofType(":Route")[0]?.inputs.apiId;
    expect(permissions).to.have.members([
      `apigateway.amazonaws.com streams-get-health-status ${arn("execute-api", api)}/*/*/health`,
      `apigateway.amazonaws.com streams-create-stream-workflow ${arn("execute-api", api)}/*/*/streams`,
      `apigateway.amazonaws.com streams-update-stream-status ${arn("execute-api", api)}/*/*/streams`,
      `events.amazonaws.com streams-resume-orchestration ${arn("events", "rule/streams-events/streams-confirmation")}`,
    ]);
  });
});
