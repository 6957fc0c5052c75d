import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { StreamOrchestration } from "../../components";
import { record, resolved } from "../support/record";
import { leastArgs, recordDefaults, recordOrchestration } from "../support/stream-orchestration";

/** Every resource of a component with its defaults, under the type of its parent: a change here replaces resources. */
const resources: { readonly [parent: string]: readonly string[] } = {
  Stack: ["stream-orchestration:index:StreamOrchestration streams"],
  StreamOrchestration: [
    "aws:cloudfront/function:Function streams-viewer-request",
    "aws:cloudwatch/eventRule:EventRule streams-confirmation",
    "aws:cloudwatch/eventTarget:EventTarget streams-confirmation",
    "aws:cloudwatch/logGroup:LogGroup streams-StreamLifecycleOrchestrator",
    "aws:dynamodb/table:Table streams-attempts",
    "aws:dynamodb/table:Table streams-leases",
    "aws:iam/role:Role streams-StreamLifecycleOrchestrator",
    "aws:iam/rolePolicy:RolePolicy streams-StreamLifecycleOrchestrator",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig streams-confirmation",
    "aws:lambda/permission:Permission streams-confirmation",
    "aws:sfn/stateMachine:StateMachine streams-StreamLifecycleOrchestrator",
    "aws:sns/topic:Topic streams-on-call",
    "stream-orchestration:index:EventBus streams-events",
    "stream-orchestration:index:HttpApi streams-api",
    "stream-orchestration:index:StreamFunction streams-create-stream-workflow",
    "stream-orchestration:index:StreamFunction streams-get-health-status",
    "stream-orchestration:index:StreamFunction streams-handle-provision-failure",
    "stream-orchestration:index:StreamFunction streams-resume-orchestration",
    "stream-orchestration:index:StreamFunction streams-update-stream-status",
    "stream-orchestration:index:StreamFunction streams-validate-provision-request",
  ],
  EventBus: [
    "aws:cloudwatch/eventArchive:EventArchive streams-events",
    "aws:cloudwatch/eventBus:EventBus streams-events",
    "aws:sqs/queue:Queue streams-events-dead-letters",
    "aws:sqs/queuePolicy:QueuePolicy streams-events-dead-letters",
  ],
  HttpApi: [
    "aws:apigatewayv2/api:Api streams-api",
    "aws:apigatewayv2/integration:Integration streams-api-CreateStreamWorkflow",
    "aws:apigatewayv2/integration:Integration streams-api-GetHealthStatus",
    "aws:apigatewayv2/integration:Integration streams-api-UpdateStreamStatus",
    "aws:apigatewayv2/route:Route streams-api-ANY-health",
    "aws:apigatewayv2/route:Route streams-api-ANY-streams",
    "aws:apigatewayv2/route:Route streams-api-GET-health",
    "aws:apigatewayv2/route:Route streams-api-POST-streams",
    "aws:apigatewayv2/route:Route streams-api-PUT-streams",
    "aws:apigatewayv2/stage:Stage streams-api",
    "aws:cloudwatch/logGroup:LogGroup streams-api-access",
    "aws:lambda/permission:Permission streams-api-CreateStreamWorkflow",
    "aws:lambda/permission:Permission streams-api-GetHealthStatus",
    "aws:lambda/permission:Permission streams-api-UpdateStreamStatus",
  ],
  StreamFunction: [
    "aws:cloudwatch/logGroup:LogGroup streams-create-stream-workflow",
    "aws:cloudwatch/logGroup:LogGroup streams-get-health-status",
    "aws:cloudwatch/logGroup:LogGroup streams-handle-provision-failure",
    "aws:cloudwatch/logGroup:LogGroup streams-resume-orchestration",
    "aws:cloudwatch/logGroup:LogGroup streams-update-stream-status",
    "aws:cloudwatch/logGroup:LogGroup streams-validate-provision-request",
    "aws:iam/role:Role streams-create-stream-workflow",
    "aws:iam/role:Role streams-get-health-status",
    "aws:iam/role:Role streams-handle-provision-failure",
    "aws:iam/role:Role streams-resume-orchestration",
    "aws:iam/role:Role streams-update-stream-status",
    "aws:iam/role:Role streams-validate-provision-request",
    "aws:iam/rolePolicy:RolePolicy streams-create-stream-workflow",
    "aws:iam/rolePolicy:RolePolicy streams-get-health-status",
    "aws:iam/rolePolicy:RolePolicy streams-handle-provision-failure",
    "aws:iam/rolePolicy:RolePolicy streams-resume-orchestration",
    "aws:iam/rolePolicy:RolePolicy streams-update-stream-status",
    "aws:iam/rolePolicy:RolePolicy streams-validate-provision-request",
    "aws:lambda/function:Function streams-create-stream-workflow",
    "aws:lambda/function:Function streams-get-health-status",
    "aws:lambda/function:Function streams-handle-provision-failure",
    "aws:lambda/function:Function streams-resume-orchestration",
    "aws:lambda/function:Function streams-update-stream-status",
    "aws:lambda/function:Function streams-validate-provision-request",
  ],
};

const contract = Object.entries(resources).flatMap(([parent, children]) =>
  children.map((child) => `${parentType(parent)} > ${child}`),
);

function parentType(name: string): string {
  return name === "Stack" ? "pulumi:pulumi:Stack" : `stream-orchestration:index:${name}`;
}

describe("The resources of a StreamOrchestration", () => {
  it("are these, by type, name and parent", async () => {
    const recording = await recordDefaults();
    expect(recording.list()).to.deep.equal([...contract].sort());
  });

  it("are prefixed with the component's name, so that two fit into one stack", async () => {
    const { registrations } = await record(() => {
      new StreamOrchestration("east", leastArgs);
      new StreamOrchestration("west", leastArgs);
    });
    const identities = registrations.map(({ type, name }) => `${type} ${name}`);
    expect(new Set(identities)).to.have.property("size", 2 * contract.length);
    for (const { name } of registrations) expect(name).to.match(/^(east|west)(-|$)/);
  });

  it("are the same in a preview, where nothing that AWS answers is known", async () => {
    const recording = await recordOrchestration({}, { preview: true });
    expect(recording.list()).to.deep.equal([...contract].sort());
    const { definition, roleArn } = recording.only(
      ":StateMachine",
      "streams-StreamLifecycleOrchestrator",
    ).inputs;
    expect(definition).to.deep.include({ __pulumiUnknown: true });
    expect(roleArn).to.deep.include({ __pulumiUnknown: true });
  });

  it("can be reached by name to be transformed", async () => {
    // Pulumi's mocks do not run `transforms`; `transformations` reach children by the same names.
    const recording = await recordOrchestration(
      {},
      {
        opts: {
          transformations: [
            ({ type, name, props, opts }) =>
              type === "aws:lambda/function:Function" && name === "streams-create-stream-workflow"
                ? { props: { ...props, memorySize: 1024 }, opts }
                : undefined,
          ],
        },
      },
    );
    const sizes = recording
      .ofType("lambda/function:Function")
      .map(({ name, inputs }) => [name, inputs.memorySize]);
    expect(sizes.filter(([, size]) => size !== 512)).to.deep.equal([
      ["streams-create-stream-workflow", 1024],
    ]);
  });

  it("are what the outputs speak of", async () => {
    const { result, ...recording } = await recordDefaults();
    expect(recording.registrations[0]?.name).to.equal("streams");
    const outputs = await Promise.all(
      [
        result.apiUrl,
        result.stateMachineArn,
        result.eventBusName,
        result.eventBusArn,
        result.tableName,
        result.onCallTopicArn,
      ].map(resolved),
    );
    expect(outputs.map((value) => value.replace(/-[0-9a-f]{7}$/, ""))).to.deep.equal([
      "https://api.example.com",
      "arn:aws:states:eu-west-1:123456789012:stateMachine:streams-StreamLifecycleOrchestrator",
      "streams-events",
      "arn:aws:events:eu-west-1:123456789012:event-bus/streams-events",
      "streams-attempts",
      "arn:aws:sns:eu-west-1:123456789012:streams-on-call",
    ]);
  });

  it("belong to the provider that the component is given", async () => {
    const { registrations } = await record(() => {
      const provider = new aws.Provider("elsewhere", { region: "eu-west-1" });
      new StreamOrchestration("streams", leastArgs, { provider });
    });
    const custom = registrations.filter((one) => one.type.startsWith("aws:"));
    expect(custom).to.not.deep.equal([]);
    for (const { name, provider } of custom) expect(provider, name).to.contain("::elsewhere");
  });
});
