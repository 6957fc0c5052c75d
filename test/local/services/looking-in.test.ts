import { EventBridgeClient, ListEventBusesCommand, ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { expect } from "chai";
import { resourcesOfType } from "../../../local/record/graph";
import { CloudWatchLogs } from "../../../local/services/cloudwatch-logs/cloudwatch-logs";
import { Sts } from "../../../local/services/sts/sts";
import { aRequest } from "../../journeys/support/requests";
import { SteppedClock } from "../../support/stepped-clock";
import { useLocal } from "../../support/use-local";

describe("looking into a running program with SDKs and the AWS CLI", () => {
  const local = useLocal();

  /** Sends what the AWS CLI sends. */
  async function send(body: string, headers: Record<string, string>): Promise<string> {
    const response = await fetch(local.aws.endpoint, { method: "POST", body, headers });
    expect(response.status, await response.clone().text()).to.equal(200);
    return response.text();
  }
  const json = async (target: string, input: object) =>
    JSON.parse(
      await send(JSON.stringify(input), {
        ...{ "x-amz-target": target, "content-type": "application/x-amz-json-1.1" },
      }),
    ) as { [member: string]: { [member: string]: unknown }[] };
  const query = (parameters: Record<string, string>) =>
    send(String(new URLSearchParams(parameters)), { "content-type": "application/x-www-form-urlencoded" });

  it("answers who calls: sts get-caller-identity", async () => {
    const xml = await query({ Action: "GetCallerIdentity", Version: "2011-06-15" });
    expect(xml).to.contain("<Arn>arn:aws:iam::000000000000:user/local</Arn>");
    expect(xml).to.contain("<Account>000000000000</Account>");
  });

  it("answers a function that it is a session of its role", async () => {
    const sts = new Sts("000000000000");
    const roleArn = "arn:aws:iam::000000000000:role/streams-role";
    expect(await sts.call("GetCallerIdentity", {}, { kind: "function", name: "create", roleArn })).to.include(
      {
        Arn: "arn:aws:sts::000000000000:assumed-role/streams-role/create",
      },
    );
  });

  it("lists log groups, and what functions wrote: logs describe-log-groups, filter-log-events", async () => {
    await local.api("/streams", { json: aRequest("logged") });
    const { logGroups = [] } = await json("Logs_20140328.DescribeLogGroups", {});
    const names = logGroups.map(({ logGroupName }) => String(logGroupName));
    const name = names.find((one) => one.includes("create-stream-workflow"));
    expect(name).to.match(/^\/aws\/lambda\//);
    const { events = [] } = await json("Logs_20140328.FilterLogEvents", {
      logGroupName: name,
      filterPattern: '"workflow was started" -ERROR',
    });
    expect(events).to.have.lengthOf(1);
    expect(events[0]?.message).to.contain("The workflow was started.");
    const { logStreams } = await json("Logs_20140328.DescribeLogStreams", { logGroupName: name });
    expect(logStreams).to.have.lengthOf(1);
  });

  it("lists alarms, in both protocols: cloudwatch describe-alarms", async () => {
    const { MetricAlarms = [] } = await json("GraniteServiceVersion20100801.DescribeAlarms", {});
    const alarm = MetricAlarms.find(({ AlarmName }) => String(AlarmName).includes("dead-letters"));
    expect(alarm).to.include({ StateValue: "OK", ComparisonOperator: "GreaterThanOrEqualToThreshold" });
    const xml = await query({ Action: "DescribeAlarms", Version: "2010-08-01", StateValue: "OK" });
    expect(xml.match(/<AlarmName>/g)).to.have.lengthOf(MetricAlarms.length);
    expect(xml).to.match(/<StateUpdatedTimestamp>\d{4}-\d\d-\d\dT/);
    expect(
      await query({ Action: "DescribeAlarms", Version: "2010-08-01", StateValue: "ALARM" }),
    ).not.to.contain("<AlarmName>");
  });

  it("lists buses, rules, topics and functions", async () => {
    const events = new EventBridgeClient(local.aws);
    const { EventBuses = [] } = await events.send(new ListEventBusesCommand({ NamePrefix: "streams" }));
    expect(EventBuses).to.have.lengthOf(1);
    const { Rules = [] } = await events.send(new ListRulesCommand({ EventBusName: EventBuses[0]?.Arn }));
    expect(Rules.map(({ State }) => State)).to.include("ENABLED");
    expect(JSON.parse(Rules[0]?.EventPattern ?? "")).to.be.an("object");
    const { Topics = [] } = await new SNSClient(local.aws).send(new ListTopicsCommand({}));
    expect(Topics.map(({ TopicArn }) => TopicArn?.split(":").at(-1)?.slice(0, 15))).to.include(
      "streams-on-call",
    );
    const { Functions = [] } = await new LambdaClient(local.aws).send(new ListFunctionsCommand({}));
    const declared = resourcesOfType(local.runtime.graph, "aws:lambda/function:Function");
    expect(declared).to.not.be.empty;
    expect(Functions.map(({ FunctionArn }) => FunctionArn)).to.have.members(
      declared.map(({ outputs }) => outputs.arn),
    );
    expect(Functions[0]?.Role).to.match(/^arn:aws:iam::000000000000:role\//);
    expect(Functions[0]).not.to.have.property("Environment");
  });
});

describe("CloudWatch Logs", () => {
  const start = () => new CloudWatchLogs({ clock: new SteppedClock(), region: "eu-west-1", accountId: "1" });
  const messages = ({ events }: { [member: string]: unknown }) =>
    (events as { message: string }[]).map(({ message }) => message);

  it("goes on where a page ended, by term and by time", async () => {
    const logs = start();
    for (const message of ["a ERROR", "b", "c ERROR", "d ERROR calm"]) logs.write("group", "s", message);
    const input = { logGroupName: "group", filterPattern: "ERROR", limit: 2 };
    const first = await logs.call("FilterLogEvents", input);
    expect(messages(first)).to.deep.equal(["a ERROR", "c ERROR"]);
    const rest = await logs.call("FilterLogEvents", { ...input, nextToken: first.nextToken ?? "" });
    expect(messages(rest)).to.deep.equal(["d ERROR calm"]);
    expect(rest).not.to.have.property("nextToken");
    expect(messages(await logs.call("FilterLogEvents", { ...input, startTime: 9e15 }))).to.deep.equal([]);
  });

  it("keeps the newest lines of a group", async () => {
    const logs = start();
    for (let index = 0; index < 20_000; index += 1) logs.write("group", "s", String(index));
    const kept = messages(await logs.call("FilterLogEvents", { logGroupName: "group", startTime: 0 }));
    expect(kept.length).to.equal(10_000);
    const { logGroups } = await logs.call("DescribeLogGroups", {});
    expect(Number((logGroups as { storedBytes: number }[])[0]?.storedBytes)).to.be.lessThan(15_001 * 5);
  });

  it("refuses an unknown group, and a pattern that it does not serve", async () => {
    const logs = start();
    const code = (input: object) =>
      logs
        .call("FilterLogEvents", { logGroupName: "group", ...input })
        .catch(({ code }: { code: string }) => code);
    expect(await code({})).to.equal("ResourceNotFoundException");
    logs.createGroup("group");
    expect(await code({ filterPattern: "{ $.level = 1 }" })).to.equal("InvalidParameterException");
  });
});
