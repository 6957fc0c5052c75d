import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { NotificationTargetArgs } from "../../components";
import { findArgumentIssues } from "../../components/check-args";
import { arn, roleArn } from "../support/arns";
import { type Recording, withoutDigests } from "../support/record";
import { statementsOf } from "../support/statements";
import { leastArgs, recordDefaults, recordOrchestration } from "../support/stream-orchestration";

const webhook = {
  ...{
    type: "webhook",
    name: "ops",
    url: "https://ops.example.com/in",
    severities: ["critical"],
    statuses: ["READY"],
  },
  auth: { apiKey: { header: "X-Api-Key", value: "s3cret" } },
} satisfies NotificationTargetArgs;
const pager = { type: "pagerduty", name: "pager", routingKey: "s3cret-2" } satisfies NotificationTargetArgs;

const issues = (notify: unknown) =>
  findArgumentIssues({ ...leastArgs, notify }).map(({ path, problem }) => `${path} ${problem}`);

describe("The targets of a StreamOrchestration's notifications", () => {
  let recording: Recording;
  before(async () => {
    recording = await recordOrchestration({ notify: [webhook, pager] });
  });
  const inputsOf = (type: string, name: string) => withoutDigests(recording.only(type, name).inputs);

  it("have a connection, an API destination, a role, and a rule that keeps what it cannot deliver", () => {
    const { connectionArn, ...destination } = inputsOf(":EventApiDestination", "streams-notify-ops");
    expect(connectionArn).to.match(/:connection\/streams-notify-ops/);
    expect(destination).to.deep.equal({
      httpMethod: "POST",
      invocationEndpoint: "https://ops.example.com/in",
      invocationRateLimitPerSecond: 300,
    });
    expect(JSON.parse(inputsOf(":EventRule", "streams-notify-ops").eventPattern)).to.deep.equal({
      source: ["com.guidogerb.streams"],
      "detail-type": ["StreamNotification"],
      detail: { target: ["ops"] },
    });
    const target = inputsOf(":EventTarget", "streams-notify-ops");
    expect(target).to.deep.include({
      inputPath: "$.detail",
      deadLetterConfig: { arn: arn("sqs", "streams-events-dead-letters") },
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
    });
    expect(target.arn).to.match(/:api-destination\/streams-notify-ops/);
    expect(inputsOf(":EventTarget", "streams-notify-pager").inputPath).to.equal("$.detail.pagerDuty");
    const [statement, ...more] = statementsOf(recording, "streams-notify-ops");
    expect(more).to.deep.equal([]);
    expect(statement?.Action).to.deep.equal(["events:InvokeApiDestination"]);
    expect(withoutDigests(statement?.Resource)).to.deep.equal([target.arn]);
  });

  it("keep what is secret a Pulumi secret, and tell it to nothing but the connection", async () => {
    const secret = pulumi.secret("s3cret-3");
    const made = await recordOrchestration({
      notify: [{ ...webhook, auth: { apiKey: { header: "X-Api-Key", value: secret } } }, pager],
    });
    const holders = made.registrations.filter(({ inputs }) => JSON.stringify(inputs).includes("s3cret"));
    expect(holders.map(({ type, name }) => `${type} ${name}`)).to.have.members([
      "aws:cloudwatch/eventConnection:EventConnection streams-notify-ops",
      "aws:cloudwatch/eventConnection:EventConnection streams-notify-pager",
    ]);
  });

  it("are told by a function that knows what each wants, and no secret", () => {
    const { variables } = inputsOf("lambda/function:Function", "streams-compose-notification").environment;
    expect(JSON.parse(variables.NOTIFICATION_TARGETS)).to.deep.equal([
      { name: "ops", severities: ["critical"], statuses: ["READY"], form: "notification" },
      { name: "pager", severities: ["warning", "critical"], statuses: [], form: "pagerDuty" },
    ]);
    const subscriptions = recording
      .ofType(":TopicSubscription")
      .map(({ name, inputs }) => [name, inputs.protocol]);
    expect(subscriptions).to.deep.equal([
      ["streams-notify-on-call", "lambda"],
      ["streams-notify-alarms", "lambda"],
    ]);
  });

  it("have a secret, a rule and one state machine in common where they want their requests signed", async () => {
    const secret = `whsec_${"QUJD".repeat(8)}`;
    const signed = (name: string) => ({ ...webhook, name, auth: { hmac: { secret } } });
    const made = await recordOrchestration({ notify: [signed("one"), signed("two")] });
    expect(
      made.ofType(":StateMachine").filter(({ name }) => name.startsWith("streams-notify")),
    ).to.have.lengthOf(1);
    expect(made.ofType(":EventApiDestination")).to.deep.equal([]);
    const { inputs } = made.only("lambda/function:Function", "streams-send-webhook");
    const targets = JSON.parse(withoutDigests(inputs).environment.variables.WEBHOOK_TARGETS) as object[];
    expect(targets).to.have.lengthOf(2);
    expect(targets[0]).to.deep.include({ name: "one", url: "https://ops.example.com/in" });
    expect(statementsOf(made, "streams-send-webhook").map(({ Action }) => Action)).to.deep.include([
      "secretsmanager:GetSecretValue",
    ]);
    const holders = made.registrations.filter((one) => JSON.stringify(one.inputs).includes(secret));
    expect(holders.map(({ type }) => type)).to.deep.equal(
      Array(2).fill("aws:secretsmanager/secretVersion:SecretVersion"),
    );
    const target = made.only(":EventTarget", "streams-notify-one").inputs;
    expect(target).to.not.have.any.keys("inputPath", "inputTransformer", "input");
    expect(issues([signed("one")])).to.deep.equal([]);
    expect(issues([{ ...signed("one"), auth: { hmac: { secret: "s3cret" } } }]).join()).to.match(
      /^notify\[0\]\.auth\.hmac\.secret must be whsec_ and 24 to 64 bytes in base64/,
    );
  });

  it("have a topic that only their rule may publish on, and a channel from which nobody may do anything, in Slack and Teams", async () => {
    const uuid = "12345678-1234-1234-1234-123456789012";
    const notify = [
      { type: "slack" as const, name: "chat", workspaceId: "T01234567", channelId: "C01234567" },
      {
        type: "teams" as const,
        name: "teams",
        teamId: uuid,
        tenantId: uuid,
        channelId: "19%3aab%40thread.tacv2",
      },
    ];
    expect(issues(notify)).to.deep.equal([]);
    expect(
      issues([
        { ...notify[0], channelId: "#ops" },
        { ...notify[1], teamId: "team" },
      ]),
    ).to.have.lengthOf(2);
    const made = await recordOrchestration({ notify });
    const inputs = (type: string, name: string) => withoutDigests(made.only(type, name).inputs);
    expect(inputs(":SlackChannelConfiguration", "streams-notify-chat")).to.deep.equal({
      configurationName: "streams-notify-chat",
      guardrailPolicyArns: ["arn:aws:iam::aws:policy/AWSDenyAll"],
      iamRoleArn: roleArn("streams-notify-chat"),
      ...{ slackTeamId: "T01234567", slackChannelId: "C01234567", tags: {} },
      snsTopicArns: [arn("sns", "streams-notify-chat")],
    });
    expect(inputs(":TeamsChannelConfiguration", "streams-notify-teams")).to.deep.include({
      ...{ teamId: uuid, tenantId: uuid, channelId: "19%3aab%40thread.tacv2" },
      snsTopicArns: [arn("sns", "streams-notify-teams")],
    });
    expect(made.ofType(":RolePolicy").filter(({ name }) => name === "streams-notify-chat")).to.deep.equal([]);
    expect(inputs(":EventTarget", "streams-notify-chat")).to.deep.include({
      arn: arn("sns", "streams-notify-chat"),
      inputPath: "$.detail.chat",
      deadLetterConfig: { arn: arn("sqs", "streams-events-dead-letters") },
    });
    const { Statement } = JSON.parse(inputs(":TopicPolicy", "streams-notify-chat").policy) as {
      Statement: object[];
    };
    expect(Statement[0]).to.deep.equal({
      ...{ Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sns:Publish" },
      Resource: arn("sns", "streams-notify-chat"),
      Condition: { ArnEquals: { "aws:SourceArn": arn("events", "rule/streams-events/streams-notify-chat") } },
    });
  });

  it("are all that they add: a stack without them has none of it", async () => {
    const defaults = new Set((await recordDefaults()).list());
    const added = recording.list().filter((line) => !defaults.has(line));
    expect(added.filter((line) => !/ streams-(notify|compose-notification)/.test(line))).to.deep.equal([]);
    expect([...defaults].filter((line) => /notify|compose-notification/.test(line))).to.deep.equal([]);
  });

  it("are refused with every problem, and without a word of a secret", () => {
    expect(issues([webhook, pager])).to.deep.equal([]);
    expect(issues([{ ...pager, statuses: ["READY"] }])[0]).to.match(/^notify\[0\]\.statuses /);
    const wrong = [
      {
        ...webhook,
        name: "Ops",
        url: "http://ops",
        severities: ["loud"],
        statuses: ["FAILED"],
        maxPerSecond: 0,
      },
      { ...webhook, auth: { apiKey: { header: "X Key", value: "" } } },
      { type: "pigeon", name: "x" },
      { ...pager, name: "twice", routingKey: 5 },
      { ...pager, name: "twice" },
    ];
    const found = issues(wrong);
    expect(found.map((problem) => problem.split(" ")[0])).to.have.members([
      ...["name", "url", "severities[0]", "statuses[0]", "maxPerSecond"].map((one) => `notify[0].${one}`),
      ...[
        "notify[1].auth.apiKey.header",
        "notify[1].auth.apiKey.value",
        "notify[2].type",
        "notify[3].routingKey",
      ],
      "notify",
    ]);
    expect(found.join()).to.not.include("s3cret");
  });
});
