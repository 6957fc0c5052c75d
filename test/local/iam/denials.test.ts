import { CloudFrontClient, GetDistributionConfigCommand } from "@aws-sdk/client-cloudfront";
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { credentialsOf } from "../../../local/calls/callers";
import type { JsonObject } from "../../../local/json";
import { type Graph, resourcesOfType } from "../../../local/record/graph";
import type { Runtime } from "../../../local/runtime";
import { type Local, readAnswer, startLocal } from "../../../testing";
import { announce } from "../../support/announce";
import { Guarded } from "../../support/guarded";
import { replace, resourcePermissions, rolePermissions, withStatement } from "../../support/permissions";
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

/** The first call that failed in an execution. */
function firstError(local: Local, streamId: string) {
  return local.executions.get(streamId)?.states.flatMap(({ errors }) => errors)[0];
}

describe("a call without its permission", () => {
  let guarded: Guarded | undefined;
  afterEach(() => guarded?.stop());
  const startWith = async (patch: (graph: Graph) => Graph) => {
    guarded = await Guarded.start(patch);
    return guarded;
  };

  it("is refused to a function in AWS's words, with user, action and resource", async () => {
    const { local } = await startWith(without("dynamodb:Query", "streams-create-stream-workflow"));
    const { status } = await local.streams.request("refused");
    expect(status).to.equal(500);
    const table = String(local.outputs.tableName);
    const { line } = await local.logs.waitFor("is not authorized");
    const [role = ""] = /streams-create-stream-workflow-[0-9a-f]{7}(?=\/)/.exec(line) ?? [];
    expect(role).not.to.equal("");
    expect(line).to.include("AccessDeniedException");
    expect(line).to.match(
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
      const { local } = await startWith(without(action, "streams-StreamLifecycleOrchestrator"));
      await local.streams.request("refused");
      const details = firstError(local, "refused");
      expect(details).to.have.property("error", error);
      expect(details)
        .to.have.property("cause")
        .that.includes(`is not authorized to perform: ${action} on resource: arn:aws:`)
        .and.includes(`Status Code: ${status}`);
    });
  }

  it("is refused to a state machine that invokes a function", async () => {
    const { local } = await startWith(
      without("lambda:InvokeFunction", "streams-StreamLifecycleOrchestrator"),
    );
    await local.streams.request("refused");
    const details = firstError(local, "refused");
    expect(details).to.have.property("error", "Lambda.AWSLambdaException");
  });

  it("is refused to a function's code, where a Deny names the function for which the code runs", async () => {
    const deny = (source: string) => (graph: Graph) =>
      withStatement(graph, "streams-create-stream-workflow", {
        Effect: "Deny",
        Action: "states:*",
        Resource: "*",
        Condition: { ArnEquals: { "lambda:SourceFunctionArn": source } },
      });
    const own = await startWith(deny("arn:*:lambda:*:*:function:streams-create-stream-workflow-*"));
    expect(await own.local.streams.request("refused")).to.have.property("status", 500);
    expect(own.denials).to.have.lengthOf(1);
    await own.stop();
    const others = await startWith(deny("arn:*:lambda:*:*:function:streams-sweep-streams-*"));
    expect(await others.local.streams.request("accepted")).to.have.property("status", 202);
  });

  it("is refused by an explicit deny, whatever allows it", async () => {
    const { local } = await startWith((graph) =>
      withStatement(graph, "streams-create-stream-workflow", {
        Effect: "Deny",
        Action: "states:*",
        Resource: "*",
      }),
    );
    expect(await local.streams.request("refused")).to.have.property("status", 500);
    const { line } = await local.logs.waitFor("is not authorized");
    expect(line).to.include("with an explicit deny in an identity-based policy");
  });

  it("is refused by the bus to whoever is none of its principals, whatever rights they have", async () => {
    const forge = ({ local }: Guarded) => announce(local, { streamId: "forged", status: "READY" });
    const withoutUser = (graph: Graph) =>
      resourcesOfType(graph, policyType).reduce((changed, policy) => {
        const text = String(policy.inputs.policy).replace("user/local", "user/another");
        return replace(changed, policy, { policy: text });
      }, graph);
    const policyType = "aws:cloudwatch/eventBusPolicy:EventBusPolicy";
    await startWith(withoutUser);
    const { name, message } = await expectRejection(forge(guarded as Guarded));
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
    expect(await forge(guarded as Guarded)).to.have.property("FailedEntryCount", 0);
  });

  it("is refused to a whole PutEvents for one entry of another type", async () => {
    const { local } = await startWith((graph) => graph);
    const events = new EventBridgeClient(asFunction(local.runtime, "streams-update-stream-status"));
    const entry = {
      EventBusName: String(local.outputs.eventBusName),
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
    expect(local.streams.events("half")).to.deep.equal([]);
    expect(await put(entry)).to.have.property("FailedEntryCount", 0);
    events.destroy();
  });

  it("is refused in each service's own code and protocol", async () => {
    const { local } = await startWith((graph) => graph);
    const settings = asFunction(local.runtime, "streams-get-health-status");
    const topic = { TopicArn: String(local.outputs.onCallTopicArn), Message: "Hello" };
    const queue = { QueueUrl: String(local.outputs.deadLetterQueueUrl), MessageBody: "Hello" };
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
    const { local } = await startWith(withoutPolicy("Permission streams-api-GetHealthStatus"));
    const { status, body } = await readAnswer(await local.api("/health"));
    expect([status, body]).to.deep.equal([500, { message: "Internal Server Error" }]);
  });

  it("of a rule sends the event to the dead-letter queue at once, for want of permissions", async () => {
    const { local } = await startWith(withoutPolicy("Permission streams-confirmation"));
    await local.streams.provision("refused");
    await announce(local, { streamId: "refused", status: "READY" });
    const [undelivered] = local.events.undelivered();
    expect(undelivered)
      .to.include({ code: "NO_PERMISSIONS", retryAttempts: 0 })
      .and.have.property("deadLetterArn");
    const [message] = await local.queues.take();
    expect(message?.attributes.ERROR_CODE).to.equal("NO_PERMISSIONS");
  });

  it("of a rule that may not use its dead-letter queue loses the event", async () => {
    const { local } = await startWith((graph) =>
      withoutPolicy("QueuePolicy streams-events-dead-letters")(
        withoutPolicy("Permission streams-confirmation")(graph),
      ),
    );
    await local.streams.provision("lost");
    await announce(local, { streamId: "lost", status: "READY" });
    const [undelivered] = local.events.undelivered();
    expect(undelivered).not.to.have.property("deadLetterArn");
    expect(await local.queues.take()).to.deep.equal([]);
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
              policyArn: "arn:aws:iam::aws:policy/SecurityAudit",
            },
            outputs: {},
          },
        ],
      }),
      "The attachment 'extra' is of the managed policy arn:aws:iam::aws:policy/SecurityAudit",
    ],
  ] as const) {
    it(`are refused by name at a strict start: ${what}`, async () => {
      const { message } = await expectRejection(Guarded.start(patch, { unsupported: "refuse" }));
      expect(message).to.include(expected);
    });
  }

  it("are named in the denial of a call that no other policy allows", async () => {
    const owner = "streams-create-stream-workflow";
    const guarded = await Guarded.start((graph) =>
      withStatement(without("states:StartExecution", owner)(graph), owner, {
        Effect: "Allow",
        Action: "states:StartExecution",
        Resource: "*",
        Condition: { StringEquals: { "aws:username": "x" } },
      }),
    );
    try {
      await guarded.local.streams.request("unjudged");
      const { line } = await guarded.local.logs.waitFor("is not authorized");
      expect(line).to.include("The local runtime does not serve the condition key aws:username");
    } finally {
      await guarded.stop();
    }
  });

  it("of a resource stop no start, are named in denials, and allow nothing where they may deny it", async () => {
    const policy = (name: string, ...statements: JsonObject[]) => {
      const queue = new aws.sqs.Queue(name);
      const Statement = statements.map((more) => ({
        ...{ Principal: "*", Action: "sqs:SendMessage", Resource: queue.arn, ...more },
      }));
      new aws.sqs.QueuePolicy(name, {
        queueUrl: queue.url,
        policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement }),
      });
      return queue.url;
    };
    const ofOrganization = { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } };
    const ofOthers = { Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-1" } } };
    const local = await startLocal(() => ({
      allowed: policy("allowed", { Effect: "Allow", ...ofOrganization }, { Effect: "Allow" }),
      unknown: policy("unknown", { Effect: "Allow", ...ofOrganization }),
      denied: policy("denied", { Effect: "Allow" }, { Effect: "Deny", ...ofOthers }),
      sender: new aws.lambda.CallbackFunction("sender", {
        policies: [],
        callback: async (url: string) => {
          const { SQSClient, SendMessageCommand } = await import("@aws-sdk/client-sqs");
          const { MD5OfMessageBody } = await new SQSClient().send(
            new SendMessageCommand({ QueueUrl: url, MessageBody: "x" }),
          );
          return MD5OfMessageBody;
        },
      }).name,
    }));
    try {
      const { sender, ...urls } = local.outputs as { [name: string]: string };
      const send = async (url = "") => {
        const { Payload } = await new LambdaClient({ ...local.aws, region: "us-east-1" }).send(
          new InvokeCommand({ FunctionName: sender, Payload: JSON.stringify(url) }),
        );
        return JSON.stringify(JSON.parse(Buffer.from(Payload ?? []).toString()));
      };
      expect(await send(urls.allowed)).to.match(/^"[0-9a-f]{32}"$/);
      for (const url of [urls.unknown, urls.denied]) {
        expect(await send(url)).to.match(
          /is not authorized to perform: sqs:SendMessage .* The local runtime does not serve the condition key aws:PrincipalOrgID, which the queue policy '\w+' uses"/,
        );
      }
    } finally {
      await local.stop();
    }
  });

  it("are those of a role that the program does not make: its functions run and log, and the denials of their calls name it", async () => {
    const local = await startLocal(() => {
      const adopted = aws.iam.Role.get("adopted", "adopted-role");
      const code = new pulumi.asset.AssetArchive({
        "index.js": new pulumi.asset.StringAsset(
          `const { SNSClient, ListTopicsCommand } = require("@aws-sdk/client-sns");
          exports.handler = async () => { console.log("It runs."); await new SNSClient().send(new ListTopicsCommand()); };`,
        ),
      });
      for (const [name, role] of Object.entries({
        named: "arn:aws:iam::000000000000:role/team/foreign",
        read: adopted.arn,
      })) {
        new aws.lambda.Function(name, { name, role, code, runtime: "nodejs22.x", handler: "index.handler" });
      }
    });
    try {
      for (const [FunctionName, role] of [
        ["named", "arn:aws:iam::000000000000:role/team/foreign"],
        ["read", "arn:aws:iam::000000000000:role/adopted-role"],
      ] as const) {
        const { Payload } = await new LambdaClient({ ...local.aws, region: "us-east-1" }).send(
          new InvokeCommand({ FunctionName }),
        );
        expect(Buffer.from(Payload ?? []).toString()).to.include(
          `is not authorized to perform: sns:ListTopics on resource: * because no identity-based policy allows the sns:ListTopics action. The role ${role} is not one of the program's, so that what it may do is unknown`,
        );
        expect(local.logs.all(FunctionName).map(({ line }) => line)).to.include("It runs.");
      }
    } finally {
      await local.stop();
    }
  });

  it("are refused at a strict start where the role is not the program's", async () => {
    const { message } = await expectRejection(
      Guarded.start(
        change("aws:lambda/function:Function", { role: "arn:aws:iam::000000000000:role/foreign" }),
        {
          unsupported: "refuse",
        },
      ),
    );
    expect(message).to.equal(
      "The role arn:aws:iam::000000000000:role/foreign is not one of the program's, so that what it may do is unknown.",
    );
  });

  it("allow nothing where they may deny it", async () => {
    const guarded = await Guarded.start((graph) =>
      withStatement(graph, "streams-create-stream-workflow", {
        Effect: "Deny",
        Action: "states:StartExecution",
        Resource: "*",
        Condition: { StringEquals: { "aws:username": "x" } },
      }),
    );
    try {
      expect((await guarded.local.streams.request("unjudged")).status).to.equal(500);
    } finally {
      await guarded.stop();
    }
  });
});
