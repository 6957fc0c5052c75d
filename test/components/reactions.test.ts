import { expect } from "chai";
import { arn, roleArn } from "../support/arns";
import { place, type Recording, withoutDigests } from "../support/record";
import { recordDefaults } from "../support/stream-orchestration";

const machineArn = arn("states", "stateMachine:streams-StreamLifecycleOrchestrator");
const teardownArn = arn("states", "stateMachine:streams-StreamTeardown");
const deadLetters = arn("sqs", "streams-events-dead-letters");
const alarmTopic = arn("sns", "streams-alarms");
/** The longest and the most often that EventBridge tries. */
const retryPolicy = { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 };

describe("The bus, rules, schedules and alarms of a StreamOrchestration", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordDefaults();
  });
  const inputsOf = (type: string, name: string) => withoutDigests(recording.only(type, name).inputs);

  /** @param source the rule, and its bus where that is not the account's own. */
  function expectInvoked(
    functionName: string,
    source: { readonly rule: string; readonly eventBusName?: string },
  ) {
    expect(inputsOf(":EventTarget", source.rule)).to.deep.equal({
      ...source,
      arn: arn("lambda", `function:${functionName}`),
      deadLetterConfig: { arn: deadLetters },
      retryPolicy,
    });
  }

  function expectFailuresKept(functionName: string, name: string) {
    expect(inputsOf(":FunctionEventInvokeConfig", name)).to.deep.equal({
      functionName,
      maximumRetryAttempts: 2,
      destinationConfig: { onFailure: { destination: deadLetters } },
    });
  }

  it("make a bus of its own, and archive the platform's events for 30 days", () => {
    expect(inputsOf("eventBus:EventBus", "streams-events")).to.deep.equal({ tags: {} });
    const { eventPattern, ...archive } = inputsOf(":EventArchive", "streams-events");
    expect(archive).to.deep.equal({
      eventSourceArn: arn("events", "event-bus/streams-events"),
      retentionDays: 30,
    });
    expect(JSON.parse(eventPattern)).to.deep.equal({ source: ["com.guidogerb.streams"] });
  });

  it("resume the workflow on a confirmation, and lose none", () => {
    const source = { rule: "streams-confirmation", eventBusName: "streams-events" };
    expectInvoked("streams-resume-orchestration", source);
    expectFailuresKept("streams-resume-orchestration", "streams-confirmation");
  });

  it("have the health of streams tracked, by a rule of the account's own bus", () => {
    const { eventPattern, description: _, ...rule } = inputsOf(":EventRule", "streams-StreamHealth-rule");
    expect(rule).to.deep.equal({ tags: {} });
    expect(JSON.parse(eventPattern)).to.deep.equal({
      source: ["aws.medialive"],
      "detail-type": [
        "MediaLive Channel State Change",
        "MediaLive Channel Alert",
        "MediaLive Channel Input Change",
      ],
      detail: {
        $or: [
          { state: [{ exists: false }] },
          { state: [{ "anything-but": ["CREATING", "CREATED", "STARTING"] }] },
        ],
      },
    });
    expectInvoked("streams-track-health", { rule: "streams-StreamHealth-rule" });
    expectFailuresKept("streams-track-health", "streams-StreamHealth");
  });

  it("have an execution that did not end well recovered, by a rule of the account's own bus", () => {
    const { eventPattern, description: _, ...rule } = inputsOf(":EventRule", "streams-recovery");
    expect(rule).to.deep.equal({ tags: {} });
    expect(JSON.parse(eventPattern)).to.deep.equal({
      source: ["aws.states"],
      "detail-type": ["Step Functions Execution Status Change"],
      detail: { stateMachineArn: [machineArn], status: ["FAILED", "TIMED_OUT", "ABORTED"] },
    });
    expectInvoked("streams-recover-execution", { rule: "streams-recovery" });
    expectFailuresKept("streams-recover-execution", "streams-recovery");
  });

  it("start the teardown of every stream that has ended, with its streamId and attempt alone", () => {
    const { eventPattern, description: _, ...rule } = inputsOf(":EventRule", "streams-StreamTeardown-rule");
    expect(rule).to.deep.equal({ eventBusName: "streams-events", tags: {} });
    expect(JSON.parse(eventPattern)).to.deep.equal({
      source: ["com.guidogerb.streams"],
      "detail-type": ["StreamLifecycleProgressed"],
      detail: {
        streamId: [{ "anything-but": { wildcard: ['*"*', "*\\\\*"] } }],
        status: ["FAILED", "COMPLETE"],
      },
    });
    expect(inputsOf(":EventTarget", "streams-StreamTeardown-rule")).to.deep.equal({
      rule: "streams-StreamTeardown-rule",
      eventBusName: "streams-events",
      arn: teardownArn,
      roleArn: roleArn("streams-StreamTeardown-rule"),
      inputTransformer: {
        inputPaths: { streamId: "$.detail.streamId", attempt: "$.detail.attempt" },
        inputTemplate: '{"event": {"streamId": <streamId>, "attempt": "<attempt>"}}',
      },
      deadLetterConfig: { arn: deadLetters },
      retryPolicy,
    });
  });

  it("have the schedule of a stream that nobody ends start the teardown, and lose none", () => {
    const { definition } = inputsOf(":StateMachine", "streams-StreamLifecycleOrchestrator");
    const { Arguments } = JSON.parse(definition).States.ScheduleLiveLimit;
    expect(Arguments).to.include({ GroupName: "streams-schedules", ActionAfterCompletion: "DELETE" });
    expect(Arguments.Target).to.deep.include({
      Arn: teardownArn,
      RoleArn: roleArn("streams-live-limit"),
      DeadLetterConfig: { Arn: deadLetters },
    });
  });

  it("start the sweep every ten minutes", () => {
    expect(inputsOf(":ScheduleGroup", "streams-schedules")).to.deep.equal({ tags: {} });
    const { description: _, ...schedule } = inputsOf(":Schedule", "streams-StreamSweep-schedule");
    expect(schedule).to.deep.equal({
      groupName: "streams-schedules",
      scheduleExpression: "rate(10 minutes)",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: arn("states", "stateMachine:streams-StreamSweep"),
        roleArn: roleArn("streams-StreamSweep-schedule"),
        input: "{}",
        deadLetterConfig: { arn: deadLetters },
        retryPolicy: { maximumEventAgeInSeconds: 300, maximumRetryAttempts: 3 },
      },
    });
  });

  it("have the bus refuse our events from everybody but those of our roles that announce", () => {
    const { policy, eventBusName } = inputsOf(":EventBusPolicy", "streams-events");
    expect(eventBusName).to.equal("streams-events");
    const own = [
      "StreamLifecycleOrchestrator",
      "StreamTeardown",
      "handle-provision-failure",
      "update-stream-status",
      "recover-execution",
      "sweep-streams",
      "track-health",
      "act-on-health",
    ].map((name) => roleArn(`streams-${name}`));
    expect(JSON.parse(policy)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "OurEventsFromOurRolesOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "events:PutEvents",
          Resource: arn("events", "event-bus/streams-events"),
          Condition: {
            "ForAnyValue:StringEquals": { "events:source": "com.guidogerb.streams" },
            ArnNotLike: { "aws:PrincipalArn": own },
          },
        },
      ],
    });
    const announcing = recording
      .ofType(":RolePolicy")
      .filter(({ inputs }) => inputs.policy.includes('"events:PutEvents"'))
      .map(({ name }) => roleArn(name));
    expect(own).to.have.members(announcing);
  });

  it("keep dead letters for 14 days, encrypted, from this bus's rules and the component's own, over TLS alone", () => {
    expect(inputsOf(":Queue", "streams-events-dead-letters")).to.deep.equal({
      messageRetentionSeconds: 1_209_600,
      sqsManagedSseEnabled: true,
      tags: {},
    });
    const { policy, queueUrl } = inputsOf(":QueuePolicy", "streams-events-dead-letters");
    expect(queueUrl).to.match(/streams-events-dead-letters$/);
    expect(JSON.parse(policy)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: deadLetters,
          Condition: {
            ArnLike: {
              "aws:SourceArn": [
                arn("events", "rule/streams-events/*"),
                // On the account's own bus, where a rule's ARN does not name the bus.
                arn("events", "rule/streams-recovery"),
                arn("events", "rule/streams-StreamHealth-rule"),
                // The bus itself, for events that a key of the customer's keeps from being stored.
                arn("events", "event-bus/streams-events"),
              ],
            },
          },
        },
        {
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:*",
          Resource: deadLetters,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
  });

  it("let CloudWatch tell the alarm topic, and only that of this account, over TLS", () => {
    // Under AWS's managed key for SNS, CloudWatch could not publish.
    expect(inputsOf(":Topic", "streams-alarms")).to.deep.equal({ tags: {} });
    const { policy, arn: topic } = inputsOf(":TopicPolicy", "streams-alarms");
    expect(topic).to.equal(alarmTopic);
    expect(JSON.parse(policy)).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: "sns:Publish",
          Resource: alarmTopic,
          Condition: { StringEquals: { "aws:SourceAccount": place.accountId } },
        },
        {
          Effect: "Deny",
          Principal: "*",
          Action: "sns:Publish",
          Resource: alarmTopic,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
  });

  const executions = (metricName: string, machine: string) => ({
    namespace: "AWS/States",
    metricName,
    dimensions: { StateMachineArn: arn("states", `stateMachine:streams-${machine}`) },
    statistic: "Sum",
  });
  const alarms: { readonly [alarm: string]: object } = {
    "dead-letters": {
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: "streams-events-dead-letters" },
      statistic: "Maximum",
      okActions: [alarmTopic],
    },
    ...Object.fromEntries(
      ["StreamTeardown", "StreamSweep"].flatMap((machine) =>
        ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"].map((metricName) => [
          `${machine}-${metricName}`,
          // That no execution fails in the next minute is no sign that what was left is gone.
          executions(metricName, machine),
        ]),
      ),
    ),
  };

  for (const [alarm, metric] of Object.entries(alarms)) {
    it(`raise the alarm ${alarm} at the first occurrence`, () => {
      const { alarmDescription, ...inputs } = inputsOf(":MetricAlarm", `streams-alarms-${alarm}`);
      const lasting = alarm.startsWith("StreamSweep") && { evaluationPeriods: 21, datapointsToAlarm: 1 };
      expect(inputs).to.deep.equal({
        evaluationPeriods: 1,
        ...metric,
        ...lasting,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        period: 60,
        treatMissingData: "notBreaching",
        alarmActions: [alarmTopic],
        tags: {},
      });
      expect(alarmDescription).to.match(/^An? .*\.$/);
    });
  }
});
