import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { deadLetterQueues } from "../../cli/console/dead-letter-queues";
import { givenName } from "../../local/faults/named";
import { startLocal } from "../../testing";

/** Queues of which two get what failed, and two are queues like any other. */
function program() {
  const of = (name: string) => new aws.sqs.Queue(name);
  const rule = new aws.cloudwatch.EventRule("rule", { eventPattern: JSON.stringify({ source: ["any"] }) });
  const orders = new aws.sqs.Queue("orders", {
    redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: of("of-a-queue").arn, maxReceiveCount: 3 }),
  });
  new aws.cloudwatch.EventTarget("target", {
    ...{ rule: rule.name, arn: orders.arn, deadLetterConfig: { arn: of("of-a-rule").arn } },
  });
  of("payments");
}

describe("the queues whose messages the console calls dead letters", () => {
  it("are those that a rule or a queue names for what failed", async () => {
    const local = await startLocal(program, { unsupported: "record" });
    expect(deadLetterQueues(local.runtime.graph).map(givenName)).to.have.members(["of-a-queue", "of-a-rule"]);
    await local.stop();
  });
});
