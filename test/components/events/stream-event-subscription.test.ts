import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { StreamOrchestration } from "../../../components";
import type { JsonObject } from "../../../local/json";
import { compileEventPattern } from "../../../local/services/event-bridge/event-pattern";
import { type Recording, record } from "../../support/record";
import { statementsOf } from "../../support/statements";
import { leastArgs } from "../../support/stream-orchestration";

const event = (detailType: string, detail: JsonObject = {}): JsonObject => ({
  source: "com.guidogerb.streams",
  "detail-type": detailType,
  detail,
});

/** The resources of the subscription `notify`, by type. */
const added = (recording: Recording) =>
  recording.registrations.filter(({ name }) => name === "notify").map(({ type }) => type.replace(/^.*:/, ""));

describe("A subscription with an inline handler", () => {
  let recording: Recording;
  before(async () => {
    recording = await record(() => {
      const orchestration = new StreamOrchestration("streams", { ...leastArgs, tags: { team: "video" } });
      orchestration.onLifecycleProgressed("notify", async () => undefined, {
        statuses: ["LIVE", "COMPLETE"],
      });
    });
  });

  it("makes a function with a role and a log of its own, a rule, and what joins them", () => {
    expect(added(recording)).to.have.members([
      "StreamEventSubscription",
      "LogGroup",
      "Role",
      "RolePolicy",
      "Function",
      "FunctionEventInvokeConfig",
      "EventRule",
      "Permission",
      "EventTarget",
    ]);
    expect(recording.only("function:Function", "notify").inputs).to.deep.include({
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      tags: { team: "video" },
    });
  });

  it("may write its log and keep what it failed on, and nothing else", () => {
    const statements = statementsOf(recording, "notify");
    expect(statements.map(({ Action }) => Action)).to.deep.equal([
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      ["sqs:SendMessage"],
    ]);
    const resources = statements.map(({ Resource }) => [Resource].flat().join());
    expect(resources[0]).to.match(/:log-group:\/aws\/lambda\/notify-[0-9a-f]+:\*$/);
    expect(resources[1]).to.match(/:streams-events-dead-letters-[0-9a-f]+$/);
    expect(recording.ofType(":RolePolicyAttachment")).to.deep.equal([]);
  });

  it("is told of the statuses wanted alone, whoever announces them", () => {
    const { eventPattern } = recording.only(":EventRule", "notify").inputs;
    const matches = compileEventPattern(eventPattern as string);
    expect(matches(event("StreamLifecycleProgressed", { status: "LIVE" }))).to.equal(true);
    expect(matches(event("StreamLifecycleProgressed", { status: "LIVE", origin: "orchestrator" }))).to.equal(
      true,
    );
    expect(matches(event("StreamLifecycleProgressed", { status: "READY" }))).to.equal(false);
    expect(matches(event("StreamProvisionRequested", { status: "LIVE" }))).to.equal(false);
  });

  it("loses no event: what is not delivered or not handled goes to the dead-letter queue", () => {
    const queue = /:streams-events-dead-letters-[0-9a-f]+$/;
    expect(recording.only(":EventTarget", "notify").inputs.deadLetterConfig.arn).to.match(queue);
    const { maximumRetryAttempts, destinationConfig } = recording.only(
      ":FunctionEventInvokeConfig",
      "notify",
    ).inputs;
    expect(maximumRetryAttempts).to.equal(2);
    expect(destinationConfig.onFailure.destination).to.match(queue);
  });
});

describe("A subscription with a function that exists", () => {
  let recording: Recording;
  before(async () => {
    recording = await record(() => {
      const handler = new aws.lambda.Function("ticketing", {
        role: "arn:aws:iam::123456789012:role/ticketing",
        runtime: "python3.13",
        handler: "index.handler",
        s3Bucket: "code",
        s3Key: "ticketing.zip",
      });
      new StreamOrchestration("streams", leastArgs).onProvisionRequested("notify", handler);
    });
  });

  it("uses it as it is: neither a role nor what Lambda does with its failures is touched", () => {
    expect(added(recording)).to.have.members([
      "StreamEventSubscription",
      "EventRule",
      "Permission",
      "EventTarget",
    ]);
  });

  it("calls it for every accepted request, and for nothing else", () => {
    const { eventPattern } = recording.only(":EventRule", "notify").inputs;
    const matches = compileEventPattern(eventPattern as string);
    expect(matches(event("StreamProvisionRequested"))).to.equal(true);
    expect(matches(event("StreamLifecycleProgressed"))).to.equal(false);
    expect(recording.only(":EventTarget", "notify").inputs.arn).to.match(/:function:ticketing-/);
    expect(recording.only(":Permission", "notify").inputs).to.include({
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
    });
  });
});

describe("A subscription to the changes of status", () => {
  it("is told of every status unless told which", async () => {
    const recording = await record(() => {
      const target = aws.lambda.Function.get("existing", "existing");
      new StreamOrchestration("streams", leastArgs).onLifecycleProgressed("notify", target);
    });
    expect(JSON.parse(recording.only(":EventRule", "notify").inputs.eventPattern)).to.deep.equal({
      source: ["com.guidogerb.streams"],
      "detail-type": ["StreamLifecycleProgressed"],
    });
  });
});
