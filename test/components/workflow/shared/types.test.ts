import { expect } from "chai";
import { choice, type State, task, wait } from "../../../../components/workflow/shared/asl";
import { updateAttempt } from "../../../../components/workflow/shared/attempt-item";
import { event, execution, invocation } from "../../../../components/workflow/shared/expressions";
import { type Expression, jsonata, objectText } from "../../../../components/workflow/shared/jsonata";
import type { SweepStreamsEvent, TeardownInput } from "../../../../contracts/internal";
import { channels, settings } from "../../../support/definition";
import { type Equal, typeHolds } from "../../../support/types";

/** Nothing here runs: `tsc` is the judge. */
function workflowTypes(): void {
  // Delimiters
  typeHolds<Equal<ReturnType<typeof jsonata>, Expression>>();
  const _delimited: Expression = "{% $provision != null %}";
  // @ts-expect-error without its delimiters it is a plain string
  const _plain: Expression = "$provision != null";
  // @ts-expect-error a condition is an expression
  choice({ Choices: [{ Condition: "$provision != null", Next: "End" }], Default: "End" });
  // @ts-expect-error seconds are a number, or an expression
  wait({ Seconds: "$seconds", Next: "End" });
  // @ts-expect-error a timeout is a number, or an expression
  task({ Resource: "", Arguments: {}, TimeoutSeconds: "$seconds", Next: "End" });
  // @ts-expect-error there is no such state
  const _state: State<"End"> = wait({ Seconds: 1, Next: "Ende" });

  // Paths in expressions
  jsonata('"Channel " & $provision.channel.channelId & ", attempt " & $string($provision.attempt)');
  // @ts-expect-error the member is streamId
  jsonata("$provision.request.streamID");
  // @ts-expect-error the attribute is executionArn
  jsonata("$exists($item.executionArm.S)");
  // @ts-expect-error the member is unowned
  jsonata("$states.result.Payload.unownd");
  // @ts-expect-error the member is overdue
  jsonata("$input.overDue = true");

  // Payloads
  invocation<SweepStreamsEvent>("arn", { execution, channels });
  // @ts-expect-error the member is channels
  invocation<SweepStreamsEvent>("arn", { execution, channel: channels });
  // @ts-expect-error the member is streamId
  objectText<Pick<TeardownInput, "streamId">>({ streamid: "$provision.request.streamId" });
  // @ts-expect-error the member is occurredAt
  event(settings, "StreamLifecycleProgressed", { streamId: "a", status: "READY", occuredAt: "now" });
  // @ts-expect-error the status is READY
  event(settings, "StreamLifecycleProgressed", { streamId: "a", status: "REDY" });

  // Items
  updateAttempt("attempts", { update: "SET readyAt = :now", condition: "executionArn = :me", values: {} });
  // @ts-expect-error the attribute is readyAt
  updateAttempt("attempts", { update: "SET redyAt = :now", condition: "executionArn = :me", values: {} });
}

void workflowTypes;

describe("The parts of a definition", () => {
  it("write an expression in one line, within its delimiters", () => {
    expect(jsonata("\n  $provision.attempt\n    + 1\n")).to.equal("{% $provision.attempt + 1 %}");
  });

  it("write an object of an expression in the order of its members", () => {
    const text = objectText<Pick<TeardownInput, "streamId" | "overdue">>({
      streamId: '"a"',
      overdue: "true",
    });
    expect(text).to.equal('{ "streamId": "a", "overdue": true }');
  });

  it("explain #status to DynamoDB where an expression has it, which refuses a name that is not used", () => {
    const write = { update: "SET readyAt = :now", values: {} } as const;
    const plain = updateAttempt("attempts", { ...write, condition: "executionArn = :me" });
    const named = updateAttempt("attempts", { ...write, condition: "#status = :ready" });
    expect(plain).to.not.have.property("ExpressionAttributeNames");
    expect(named.ExpressionAttributeNames).to.deep.equal({ "#status": "status" });
  });
});
