import { expect } from "chai";
import { handlerOf } from "../../components/functions/bundles";
import { operationNames, routes } from "../../contracts";
import { readPolicy } from "../../local/iam/document";
import { decide } from "../../local/iam/evaluate";
import { arn, roleArn } from "../support/arns";
import { place, type Recording, withoutDigests } from "../support/record";
import { allow, type Statement, statementsOf } from "../support/statements";
import { leastArgs, recordDefaults, recordOrchestration } from "../support/stream-orchestration";

const attempts = [arn("dynamodb", "table/streams-attempts")];
const leases = [arn("dynamodb", "table/streams-leases")];
const bus = [arn("events", "event-bus/streams-events")];
const onCall = [arn("sns", "streams-on-call")];
const deadLetters = [arn("sqs", "streams-events-dead-letters")];
const schedules = [arn("scheduler", "schedule/streams-schedules/*")];
const machine = [arn("states", "stateMachine:streams-StreamLifecycleOrchestrator")];
const executions = arn("states", "execution:streams-StreamLifecycleOrchestrator:*");
const teardown = [arn("states", "stateMachine:streams-StreamTeardown")];
const sweep = [arn("states", "stateMachine:streams-StreamSweep")];
const lambda = (handler: string) => arn("lambda", `function:streams-${handler}`);
const channels = ["1234567", "7654321"].map((id) => arn("medialive", `channel:${id}`));
const distribution = [`arn:aws:cloudfront::${place.accountId}:distribution/E2QWRUHAPOMQZL`];

const writeLog = (name: string) =>
  allow(["logs:CreateLogStream", "logs:PutLogEvents"], [arn("logs", `log-group:/aws/lambda/${name}:*`)]);
/** What Step Functions needs to deliver the log, which AWS does not scope. */
const deliverLogs = allow(
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
);
const announce = (detailTypes: string | readonly string[]) =>
  allow(["events:PutEvents"], bus, {
    StringEquals: { "events:source": "com.guidogerb.streams", "events:detail-type": detailTypes },
  });
const announceChange = announce("StreamLifecycleProgressed");
const announceAll = announce(["StreamProvisionRequested", "StreamLifecycleProgressed"]);
const updateDistribution = allow(
  ["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"],
  distribution,
);
const recover = [
  allow(["dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], attempts),
  announceAll,
  allow(["sns:Publish"], onCall),
  allow(["states:StartExecution"], teardown),
];

const health = [arn("states", "stateMachine:streams-StreamHealth")];

/** The statements of every policy, by its name. */
const statements: { readonly [policy: string]: readonly Statement[] } = {
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
    allow(["states:DescribeExecution"], [executions]),
  ],
  "streams-update-stream-status": [
    writeLog("streams-update-stream-status"),
    allow(["dynamodb:Query", "dynamodb:UpdateItem"], attempts),
    announceChange,
  ],
  "streams-read-streams": [
    writeLog("streams-read-streams"),
    allow(["dynamodb:Query"], [...attempts, `${attempts[0]}/index/byRequest`]),
    allow(["states:DescribeExecution"], [executions]),
  ],
  "streams-validate-provision-request": [
    writeLog("streams-validate-provision-request"),
    allow(["dynamodb:Query", "dynamodb:GetItem"], attempts),
    allow(["dynamodb:BatchGetItem", "dynamodb:PutItem"], leases),
  ],
  "streams-handle-provision-failure": [
    writeLog("streams-handle-provision-failure"),
    allow(["dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], attempts),
    allow(["dynamodb:Scan", "dynamodb:DeleteItem"], leases),
    announceChange,
    allow(["sns:Publish"], onCall),
  ],
  "streams-resume-orchestration": [
    writeLog("streams-resume-orchestration"),
    allow(["dynamodb:Query", "dynamodb:UpdateItem"], attempts),
    allow(["states:SendTaskSuccess", "states:SendTaskFailure"], machine),
    allow(["sqs:SendMessage"], deadLetters),
  ],
  "streams-track-health": [
    writeLog("streams-track-health"),
    allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], attempts),
    allow(["dynamodb:GetItem"], leases),
    announce("StreamHealthChanged"),
    allow(["states:StartExecution"], health),
    allow(["sqs:SendMessage"], deadLetters),
  ],
  "streams-act-on-health": [
    writeLog("streams-act-on-health"),
    allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"], attempts),
    announce(["StreamLifecycleProgressed", "StreamHealthChanged"]),
    allow(["sns:Publish"], onCall),
  ],
  "streams-StreamHealth": [
    allow(["lambda:InvokeFunction"], [lambda("act-on-health")]),
    allow(["medialive:DescribeChannel"], channels),
    deliverLogs,
  ],
  "streams-recover-execution": [
    writeLog("streams-recover-execution"),
    ...recover,
    allow(["dynamodb:Scan", "dynamodb:DeleteItem"], leases),
    allow(["sqs:SendMessage"], deadLetters),
  ],
  "streams-sweep-streams": [
    writeLog("streams-sweep-streams"),
    ...recover,
    allow(["dynamodb:Query"], [`${attempts[0]}/index/byStatus`]),
    allow(["dynamodb:Scan"], [`${attempts[0]}/index/byUnpublished`]),
    allow(["dynamodb:Scan", "dynamodb:DeleteItem"], leases),
    allow(["states:ListExecutions"], machine),
    allow(["states:DescribeExecution"], [executions]),
  ],
  "streams-StreamLifecycleOrchestrator": [
    allow(
      ["lambda:InvokeFunction"],
      [lambda("validate-provision-request"), lambda("handle-provision-failure")],
    ),
    allow(["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:GetItem"], attempts),
    allow(["dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Scan", "dynamodb:GetItem"], leases),
    announceAll,
    allow(["medialive:StartChannel", "medialive:StopChannel", "medialive:DescribeChannel"], channels),
    updateDistribution,
    allow(["scheduler:CreateSchedule"], schedules),
    allow(["iam:PassRole"], [roleArn("streams-live-limit")], {
      StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" },
    }),
    deliverLogs,
  ],
  "streams-StreamTeardown": [
    allow(["dynamodb:Query", "dynamodb:UpdateItem"], attempts),
    allow(["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Scan"], leases),
    allow(["medialive:StopChannel", "medialive:DescribeChannel"], channels),
    updateDistribution,
    announceChange,
    allow(["sns:Publish"], onCall),
    allow(["scheduler:DeleteSchedule"], schedules),
    deliverLogs,
  ],
  "streams-StreamTeardown-orchestrator": [allow(["states:DescribeExecution"], [executions])],
  "streams-StreamTeardown-rule": [allow(["states:StartExecution"], teardown)],
  "streams-StreamSweep": [
    allow(["lambda:InvokeFunction"], [lambda("sweep-streams")]),
    allow(["states:StartExecution"], health),
    allow(["medialive:DescribeChannel", "medialive:StopChannel"], channels),
    allow(["dynamodb:UpdateItem", "dynamodb:DeleteItem"], leases),
    allow(["dynamodb:UpdateItem"], attempts),
    updateDistribution,
    deliverLogs,
  ],
  "streams-StreamSweep-schedule": [
    allow(["states:StartExecution"], sweep),
    allow(["sqs:SendMessage"], deadLetters),
  ],
  "streams-live-limit": [allow(["states:StartExecution"], teardown), allow(["sqs:SendMessage"], deadLetters)],
};

/** Policies that are made later than their role, once what they name is there. */
const secondPolicies: { readonly [policy: string]: string } = {
  "streams-StreamTeardown-orchestrator": "streams-StreamTeardown",
};
const roles = Object.keys(statements).filter((policy) => !(policy in secondPolicies));

/** The services that assume roles which are no function's. */
const trusted: { readonly [role: string]: string } = {
  "streams-StreamLifecycleOrchestrator": "states",
  "streams-StreamTeardown": "states",
  "streams-StreamHealth": "states",
  "streams-StreamSweep": "states",
  "streams-StreamTeardown-rule": "events",
  "streams-StreamSweep-schedule": "scheduler",
  "streams-live-limit": "scheduler",
};

/** The policies of a function's role, as the evaluator reads them. */
function policiesOf(recording: Recording, name: string) {
  const { inputs } = recording.only(":RolePolicy", name);
  return { identity: readPolicy(inputs.policy, name), roleArn: roleArn(name) };
}

describe("The permissions of a StreamOrchestration", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordDefaults();
  });

  for (const [policy, expected] of Object.entries(statements)) {
    it(`of ${policy} are these statements and no more`, () => {
      expect(withoutDigests(statementsOf(recording, policy))).to.deep.equal(expected);
    });
  }

  it("are given to no other role", () => {
    expect(recording.ofType(":Role").map(({ name }) => name)).to.have.members(roles);
    const policies = recording
      .ofType(":RolePolicy")
      .map(({ name, inputs }) => [name, withoutDigests(inputs.role)]);
    const own = roles.map((name) => [name, name]);
    expect(policies).to.have.deep.members([...own, ...Object.entries(secondPolicies)]);
    expect(recording.ofType(":RolePolicyAttachment")).to.deep.equal([]);
  });

  it("name a resource, but for log delivery and the network interfaces of Lambda, which AWS does not scope", async () => {
    const inside = await recordOrchestration({ network: { vpcId: "vpc-1", subnetIds: ["subnet-1"] } });
    const actions = new Set(
      inside
        .ofType(":RolePolicy")
        .flatMap(({ name }) => statementsOf(inside, name))
        .filter(({ Effect }) => Effect === "Allow")
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

  it("keep the network interfaces, which Lambda makes for a function in a VPC, from the function's own code", async () => {
    const inside = await recordOrchestration({ network: { vpcId: "vpc-1", subnetIds: ["subnet-1"] } });
    for (const { name } of inside.ofType("lambda/function:Function")) {
      const { identity, roleArn } = policiesOf(inside, name);
      const ask = (action: string, context = {}) =>
        decide({ action, resource: "*", context }, { kind: "role", roleArn }, identity, []);
      const byItsCode = { "lambda:SourceFunctionArn": `${lambda(name.replace("streams-", ""))}-0a1b2c3` };
      for (const action of ["CreateNetworkInterface", "DeleteNetworkInterface", "AssignPrivateIpAddresses"]) {
        expect(ask(`ec2:${action}`), action).to.equal("allowed");
        expect(ask(`ec2:${action}`, byItsCode), action).to.equal("denied by an identity-based policy");
      }
      expect(ask("dynamodb:DescribeTable", byItsCode)).to.not.match(/^denied/);
    }
  });

  it("have nothing of X-Ray, unless tracing is on", async () => {
    const traced = await recordOrchestration({ tracing: true });
    const traces = (from: Recording, policy: string) =>
      statementsOf(from, policy).filter(({ Action }) => /xray/.test(String(Action)));
    const put = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];
    for (const policy of Object.keys(statements)) {
      expect(traces(recording, policy), policy).to.deep.equal([]);
      const service = trusted[policy] ?? (policy in secondPolicies ? undefined : "lambda");
      const actions = {
        lambda: put,
        states: [...put, "xray:GetSamplingRules", "xray:GetSamplingTargets"],
      }[service ?? ""];
      expect(traces(traced, policy), policy).to.deep.equal(actions ? [allow(actions, ["*"])] : []);
    }
    for (const { name, inputs } of traced.ofType("lambda/function:Function")) {
      expect(inputs.tracingConfig, name).to.deep.equal({ mode: "Active" });
    }
    for (const { name, inputs } of traced.ofType(":StateMachine")) {
      expect(inputs.tracingConfiguration, name).to.deep.equal({ enabled: true });
    }
  });

  it("let the workflow read the inputs of its channels, and change those that pull", async () => {
    const pool = [
      { channelId: "1234567", inputs: [{ inputId: "71", type: "RTMP_PULL" as const }] },
      { channelId: "7654321", inputs: [{ inputId: "72", type: "SRT_LISTENER" as const }] },
    ];
    const input = (id: string) => arn("medialive", `input:${id}`);
    const ofInputs = (statements: readonly Statement[]) =>
      statements.filter(({ Action }) => JSON.stringify(Action).includes("Input"));
    const fed = await recordOrchestration({ encoder: { channels: pool } });
    const name = "streams-StreamLifecycleOrchestrator";
    expect(ofInputs(statementsOf(fed, name))).to.deep.equal([
      allow(["medialive:DescribeInput", "medialive:UpdateInput"], [input("71")]),
      allow(["medialive:DescribeInput"], [input("72")]),
    ]);
    for (const { name: policy } of fed.ofType(":RolePolicy")) {
      if (policy !== name) expect(ofInputs(statementsOf(fed, policy)), policy).to.deep.equal([]);
    }
    expect(ofInputs(statementsOf(await recordDefaults(), name))).to.deep.equal([]);
  });

  it("fit into what IAM takes of a role, with as many channels and inputs as there may be", async () => {
    const pool = Array.from({ length: 50 }, (_, index) => ({
      channelId: String(1_000_000 + index),
      inputs: [{ inputId: String(2_000_000 + index), type: "RTMP_PULL" as const }],
    }));
    const full = await recordOrchestration({ encoder: { channels: pool } });
    for (const { name, inputs } of full.ofType(":RolePolicy")) {
      expect(String(inputs.policy).length, name).to.be.below(10_240);
    }
  });

  it("let the sweep stop channels where it is told to stop those that no stream has", async () => {
    const { channels: pool } = leastArgs.encoder;
    const stopping = await recordOrchestration({ encoder: { channels: pool, stopUnowned: true } });
    expect(withoutDigests(statementsOf(stopping, "streams-StreamSweep"))[2]).to.deep.equal(
      allow(["medialive:DescribeChannel", "medialive:StopChannel"], channels),
    );
  });

  it("let the service assume each role that runs with it, and nobody else", () => {
    for (const { name, inputs } of recording.ofType(":Role")) {
      const service = trusted[name] ?? "lambda";
      // EventBridge and Lambda are not documented to tell for whom they take on a role.
      const tellsSource = service === "states" || service === "scheduler";
      expect(JSON.parse(inputs.assumeRolePolicy), name).to.deep.equal({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: `${service}.amazonaws.com` },
            Action: "sts:AssumeRole",
            ...(tellsSource && { Condition: { StringEquals: { "aws:SourceAccount": place.accountId } } }),
          },
        ],
      });
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
      ...operationNames.map(
        (name) =>
          `apigateway.amazonaws.com streams-${handlerOf[name]} ${arn("execute-api", api)}/*/*${routes[name].path}`,
      ),
      `events.amazonaws.com streams-resume-orchestration ${arn("events", "rule/streams-events/streams-confirmation")}`,
      `events.amazonaws.com streams-recover-execution ${arn("events", "rule/streams-recovery")}`,
      `events.amazonaws.com streams-track-health ${arn("events", "rule/streams-StreamHealth-rule")}`,
    ]);
  });
});
