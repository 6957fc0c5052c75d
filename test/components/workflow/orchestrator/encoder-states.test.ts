import { expect } from "chai";
import { buildDefinition, predecessors, stateOf } from "../../../support/definition";
import { evaluate } from "../../../support/jsonata";

const definition = buildDefinition();
const start = stateOf(definition, "ProvisionEncoderInfrastructure", "Task");
const confirm = stateOf(definition, "ConfirmEncoderLease", "Task");
const channelId = String((start.Arguments as { ChannelId: string }).ChannelId);
const provision = { channel: { channelId: "1234567" } };

/** The state's context, in an execution that was redriven so many times. */
const redriven = (RedriveCount?: number) => ({
  context: { Execution: RedriveCount === undefined ? {} : { RedriveCount } },
});

const failureOf = (evaluation: Promise<unknown>) =>
  evaluation.then(
    () => "nothing was thrown",
    (error: unknown) => (error as Error).message,
  );

describe("The start of a channel", () => {
  it("comes right after the condition that the attempt holds the lease", () => {
    expect(predecessors(definition, "ProvisionEncoderInfrastructure")).to.deep.equal(["ConfirmEncoderLease"]);
    expect(confirm.Resource).to.equal("arn:aws:states:::dynamodb:updateItem");
    expect(confirm.Arguments).to.deep.include({
      TableName: "leases",
      Key: { channelId: { S: "{% $provision.channel.channelId %}" } },
      ConditionExpression: "leasedBy = :me",
    });
    expect(confirm.Arguments).to.have.nested.property(
      "ExpressionAttributeValues.:me.S",
      "{% $states.context.Execution.Id %}",
    );
  });

  it("is given up, and pages nobody, where the attempt has lost the lease", () => {
    const [lost] = confirm.Catch ?? [];
    expect(lost).to.deep.include({
      ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
      Next: "HandleProvisionFailure",
    });
    expect(lost?.Assign).to.have.nested.property("failure.error", "StreamCancelled");
  });

  for (const [what, before, now] of [
    ["goes on where nothing was redriven", redriven(), redriven()],
    ["goes on where nothing was redriven, and the context says so", redriven(0), redriven(0)],
    ["goes on in an execution that was redriven before", redriven(2), redriven(2)],
  ] as const) {
    it(what, async () => {
      const confirmedRedrives = await evaluate(String(confirm.Assign?.confirmedRedrives), { states: before });
      const variables = { states: now, confirmedRedrives, provision };
      expect(await evaluate(channelId, variables)).to.equal("1234567");
    });
  }

  it("is not made by an execution that is redriven in this very state: it claims the channel again", async () => {
    const confirmedRedrives = await evaluate(String(confirm.Assign?.confirmedRedrives), {
      states: redriven(0),
    });
    const variables = { states: redriven(1), confirmedRedrives, provision };
    expect(await failureOf(evaluate(channelId, variables))).to.match(/redriven/);
    const caught = start.Catch?.find(({ ErrorEquals }) =>
      ErrorEquals.includes("States.QueryEvaluationError"),
    );
    expect(caught?.Next).to.equal("DecideInput");
    const [isRedriven] = stateOf(definition, "DecideInput", "Choice").Choices;
    expect(isRedriven?.Next).to.equal("ClaimEncoderChannel");
    expect(await evaluate(String(isRedriven?.Condition), variables)).to.equal(true);
    expect(await evaluate(String(isRedriven?.Condition), { ...variables, states: redriven(0) })).to.equal(
      false,
    );
    const [ended] = stateOf(definition, "ClaimEncoderChannel", "Task").Catch ?? [];
    // The channel may be up by the start that was under way: the cleanup stops it, where the lease is still there.
    expect(ended).to.deep.include({
      ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
      Next: "ReleaseRemovalTurn",
    });
  });

  it("comes after the inputs of the channel are set, where these are known", async () => {
    const inputs = [{ inputId: "7", type: "RTMP_PUSH", protocol: "rtmp", sources: [] }];
    const variables = {
      states: redriven(0),
      confirmedRedrives: 0,
      provision: { ...provision, inputs },
    };
    expect(await failureOf(evaluate(channelId, { ...variables, inputsAreSet: false }))).to.match(/inputs/);
    expect(await evaluate(channelId, { ...variables, inputsAreSet: true })).to.equal("1234567");
  });

  it("belongs to the attempt where the channel was idle, or an earlier attempt started it late", async () => {
    const { Assign } = stateOf(definition, "ReadChannelState", "Task");
    const wasRunning = (State: string, channel: object) =>
      evaluate(String(Assign?.channelWasRunning), {
        states: { result: { State } },
        provision: { channel },
      });
    expect(await wasRunning("IDLE", {})).to.equal(false);
    expect(await wasRunning("RUNNING", {})).to.equal(true);
    expect(await wasRunning("STARTING", { startedHere: true })).to.equal(false);
  });
});
