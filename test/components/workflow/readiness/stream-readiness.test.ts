import { join } from "node:path";
import { expect } from "chai";
import { streamReadiness } from "../../../../components/workflow/readiness/stream-readiness";
import { buildDefinition, settings, stateOf } from "../../../support/definition";
import { itIsWellFormed } from "../../../support/definition-suite";
import { evaluate } from "../../../support/jsonata";

const { eventBusName, eventSource, tableName } = settings;
const common = { eventBusName, eventSource, tableName };
const probing = streamReadiness({
  ...common,
  probe: {
    probeFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:probe",
    viewer: {
      manifests: [{ name: "main", format: "HLS", path: "index.m3u8" }],
      domainName: "d111111abcdef8.cloudfront.net",
    },
    timeoutSeconds: 840,
  },
});

describe("The definition of StreamReadiness", () => {
  itIsWellFormed(probing, join(__dirname, "stream-readiness.asl.json"));

  it("asks the probe for the stream's own manifests", async () => {
    const { Arguments } = stateOf(probing, "ProbeManifest", "Task");
    const { manifests } = (Arguments as { Payload: { manifests: string } }).Payload;
    const provision = { request: { streamId: "spring-launch" } };
    expect(await evaluate(manifests, { provision })).to.deep.equal([
      {
        name: "main",
        format: "HLS",
        url: "https://d111111abcdef8.cloudfront.net/spring-launch/index.m3u8",
      },
    ]);
  });
});

describe("The definition of StreamReadiness where READY is confirmed by hand", () => {
  const waiting = streamReadiness({ ...common, probe: null });
  itIsWellFormed(waiting, join(__dirname, "stream-readiness-by-hand.asl.json"));

  it("neither probes nor confirms", () => {
    expect(waiting.States).to.not.have.any.keys("ProbeManifest", "ConfirmReady", "ReportNotReady");
  });
});

describe("The definition of StreamLifecycleOrchestrator with readiness", () => {
  const readinessStateMachineArn = "arn:aws:states:eu-west-1:123456789012:stateMachine:readiness";

  it("starts StreamReadiness once for each of its executions, before it waits", () => {
    const definition = buildDefinition({ readinessStateMachineArn });
    const { Arguments, Next } = stateOf(definition, "StartReadiness", "Task");
    expect(Arguments).to.deep.include({
      StateMachineArn: readinessStateMachineArn,
      Name: '{% $substring($states.context.Execution.Name, 0, 70) & "-readiness" %}',
    });
    expect(Next).to.equal("AwaitLifecycleConfirmation");
    expect(stateOf(definition, "ReleasePlaybackTurn", "Task").Next).to.equal("StartReadiness");
  });

  it("has no such state otherwise", () => {
    expect(buildDefinition().States).to.not.have.any.keys("StartReadiness");
  });
});
