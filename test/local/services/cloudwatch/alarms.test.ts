import { expect } from "chai";
import type { JsonObject } from "../../../../local/json";
import type { AlarmChange } from "../../../../local/services/cloudwatch/alarm-message";
import { readAlarm } from "../../../../local/services/cloudwatch/alarm-spec";
import { Alarms } from "../../../../local/services/cloudwatch/alarms";
import { SteppedClock, settled } from "../../../support/stepped-clock";

const minute = 60_000;
const topic = "arn:aws:sns:us-east-1:123456789012:alarms";
const machine = "arn:aws:states:us-east-1:123456789012:stateMachine:sweep";
const alarmArn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:letters";

const letters: JsonObject = {
  namespace: "AWS/SQS",
  metricName: "ApproximateNumberOfMessagesVisible",
  dimensions: { QueueName: "letters" },
  statistic: "Maximum",
  period: 60,
  evaluationPeriods: 1,
  threshold: 1,
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  treatMissingData: "notBreaching",
  alarmDescription: "Somebody has to look.",
  alarmActions: [topic],
  okActions: [topic],
};
const failed: JsonObject = {
  ...letters,
  ...{ namespace: "AWS/States", metricName: "ExecutionsFailed", statistic: "Sum", period: 300 },
  dimensions: { StateMachineArn: machine },
};

describe("CloudWatch's alarms", () => {
  let clock: SteppedClock;
  let alarms: Alarms;
  let changes: [name: string, state: string, minutes: number][];
  let published: [alarmArn: string, input: { TopicArn: string; Subject: string; Message: string }][];
  let queue: { visible: number; isEmpty: boolean };
  const start = Date.parse("2026-03-01T12:00:00Z");

  beforeEach(() => {
    clock = new SteppedClock(start + 15_000);
    changes = [];
    published = [];
    queue = { visible: 0, isEmpty: true };
    alarms = new Alarms({
      ...{ clock, region: "us-east-1", accountId: "123456789012" },
      queue: () => queue,
      publish: async (...sent) => void published.push(sent),
      onAlarm: ({ name, state, at }: AlarmChange) => changes.push([name, state, (at - start) / minute]),
    });
  });
  afterEach(() => alarms.stop());

  const count = (name: string, StateMachineArn = machine) =>
    alarms.report({ namespace: "AWS/States", name, dimensions: { StateMachineArn }, value: 1 });
  const put = (visible: number, isEmpty = visible === 0) => {
    queue = { visible, isEmpty };
    alarms.onMessage("letters");
  };

  it("go off at the end of the period in which a queue has messages, and back once it has none", async () => {
    alarms.create(readAlarm("letters", letters));
    put(1);
    await clock.advance({ milliseconds: 44_000 });
    expect(changes).to.deep.equal([]);
    await clock.advance({ milliseconds: 5 * minute });
    expect(changes).to.deep.equal([["letters", "ALARM", 1]]);
    expect(alarms.states()).to.deep.equal({ letters: "ALARM" });
    queue = { visible: 0, isEmpty: true };
    await clock.advance({ milliseconds: 5 * minute });
    expect(changes.slice(1)).to.deep.equal([["letters", "OK", 6]]);
    expect(clock.pending().length).to.equal(0);
  });

  it("keep an eye on messages that are in flight, and may come back", async () => {
    alarms.create(readAlarm("letters", letters));
    put(0, false);
    await clock.advance({ milliseconds: 3 * minute });
    expect(changes).to.deep.equal([]);
    queue = { visible: 1, isEmpty: false };
    await clock.advance({ milliseconds: minute });
    expect(changes).to.deep.equal([["letters", "ALARM", 4]]);
  });

  it("count how executions end, by period, and are OK again after one without", async () => {
    alarms.create(readAlarm("failed", { ...failed, threshold: 2 }));
    count("ExecutionsFailed");
    await clock.advance({ milliseconds: 5 * minute });
    count("ExecutionsFailed");
    count("ExecutionsTimedOut");
    count("ExecutionsFailed", "another");
    await clock.advance({ milliseconds: 5 * minute });
    expect(changes).to.deep.equal([]);
    count("ExecutionsFailed");
    await clock.advance({ milliseconds: minute });
    count("ExecutionsFailed");
    await clock.advance({ milliseconds: 60 * minute });
    expect(changes).to.deep.equal([
      ["failed", "ALARM", 15],
      ["failed", "OK", 20],
    ]);
    expect(clock.pending().length).to.equal(0);
  });

  it("go off once enough of the periods were over the threshold", async () => {
    const inputs = { evaluationPeriods: 3, datapointsToAlarm: 2, comparisonOperator: "GreaterThanThreshold" };
    alarms.create(readAlarm("letters", { ...letters, ...inputs, threshold: 1 }));
    put(2);
    await clock.advance({ milliseconds: minute });
    queue = { visible: 1, isEmpty: false };
    await clock.advance({ milliseconds: minute });
    expect(changes).to.deep.equal([]);
    queue = { visible: 2, isEmpty: false };
    await clock.advance({ milliseconds: minute });
    expect(changes).to.deep.equal([["letters", "ALARM", 3]]);
    queue = { visible: 0, isEmpty: true };
    await clock.advance({ milliseconds: 10 * minute });
    expect(changes.slice(1)).to.deep.equal([["letters", "OK", 4]]);
  });

  for (const expression of ["SUM(METRICS())", "FILL(timedOut, 0) + FILL(failed, 0)"]) {
    it(`watch the sum of several metrics: ${expression}`, async () => {
      const metric = (metricName: string) => ({
        ...{ namespace: "AWS/States", metricName, stat: "Sum", period: 60 },
        dimensions: { StateMachineArn: machine },
      });
      const { threshold, comparisonOperator, evaluationPeriods, treatMissingData } = letters;
      alarms.create(
        readAlarm("any", {
          ...({ threshold: 2, comparisonOperator, evaluationPeriods, treatMissingData } as JsonObject),
          metricQueries: [
            { id: "failed", metric: metric("ExecutionsFailed") },
            { id: "timedOut", metric: metric("ExecutionsTimedOut") },
            { id: "all", expression, returnData: true },
          ],
        }),
      );
      expect(threshold).to.equal(1);
      count("ExecutionsFailed");
      count("ExecutionsTimedOut");
      await clock.advance({ milliseconds: minute });
      expect(changes).to.deep.equal([["any", "ALARM", 1]]);
    });
  }

  it("watch a percentile of a program's own metric, for its very dimensions", async () => {
    const { statistic: _, ...inputs } = letters;
    const own = { namespace: "Shop", metricName: "Wait", dimensions: { Till: "1", Floor: "2" } };
    alarms.create(readAlarm("wait", { ...inputs, ...own, extendedStatistic: "p90", threshold: 5 }));
    const wait = (value: number, Till = "1") =>
      alarms.report({ namespace: "Shop", name: "Wait", dimensions: { Floor: "2", Till }, value });
    for (const value of [1, 1, 1, 1, 1, 1, 1, 1, 1, 9]) wait(value);
    wait(9, "2");
    await clock.advance({ milliseconds: minute });
    expect(changes).to.deep.equal([]);
    for (const value of [1, 1, 1, 1, 1, 1, 1, 1, 9, 9]) wait(value);
    await clock.advance({ milliseconds: 10 * minute });
    expect(changes).to.deep.equal([
      ["wait", "ALARM", 2],
      ["wait", "OK", 3],
    ]);
    const [{ Message }] = [published[0]?.[1] ?? { Message: "{}" }];
    expect((JSON.parse(Message) as { Trigger: object }).Trigger).to.deep.include({
      StatisticType: "ExtendedStatistic",
      ExtendedStatistic: "p90",
      Dimensions: [
        { value: "1", name: "Till" },
        { value: "2", name: "Floor" },
      ],
    });
    expect(alarms.metrics().map(({ dimensions, values }) => [dimensions.Till, values.length])).to.deep.equal([
      ["1", 20],
      ["2", 1],
    ]);
  });

  it("publish what CloudWatch publishes", async () => {
    alarms.create(readAlarm("letters", letters));
    put(3);
    await clock.advance({ milliseconds: minute });
    const [[arn, { TopicArn, Subject, Message }] = ["", { TopicArn: "", Subject: "", Message: "{}" }]] =
      published;
    expect([arn, TopicArn]).to.deep.equal([alarmArn, topic]);
    expect(Subject).to.equal('ALARM: "letters" in US East (N. Virginia)');
    expect(JSON.parse(Message)).to.deep.equal({
      AlarmName: "letters",
      AlarmDescription: "Somebody has to look.",
      AWSAccountId: "123456789012",
      NewStateValue: "ALARM",
      NewStateReason:
        "Threshold Crossed: 1 datapoint [3.0 (01/03/26 12:00:00)] was greater than or equal to the threshold (1.0) " +
        "(minimum 1 datapoint for OK -> ALARM transition).",
      StateChangeTime: "2026-03-01T12:01:00.000+0000",
      Region: "US East (N. Virginia)",
      AlarmArn: alarmArn,
      OldStateValue: "OK",
      OKActions: [topic],
      AlarmActions: [topic],
      InsufficientDataActions: [],
      Trigger: {
        MetricName: "ApproximateNumberOfMessagesVisible",
        Namespace: "AWS/SQS",
        StatisticType: "Statistic",
        Statistic: "MAXIMUM",
        Unit: null,
        Dimensions: [{ value: "letters", name: "QueueName" }],
        Period: 60,
        EvaluationPeriods: 1,
        DatapointsToAlarm: 1,
        ComparisonOperator: "GreaterThanOrEqualToThreshold",
        Threshold: 1,
        TreatMissingData: "notBreaching",
        EvaluateLowSampleCountPercentile: "",
      },
    });
  });

  it("publish nothing while their actions are off", async () => {
    alarms.create(readAlarm("letters", { ...letters, actionsEnabled: false }));
    put(1);
    await clock.advance({ milliseconds: minute });
    expect([changes.length, published.length]).to.deep.equal([1, 0]);
  });

  it("wait for nothing while there is nothing to look at, and for nothing more once they have stopped", async () => {
    alarms.create(readAlarm("letters", letters));
    alarms.create(readAlarm("failed", failed));
    expect(clock.pending().length).to.equal(0);
    put(1);
    await settled();
    expect(clock.pending().length).to.equal(1);
    alarms.stop();
    await settled();
    expect(clock.pending().length).to.equal(0);
  });

  for (const [what, more] of [
    ["the metric AWS/EC2 CPUUtilization", { namespace: "AWS/EC2", metricName: "CPUUtilization" }],
    ["the metric AWS/SQS ApproximateNumberOfMessagesVisible by nothing", { dimensions: {} }],
    ['the statistic "Average"', { statistic: "Average" }],
    ['the comparisonOperator "LessThanThreshold"', { comparisonOperator: "LessThanThreshold" }],
    ['the treatMissingData "breaching"', { treatMissingData: "breaching" }],
    ['the statistic "tm99"', { extendedStatistic: "tm99" }],
    [
      "the metric AWS/Lambda Errors by nothing (but FunctionName)",
      { namespace: "AWS/Lambda", metricName: "Errors", dimensions: {} },
    ],
    [
      "the action arn:aws:automate:us-east-1:ec2:stop",
      { alarmActions: ["arn:aws:automate:us-east-1:ec2:stop"] },
    ],
    ["the metric math a + b", { metricQueries: [{ id: "c", expression: "a + b" }] }],
  ] as const) {
    it(`refuse what is not served, by name: ${what}`, () => {
      expect(() => readAlarm("letters", { ...letters, ...more } as JsonObject))
        .to.throw(`does not serve ${what}`)
        .with.property("message")
        .that.includes("the alarm 'letters'");
    });
  }
});
