import { expect } from "chai";
import type { StreamOrchestrationArgs } from "../../components";
import { findArgumentIssues } from "../../components/check-args";
import { arn } from "../support/arns";
import { withoutDigests } from "../support/record";
import { allow, statementsOf } from "../support/statements";
import { leastArgs, recordOrchestration } from "../support/stream-orchestration";

const manifests = [{ name: "main", format: "HLS", path: "index.m3u8" }] as const;
const playback = {
  ...leastArgs.playback,
  domainName: "d111111abcdef8.cloudfront.net",
  manifests: [...manifests],
};
const machine = arn("states", "stateMachine:streams-StreamReadiness");
const attempts = [arn("dynamodb", "table/streams-attempts")];
const channels = ["1234567", "7654321"].map((id) => arn("medialive", `channel:${id}`));

/** What is wrong with arguments. */
const problems = (args: object) =>
  findArgumentIssues({ ...leastArgs, ...args }).map(({ path, problem }) => `${path} ${problem}`);

describe("A StreamOrchestration with automatic readiness", () => {
  const args: Partial<StreamOrchestrationArgs> = {
    playback,
    readiness: { mode: "automatic" },
    network: { vpcId: "vpc-1", subnetIds: ["subnet-1"] },
  };

  it("has a probe that may write its log and do nothing else, outside of the private network", async () => {
    const recording = await recordOrchestration(args);
    const { vpcConfig, environment } = recording.only(
      "lambda/function:Function",
      "streams-probe-manifest",
    ).inputs;
    expect({ vpcConfig, environment }).to.deep.equal({ vpcConfig: undefined, environment: undefined });
    expect(withoutDigests(statementsOf(recording, "streams-probe-manifest"))).to.deep.equal([
      allow(
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        [arn("logs", "log-group:/aws/lambda/streams-probe-manifest:*")],
      ),
    ]);
  });

  it("has a state machine that looks at channels, asks the probe and announces READY", async () => {
    const recording = await recordOrchestration(args);
    const statements = withoutDigests(statementsOf(recording, "streams-StreamReadiness"));
    expect(statements.slice(0, -1)).to.deep.equal([
      allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], attempts),
      allow(["medialive:DescribeChannel"], channels),
      allow(["lambda:InvokeFunction"], [arn("lambda", "function:streams-probe-manifest")]),
      allow(["events:PutEvents"], [arn("events", "event-bus/streams-events")], {
        StringEquals: {
          "events:source": "com.guidogerb.streams",
          "events:detail-type": "StreamLifecycleProgressed",
        },
      }),
    ]);
    const orchestrator = withoutDigests(statementsOf(recording, "streams-StreamLifecycleOrchestrator"));
    expect(orchestrator).to.deep.include(allow(["states:StartExecution"], [machine]));
    const { policy } = recording.only(":EventBusPolicy", "streams-events").inputs;
    expect(withoutDigests(policy)).to.contain("role/streams-StreamReadiness");
  });

  it("has an alarm for a readiness check that fails", async () => {
    const recording = await recordOrchestration(args);
    const alarms = recording.ofType(":MetricAlarm").map(({ name }) => name);
    expect(alarms).to.include("streams-alarms-StreamReadiness-ExecutionsFailed");
  });
});

describe("A StreamOrchestration whose channels have to run", () => {
  it("has a state machine that looks at channels, and neither a probe nor a right to announce", async () => {
    const recording = await recordOrchestration({ readiness: { requireRunning: true } });
    const statements = withoutDigests(statementsOf(recording, "streams-StreamReadiness"));
    expect(statements.slice(0, -1)).to.deep.equal([
      allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], attempts),
      allow(["medialive:DescribeChannel"], channels),
    ]);
    const functions = recording.ofType("lambda/function:Function").map(({ name }) => name);
    expect(functions).to.not.include("streams-probe-manifest");
    const { policy } = recording.only(":EventBusPolicy", "streams-events").inputs;
    expect(policy).to.not.contain("StreamReadiness");
  });
});

describe("The arguments of readiness", () => {
  it("are refused where the probe has nothing to look at, or could not see it", () => {
    expect(problems({ readiness: { mode: "automatic" } })).to.deep.equal([
      "readiness.mode needs playback.manifests, which the probe reads, received automatic without any.",
    ]);
    const signed = { ...playback, trustedKeyGroupIds: ["group-1"] };
    expect(problems({ readiness: { mode: "automatic" }, playback: signed })).to.deep.equal([
      "readiness.mode must be manual with playback.trustedKeyGroupIds, since the probe has no viewer's signature, received automatic.",
    ]);
    expect(problems({ readiness: { mode: "automatic" }, playback })).to.deep.equal([]);
    expect(problems({ readiness: { mode: "manual" }, playback: signed })).to.deep.equal([]);
  });

  it("are refused where they are none", () => {
    const readiness = { mode: "never", timeoutSeconds: 29, requireRunning: "yes", probe: true };
    expect(problems({ readiness }).map((problem) => problem.split(" ")[0])).to.have.members([
      "readiness.mode",
      "readiness.timeoutSeconds",
      "readiness.requireRunning",
      "readiness.probe",
    ]);
  });
});
