import { CloudFrontClient, GetDistributionConfigCommand } from "@aws-sdk/client-cloudfront";
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { credentialsOf } from "../../../local/calls/callers";
import type { JsonObject } from "../../../local/json";
import { type Graph, resourcesOfType } from "../../../local/record/graph";
import type { Runtime } from "../../../local/runtime";
import {
  replace,
  resourcePermissions,
  rolePermissions,
  withStatement,
} from "../../../proof/minimality/support/graphs";
import { Guarded } from "../../../proof/minimality/support/start";
import { aRequest } from "../../journeys/support/requests";
import { expectRejection } from "../support/expect-rejection";

/** The graph without an action of a role. */
const without = (action: string, owner: string) => (graph: Graph) =>
  rolePermissions(graph)
    .find(({ name }) => name === `${action} of ${owner}`)
    ?.without(graph) ?? graph;

/** The graph without the policy of a resource. */
const withoutPolicy = (name: string) => (graph: Graph) =>
  resourcePermissions(graph)
    .find((permission) => permission.name === name)
    ?.without(graph) ?? graph;

const change = (type: string, inputs: JsonObject) => (graph: Graph) =>
  resourcesOfType(graph, type).reduce((changed, resource) => replace(changed, resource, inputs), graph);

/** What a function's own SDK is set up with. */
function asFunction({ awsUrl, region, graph }: Runtime, logicalName: string) {
  const found = resourcesOfType(graph, "aws:lambda/function:Function").find(
    ({ name }) => name === logicalName,
  );
  const environment = credentialsOf(String(found?.outputs.name));
  return {
    endpoint: awsUrl,
    region,
    maxAttempts: 1,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? "",
      sessionToken: environment.AWS_SESSION_TOKEN ?? "",
    },
  };
}

describe("a call without its permission", () => {
  let guarded: Guarded | undefined;
  afterEach(() => guarded?.stop());
  const startWith = async (patch: (graph: Graph) => Graph) => {
    guarded = await Guarded.start(patch);
    return guarded;
  };

  it("is refused to a function in AWS's words, with user, action and resource", async () => {
    const { journey } = await startWith(without("dynamodb:Query", "streams-create-stream-workflow"));
    const { status } = await journey.post(aRequest("refused"));
    expect(status).to.equal(500);
    const table = journey.aws.output("tableName");
    const line = await journey.observations.until("the error", (all) =>
      all.find((seen) => seen.kind === "log" && seen.line.includes("is not authorized")),
    );
    const [role = ""] =
      /streams-create-stream-workflow-[0-9a-f]{7}(?=\/)/.exec(String(Object(line).line)) ?? [];
    expect(role).not.to.equal("");
    expect(Object(line).line).to.include("AccessDeniedException");
    expect(Object(line).line).to.match(
      new RegExp(
        `User: arn:aws:sts::000000000000:assumed-role/${role}/streams-create-stream-workflow-[0-9a-f]{7} is not authorized to perform: dynamodb:Query on resource: arn:aws:dynamodb:us-east-1:000000000000:table/${table} because no identity-based policy allows the dynamodb:Query action`,
      ),
    );
    expect(guarded?.denials).to.have.lengthOf(1);
  });

  for (const [action, error, status] of [
    ["dynamodb:PutItem", "DynamoDB.AmazonDynamoDBException", 400],
    ["medialive:DescribeChannel", "MediaLive.MediaLiveException", 403],
    ["cloudfront:GetDistributionConfig", "CloudFront.AccessDeniedException", 403],
    ["events:PutEvents", "EventBridge.AmazonEventBridgeException", 400],
  ] as const) {
    it(`is refused to a state machine as an error of the integration: ${action}`, async () => {
      const { journey } = await startWith(without(action, "streams-StreamLifecycleOrchestrator"));
      await journey.post(aRequest("refused"));
      const { taskFailedEventDetails: details } = await journey.waitForFailedCall("refused");
      expect(details).to.have.property("error", error);
      expect(details)
        .to.have.property("cause")
        .that.includes(`is not authorized to perform: ${action} on resource: arn:aws:`)
        .and.includes(`Status Code: ${status}`);
    });
  }

  it("is refused to a state machine that invokes a function", async () => {
    const { journey } = await startWith(
      without("lambda:InvokeFunction", "streams-StreamLifecycleOrchestrator"),
    );
    await journey.post(aRequest("refused"));
    const { taskFailedEventDetails: details } = await journey.waitForFailedCall("refused");
    expect(details).to.have.property("error", "Lambda.AWSLambdaException");
  });

  it("is refused by an explicit deny, whatever allows it", async () => {
    const { journey } = await startWith((graph) =>
      withStatement(graph, "streams-create-stream-workflow", {
        Effect: "Deny",
        Action: "states:*",
        Resource: "*",
      }),
    );
    expect(await journey.post(aRequest("refused"))).to.have.property("status", 500);
    const { line } = (await journey.observations.until("the error", (all) =>
      all.find((seen) => seen.kind === "log" && seen.line.includes("is not authorized")),
    )) as { line: string };
    expect(line).to.include("with an explicit deny in an identity-based policy");
  });

  it("is refused by the bus to whoever is none of its principals, whatever rights they have", async () => {
    const announce = ({ journey }: Guarded) => journey.aws.announce({ streamId: "forged", status: "READY" });
    const withoutUser = (graph: Graph) =>
      resourcesOfType(graph, policyType).reduce((changed, policy) => {
        const text = String(policy.inputs.policy).replace("user/local", "user/another");
        return replace(changed, policy, { policy: text });
      }, graph);
    const policyType = "aws:cloudwatch/eventBusPolicy:EventBusPolicy";
    await startWith(withoutUser);
    const { name, message } = await expectRejection(announce(guarded as Guarded));
    expect(name).to.equal("AccessDeniedException");
    expect(message)
      .to.match(/^User: arn:aws:iam::000000000000:user\/local is not authorized to perform: events:PutEvents/)
      .and.include("with an explicit deny in a resource-based policy");
    expect(guarded?.denials).to.have.lengthOf(1);
    await guarded?.stop();

    await startWith((graph) => ({
      ...graph,
      resources: graph.resources.filter(({ type }) => type !== policyType),
    }));
    expect(await announce(guarded as Guarded)).to.have.property("FailedEntryCount", 0);
  });

  it("is refused to a whole PutEvents for one entry of another type", async () => {
    const { journey } = await startWith((graph) => graph);
    const events = new EventBridgeClient(asFunction(journey.runtime, "streams-update-stream-status"));
    const entry = {
      EventBusName: journey.aws.output("eventBusName"),
      Source: "com.guidogerb.streams",
      DetailType: "StreamLifecycleProgressed",
      Detail: '{"streamId":"half"}',
    };
    const put = (...Entries: PutEventsRequestEntry[]) => events.send(new PutEventsCommand({ Entries }));
    const refused = await expectRejection(put(entry, { ...entry, DetailType: "StreamProvisionRequested" }));
    expect(refused.name).to.equal("AccessDeniedException");
    expect(refused.message).to.include(
      `event-bus/${entry.EventBusName} because no identity-based policy allows`,
    );
    expect(journey.announced("half")).to.deep.equal([]);
    expect(await put(entry)).to.have.property("FailedEntryCount", 0);
    events.destroy();
  });

  it("is refused in each service's own code and protocol", async () => {
    const { journey } = await startWith((graph) => graph);
    const settings = asFunction(journey.runtime, "streams-get-health-status");
    const topic = { TopicArn: journey.aws.output("onCallTopicArn"), Message: "Hello" };
    const queue = { QueueUrl: journey.aws.deadLettersUrl, MessageBody: "Hello" };
    for (const [client, send, name, message] of [
      [
        new SNSClient(settings),
        (c: SNSClient) => c.send(new PublishCommand(topic)),
        "AuthorizationErrorException",
        "sns:Publish",
      ],
      [
        new SQSClient(settings),
        (c: SQSClient) => c.send(new SendMessageCommand(queue)),
        "AccessDenied",
        "sqs:SendMessage",
      ],
      [
        new CloudFrontClient(settings),
        (c: CloudFrontClient) => c.send(new GetDistributionConfigCommand({ Id: "E2QWRUHAPOMQZL" })),
        "AccessDenied",
        "cloudfront:GetDistributionConfig",
      ],
    ] as const) {
      const refused = await expectRejection((send as (one: typeof client) => Promise<unknown>)(client));
      expect([refused.name, Object(refused).Code]).to.include(name);
      expect(refused.message).to.include(`is not authorized to perform: ${message} on resource: arn:aws:`);
      client.destroy();
    }
  });

  it("is answered 500 by an API Gateway that may not invoke the function", async () => {
    const { journey } = await startWith(withoutPolicy("Permission streams-api-GetHealthStatus"));
    const { status, body } = await journey.request("GET", "/health");
    expect([status, body]).to.deep.equal([500, { message: "Internal Server Error" }]);
  });

  it("of a rule sends the event to the dead-letter queue at once, for want of permissions", async () => {
    const { journey } = await startWith(withoutPolicy("Permission streams-confirmation"));
    await journey.provision("refused");
    await journey.aws.announce({ streamId: "refused", status: "READY" });
    const { undelivered } = (await journey.observations.until("the event", (all) =>
      all.find((seen) => seen.kind === "undelivered"),
    )) as { undelivered: object };
    expect(undelivered)
      .to.include({ code: "NO_PERMISSIONS", retryAttempts: 0 })
      .and.have.property("deadLetterArn");
    const [message] = await journey.aws.deadLetters();
    expect(message?.MessageAttributes?.ERROR_CODE?.StringValue).to.equal("NO_PERMISSIONS");
  });

  it("of a rule that may not use its dead-letter queue loses the event", async () => {
    const { journey } = await startWith((graph) =>
      withoutPolicy("QueuePolicy streams-events-dead-letters")(
        withoutPolicy("Permission streams-confirmation")(graph),
      ),
    );
    await journey.provision("lost");
    await journey.aws.announce({ streamId: "lost", status: "READY" });
    const { undelivered } = (await journey.observations.until("the event", (all) =>
      all.find((seen) => seen.kind === "undelivered"),
    )) as { undelivered: object };
    expect(undelivered).not.to.have.property("deadLetterArn");
    expect(await journey.aws.deadLetters()).to.deep.equal([]);
  });

  it("is made by nobody whose role its service cannot assume: the program does not start", async () => {
    const assumeRolePolicy = JSON.stringify({
      Statement: { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
    });
    const { message } = await expectRejection(
      Guarded.start(change("aws:iam/role:Role", { assumeRolePolicy })),
    );
    expect(message).to.match(
      /^The function 'streams-.*' cannot run: the role .* cannot be assumed by lambda\.amazonaws\.com\./,
    );
  });
});

describe("policies that the local runtime cannot judge", () => {
  const statement = (more: JsonObject) => (graph: Graph) =>
    withStatement(graph, "streams-create-stream-workflow", {
      Effect: "Allow",
      Action: "states:StartExecution",
      Resource: "*",
      ...more,
    });
  for (const [what, patch, expected] of [
    [
      "an operator",
      statement({ Condition: { NumericLessThan: { "aws:x": "1" } } }),
      "the condition operator NumericLessThan",
    ],
    [
      "a key",
      statement({ Condition: { StringEquals: { "aws:username": "x" } } }),
      "the condition key aws:username",
    ],
    ["a variable", statement({ Resource: "arn:aws:s3:::bucket/${aws:username}" }), "policy variables"],
    ["an element", statement({ NotPrincipal: "*" }), "the element NotPrincipal"],
    [
      "a managed policy that is not in the program",
      (graph: Graph): Graph => ({
        ...graph,
        resources: [
          ...graph.resources,
          {
            type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            name: "extra",
            id: "extra",
            inputs: {
              role: resourcesOfType(graph, "aws:iam/role:Role")[0]?.id ?? "",
              policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
            },
            outputs: {},
          },
        ],
      }),
      "The attachment 'extra' is of the managed policy arn:aws:iam::aws:policy/AdministratorAccess",
    ],
  ] as const) {
    it(`are refused by name at the start: ${what}`, async () => {
      const { message } = await expectRejection(Guarded.start(patch));
      expect(message).to.include(expected);
    });
  }
});
