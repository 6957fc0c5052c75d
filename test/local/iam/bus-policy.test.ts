import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { credentialsOf } from "../../../local/calls/callers";
import { type Local, startLocal } from "../../../testing";
import { expectRejection } from "../support/expect-rejection";
import { aRole, localArn } from "../support/programs";

const busArn = localArn("events", "event-bus/streams");
const source = "com.example.streams";

/** A bus that takes events of one source from the function `trusted` and whoever is named besides, and from nobody else. */
function program(besides: readonly string[] = []) {
  return () => {
    const bus = new aws.cloudwatch.EventBus("streams", { name: "streams" });
    const roles = ["trusted", "other"].map((name) => {
      const role = aRole(name, { service: "lambda.amazonaws.com", may: { [busArn]: ["events:PutEvents"] } });
      new aws.lambda.CallbackFunction(name, { name, role, callback: async () => undefined });
      return role;
    });
    const [trusted] = roles;
    new aws.cloudwatch.EventBusPolicy("streams", {
      eventBusName: bus.name,
      policy: trusted?.arn.apply((arn) =>
        JSON.stringify({
          Version: "2012-10-17",
          Statement: {
            Effect: "Deny",
            Principal: "*",
            Action: "events:PutEvents",
            Resource: busArn,
            Condition: {
              StringEquals: { "events:source": source },
              ArnNotLike: { "aws:PrincipalArn": [arn, ...besides] },
            },
          },
        }),
      ) as never,
    });
  };
}

describe("the policy of an event bus", () => {
  let local: Local | undefined;
  afterEach(async () => {
    await local?.stop();
    local = undefined;
  });

  async function put(Source: string, functionName?: string): Promise<string> {
    const { endpoint, region, credentials } = (local as Local).aws;
    const keys = functionName === undefined ? undefined : credentialsOf(functionName);
    const client = new EventBridgeClient({
      ...{ endpoint, region, maxAttempts: 1 },
      credentials: keys
        ? { accessKeyId: keys.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: keys.AWS_SECRET_ACCESS_KEY ?? "" }
        : credentials,
    });
    const entry = { EventBusName: "streams", Source, DetailType: "Tested", Detail: "{}" };
    const command = new PutEventsCommand({ Entries: [entry] });
    try {
      return await client.send(command).then(
        ({ FailedEntryCount }) => `${FailedEntryCount} failed`,
        (error: Error) => `${error.name}: ${error.message}`,
      );
    } finally {
      client.destroy();
    }
  }

  it("keeps everybody out whom it does not except, whatever their own policies allow", async () => {
    local = await startLocal(program());
    expect(await put(source, "trusted")).to.equal("0 failed");
    expect(await put("com.example.other", "other")).to.equal("0 failed");
    expect(await put("com.example.other")).to.equal("0 failed");
    const denial = `is not authorized to perform: events:PutEvents on resource: ${busArn} with an explicit deny in a resource-based policy`;
    expect(await put(source, "other"))
      .to.match(/^AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role\/other-/)
      .and.include(denial);
    expect(await put(source)).to.equal(
      `AccessDeniedException: User: arn:aws:iam::000000000000:user/local ${denial}`,
    );
    expect(local.events.all({ source })).to.have.lengthOf(1);
  });

  it("lets the local user in by its ARN", async () => {
    local = await startLocal(program(["arn:aws:iam::000000000000:user/local"]));
    expect(await put(source)).to.equal("0 failed");
  });

  it("is not asked where IAM is off", async () => {
    local = await startLocal(program(), { iam: "off" });
    expect(await put(source, "other")).to.equal("0 failed");
  });

  it("must be of a bus of the program", async () => {
    const { message } = await expectRejection(
      startLocal(
        () => void new aws.cloudwatch.EventBusPolicy("lost", { eventBusName: "gone", policy: "{}" }),
      ),
    );
    expect(message).to.equal("The event bus policy 'lost' is of no bus of the program.");
  });
});
