import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { StreamOrchestration } from "../../components";
import { readPolicy } from "../../local/iam/document";
import { decide } from "../../local/iam/evaluate";
import { defaultFunctionNames } from "../support/default-functions";
import { record, resolved } from "../support/record";
import { leastArgs, recordDefaults, recordOrchestration } from "../support/stream-orchestration";

/** Every resource of a component with its defaults, under the type of its parent: a change here replaces resources. */
const resources: { readonly [parent: string]: readonly string[] } = {
  Stack: ["stream-orchestration:index:StreamOrchestration streams"],
  StreamOrchestration: [
    "aws:cloudfront/cachePolicy:CachePolicy streams-playback",
    "aws:cloudfront/function:Function streams-viewer-request",
    "aws:cloudwatch/dashboard:Dashboard streams-dashboard",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy streams-events",
    "aws:cloudwatch/eventRule:EventRule streams-confirmation",
    "aws:cloudwatch/eventRule:EventRule streams-recovery",
    "aws:cloudwatch/eventTarget:EventTarget streams-confirmation",
    "aws:cloudwatch/eventTarget:EventTarget streams-recovery",
    "aws:cloudwatch/logGroup:LogGroup streams-StreamLifecycleOrchestrator",
    "aws:dynamodb/table:Table streams-attempts",
    "aws:dynamodb/table:Table streams-leases",
    "aws:dynamodb/tableItem:TableItem streams-settings",
    "aws:iam/role:Role streams-StreamLifecycleOrchestrator",
    "aws:iam/role:Role streams-live-limit",
    "aws:iam/rolePolicy:RolePolicy streams-StreamLifecycleOrchestrator",
    "aws:iam/rolePolicy:RolePolicy streams-live-limit",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig streams-confirmation",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig streams-recovery",
    "aws:lambda/permission:Permission streams-confirmation",
    "aws:lambda/permission:Permission streams-recovery",
    "aws:scheduler/scheduleGroup:ScheduleGroup streams-schedules",
    "aws:sfn/stateMachine:StateMachine streams-StreamLifecycleOrchestrator",
    "aws:sns/topic:Topic streams-on-call",
    "stream-orchestration:index:Alarms streams-alarms",
    "stream-orchestration:index:EventBus streams-events",
    "stream-orchestration:index:Health streams-StreamHealth",
    "stream-orchestration:index:HttpApi streams-api",
    "stream-orchestration:index:StreamFunction streams-act-on-health",
    "stream-orchestration:index:StreamFunction streams-create-stream-workflow",
    "stream-orchestration:index:StreamFunction streams-get-health-status",
    "stream-orchestration:index:StreamFunction streams-handle-provision-failure",
    "stream-orchestration:index:StreamFunction streams-read-streams",
    "stream-orchestration:index:StreamFunction streams-recover-execution",
    "stream-orchestration:index:StreamFunction streams-resume-orchestration",
    "stream-orchestration:index:StreamFunction streams-sweep-streams",
    "stream-orchestration:index:StreamFunction streams-track-health",
    "stream-orchestration:index:StreamFunction streams-update-stream-status",
    "stream-orchestration:index:StreamFunction streams-validate-provision-request",
    "stream-orchestration:index:Sweep streams-StreamSweep",
    "stream-orchestration:index:Teardown streams-StreamTeardown",
  ],
  Alarms: [
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-StreamHealth-ExecutionsAborted",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-StreamHealth-ExecutionsFailed",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-StreamHealth-ExecutionsTimedOut",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-StreamLifecycleOrchestrator-failures",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-StreamLifecycleOrchestrator-throttled",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-StreamSweep-ExecutionsAborted",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-StreamSweep-ExecutionsFailed",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-StreamSweep-ExecutionsTimedOut",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-StreamTeardown-ExecutionsAborted",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-StreamTeardown-ExecutionsFailed",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-StreamTeardown-ExecutionsTimedOut",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-api-5xx",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-api-latency",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-channels-down",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-channels-in-use",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-dead-letters",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-function-errors",
    "aws:cloudwatch/metricAlarm:MetricAlarm streams-alarms-function-throttles",
    "aws:sns/topic:Topic streams-alarms",
    "aws:sns/topicPolicy:TopicPolicy streams-alarms",
  ],
  EventBus: [
    "aws:cloudwatch/eventArchive:EventArchive streams-events",
    "aws:cloudwatch/eventBus:EventBus streams-events",
    "aws:sqs/queue:Queue streams-events-dead-letters",
    "aws:sqs/queuePolicy:QueuePolicy streams-events-dead-letters",
  ],
  Health: [
    "aws:cloudwatch/eventRule:EventRule streams-StreamHealth-rule",
    "aws:cloudwatch/eventTarget:EventTarget streams-StreamHealth-rule",
    "aws:cloudwatch/logGroup:LogGroup streams-StreamHealth",
    "aws:iam/role:Role streams-StreamHealth",
    "aws:iam/rolePolicy:RolePolicy streams-StreamHealth",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig streams-StreamHealth",
    "aws:lambda/permission:Permission streams-StreamHealth-rule",
    "aws:sfn/stateMachine:StateMachine streams-StreamHealth",
  ],
  HttpApi: [
    "aws:apigatewayv2/api:Api streams-api",
    "aws:apigatewayv2/integration:Integration streams-api-CreateStreamWorkflow",
    "aws:apigatewayv2/integration:Integration streams-api-EndStream",
    "aws:apigatewayv2/integration:Integration streams-api-GetHealthStatus",
    "aws:apigatewayv2/integration:Integration streams-api-GetIngest",
    "aws:apigatewayv2/integration:Integration streams-api-GetStream",
    "aws:apigatewayv2/integration:Integration streams-api-ListStreamAttempts",
    "aws:apigatewayv2/integration:Integration streams-api-ListStreams",
    "aws:apigatewayv2/integration:Integration streams-api-UpdateStreamStatus",
    "aws:apigatewayv2/route:Route streams-api-ANY-health",
    "aws:apigatewayv2/route:Route streams-api-ANY-ingest-streamId",
    "aws:apigatewayv2/route:Route streams-api-ANY-streams",
    "aws:apigatewayv2/route:Route streams-api-ANY-streams-streamId",
    "aws:apigatewayv2/route:Route streams-api-ANY-streams-streamId-attempts",
    "aws:apigatewayv2/route:Route streams-api-DELETE-streams-streamId",
    "aws:apigatewayv2/route:Route streams-api-GET-health",
    "aws:apigatewayv2/route:Route streams-api-GET-ingest-streamId",
    "aws:apigatewayv2/route:Route streams-api-GET-streams",
    "aws:apigatewayv2/route:Route streams-api-GET-streams-streamId",
    "aws:apigatewayv2/route:Route streams-api-GET-streams-streamId-attempts",
    "aws:apigatewayv2/route:Route streams-api-POST-streams",
    "aws:apigatewayv2/route:Route streams-api-PUT-streams",
    "aws:apigatewayv2/stage:Stage streams-api",
    "aws:cloudwatch/logGroup:LogGroup streams-api-access",
    "aws:lambda/permission:Permission streams-api-CreateStreamWorkflow",
    "aws:lambda/permission:Permission streams-api-EndStream",
    "aws:lambda/permission:Permission streams-api-GetHealthStatus",
    "aws:lambda/permission:Permission streams-api-GetIngest",
    "aws:lambda/permission:Permission streams-api-GetStream",
    "aws:lambda/permission:Permission streams-api-ListStreamAttempts",
    "aws:lambda/permission:Permission streams-api-ListStreams",
    "aws:lambda/permission:Permission streams-api-UpdateStreamStatus",
  ],
  StreamFunction: defaultFunctionNames.flatMap((handler) => [
    `aws:cloudwatch/logGroup:LogGroup streams-${handler}`,
    `aws:iam/role:Role streams-${handler}`,
    `aws:iam/rolePolicy:RolePolicy streams-${handler}`,
    `aws:lambda/function:Function streams-${handler}`,
  ]),
  Sweep: [
    "aws:cloudwatch/logGroup:LogGroup streams-StreamSweep",
    "aws:iam/role:Role streams-StreamSweep",
    "aws:iam/role:Role streams-StreamSweep-schedule",
    "aws:iam/rolePolicy:RolePolicy streams-StreamSweep",
    "aws:iam/rolePolicy:RolePolicy streams-StreamSweep-schedule",
    "aws:scheduler/schedule:Schedule streams-StreamSweep-schedule",
    "aws:sfn/stateMachine:StateMachine streams-StreamSweep",
  ],
  Teardown: [
    "aws:cloudwatch/eventRule:EventRule streams-StreamTeardown-rule",
    "aws:cloudwatch/eventTarget:EventTarget streams-StreamTeardown-rule",
    "aws:cloudwatch/logGroup:LogGroup streams-StreamTeardown",
    "aws:iam/role:Role streams-StreamTeardown",
    "aws:iam/role:Role streams-StreamTeardown-rule",
    "aws:iam/rolePolicy:RolePolicy streams-StreamTeardown",
    "aws:iam/rolePolicy:RolePolicy streams-StreamTeardown-orchestrator",
    "aws:iam/rolePolicy:RolePolicy streams-StreamTeardown-rule",
    "aws:sfn/stateMachine:StateMachine streams-StreamTeardown",
  ],
};

const contract = Object.entries(resources).flatMap(([parent, children]) =>
  children.map((child) => `${parentType(parent)} > ${child}`),
);

/** How long AWS lets a name be, for the types whose names come of ours. */
const longestNames = {
  ":Role": 64,
  "lambda/function:Function": 64,
  ":EventRule": 64,
  ":Schedule": 64,
  ":ScheduleGroup": 64,
  ":StateMachine": 80,
  ":Queue": 80,
};

/** The outputs of the component, by name. */
function outputsOf(orchestration: StreamOrchestration): { [output: string]: pulumi.Output<string> } {
  const members: [string, unknown][] = Object.entries(orchestration);
  return Object.fromEntries(
    members.flatMap(([name, value]) =>
      name !== "urn" && pulumi.Output.isInstance<string>(value) ? [[name, value]] : [],
    ),
  );
}

function withoutDigest<T>(value: T): T {
  return typeof value === "string" ? (value.replace(/-[0-9a-f]{7}$/, "") as T & string) : value;
}

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
    for (const { name, inputs } of recording.ofType(":StateMachine")) {
      expect(inputs.definition, name).to.deep.include({ __pulumiUnknown: true });
      expect(inputs.roleArn, name).to.deep.include({ __pulumiUnknown: true });
    }
    // The distribution and the channels are known before.
    const {
      apiDomain: _domain,
      endpointPolicyJson: _,
      manifestUrls: _urls,
      playbackOrigins: _origins,
      ...made
    } = outputsOf(recording.result);
    const outputs = Object.values(made);
    expect(await Promise.all(outputs.map(resolved))).to.deep.equal(outputs.map(() => undefined));
  });

  it("have names that AWS takes, with the eight characters that Pulumi adds, under the longest name there may be", async () => {
    const { registrations } = await record(() => new StreamOrchestration("a".repeat(28), leastArgs));
    for (const [type, limit] of Object.entries(longestNames)) {
      const names = registrations.filter((one) => one.type.endsWith(type)).map(({ name }) => name);
      expect(names, type).to.not.deep.equal([]);
      for (const name of names) expect(name.length + 8, `${type} ${name}`).to.be.at.most(limit);
    }
  });

  it("can be reached by name to be transformed", async () => {
    const recording = await recordOrchestration(
      {},
      {
        opts: {
          transforms: [
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
    const { result } = await recordDefaults();
    const outputs = Object.entries(outputsOf(result)).map(async ([output, value]) => [
      output,
      withoutDigest(await resolved<unknown>(value)),
    ]);
    const {
      invokePolicyJson,
      readPolicyJson: _read,
      ingestPolicyJson: _ingest,
      endpointPolicyJson: _,
      eventBusPolicyJson: _bus,
      ...values
    } = Object.fromEntries(await Promise.all(outputs)) as {
      [output: string]: string;
    };
    expect(values).to.deep.equal({
      apiDomain: { url: "", targetDomainName: "", hostedZoneId: "" },
      manifestUrls: {},
      playbackOrigins: [],
      playbackBehaviors: [],
      apiUrl: "https://api.example.com",
      stateMachineArn:
        "arn:aws:states:eu-west-1:123456789012:stateMachine:streams-StreamLifecycleOrchestrator",
      eventBusName: "streams-events",
      eventBusArn: "arn:aws:events:eu-west-1:123456789012:event-bus/streams-events",
      tableName: "streams-attempts",
      onCallTopicArn: "arn:aws:sns:eu-west-1:123456789012:streams-on-call",
      alarmTopicArn: "arn:aws:sns:eu-west-1:123456789012:streams-alarms",
      deadLetterQueueUrl: "https://aws.example.com/123456789012/streams-events-dead-letters",
    });
    expect(JSON.parse(invokePolicyJson ?? "")).to.have.all.keys("Version", "Statement");
  });

  it("let a caller in by the routes that are not open, and by nothing else; to ingest URLs by a policy of its own", async () => {
    const { result, ...recording } = await recordDefaults();
    const api = recording.registrations.find(({ type }) => type.endsWith(":Route"))?.inputs.apiId as string;
    const arn = (resource: string) =>
      `arn:aws:execute-api:eu-west-1:123456789012:${api}/$default/${resource}`;
    const reads = ["GET/streams", "GET/streams/*", "GET/streams/*/attempts"];
    const expected = {
      invokePolicyJson: ["POST/streams", "PUT/streams", "GET/streams", "DELETE/streams/*", ...reads.slice(1)],
      readPolicyJson: reads,
      ingestPolicyJson: ["GET/ingest/*"],
    };
    const ingest = { action: "execute-api:Invoke", resource: arn("GET/ingest/spring-launch"), context: {} };
    for (const [output, resources] of Object.entries(expected)) {
      const policy = await resolved(result[output as keyof typeof expected]);
      expect(JSON.parse(policy), output).to.deep.equal({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: ["execute-api:Invoke"], Resource: resources.map(arn) }],
      });
      const verdict = decide(
        ingest,
        { kind: "role", roleArn: "arn:aws:iam::123456789012:role/portal" },
        readPolicy(policy, output),
        [],
      );
      expect(verdict === "allowed", output).to.equal(output === "ingestPolicyJson");
    }
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
