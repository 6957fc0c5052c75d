import { readPolicy } from "../../../local/iam/document";
import { decide } from "../../../local/iam/evaluate";
import { isJsonObject } from "../../../local/json";
import { find, list, ofType, type Rule, resource, unless } from "../rule";
import { types } from "../types";

const newestRuntime = "nodejs24.x";

export const functionRules: readonly Rule[] = [
  {
    id: "newest-runtime",
    source: "AwsSolutions-L1; Security Hub Lambda.2",
    says: `A function runs on the newest runtime of Node.js (${newestRuntime}).`,
    appliesTo: [types.function],
    check: ({ inputs }) => unless(inputs.runtime === newestRuntime, `it runs on ${String(inputs.runtime)}`),
    wrong: [resource(types.function, { runtime: "nodejs18.x" })],
  },
  {
    id: "function-log",
    source: "AWS Lambda: Log groups; Security Hub CloudWatch.16",
    says: "A function writes to a log group of the program, not to one that Lambda makes and keeps for ever.",
    appliesTo: [types.function],
    check: ({ inputs }, graph) => {
      const logGroup = isJsonObject(inputs.loggingConfig) ? inputs.loggingConfig.logGroup : undefined;
      return unless(
        find(graph, types.logGroup, logGroup) !== undefined,
        "it has no log group of the program",
      );
    },
    wrong: [resource(types.function, { loggingConfig: { logFormat: "JSON" } })],
  },
  {
    id: "no-secrets-in-environment",
    source: "AWS Lambda: Securing environment variables",
    says: "A function's environment holds names and ARNs, no secrets.",
    appliesTo: [types.function],
    check: ({ inputs }) => {
      const variables = isJsonObject(inputs.environment) ? inputs.environment.variables : {};
      return Object.entries(isJsonObject(variables) ? variables : {})
        .filter(
          ([name, value]) =>
            /secret|password|passw|credential|token|private|api_?key/i.test(name) ||
            /AKIA|ASIA|-----BEGIN|:\/\/[^/]*@/.test(String(value)),
        )
        .map(([name]) => `${name} looks like a secret`);
    },
    wrong: [resource(types.function, { environment: { variables: { API_KEY: "x" } } })],
  },
  {
    id: "no-own-network-interfaces",
    source: "AWS Lambda: Giving Lambda functions access to resources in an Amazon VPC",
    says: "The code of a function in a VPC cannot use what its role allows for Lambda's network interfaces.",
    appliesTo: [types.function],
    check: ({ inputs, outputs }, graph) => {
      if (inputs.vpcConfig === undefined) return [];
      const role = find(graph, types.role, inputs.role);
      const byItsCode = { "lambda:SourceFunctionArn": String(outputs.arn) };
      const requester = { kind: "role", roleArn: String(inputs.role) } as const;
      const policies = ofType(graph, types.rolePolicy)
        .filter((policy) => role !== undefined && policy.inputs.role === role.id)
        .flatMap((policy) => readPolicy(policy.inputs.policy ?? "", policy.name));
      const allowed = ["CreateNetworkInterface", "DeleteNetworkInterface", "AssignPrivateIpAddresses"]
        .map((action) => ({ action: `ec2:${action}`, resource: "*", context: byItsCode }))
        .filter((request) => decide(request, requester, policies, []) === "allowed");
      return allowed.map(({ action }) => `its code may ${action}`);
    },
    wrong: [
      resource(
        types.function,
        { vpcConfig: {}, role: "arn:r" },
        { arn: "arn:aws:lambda:eu-west-1:1:function:f" },
      ),
      { ...resource(types.role, {}, { arn: "arn:r" }), id: "r" },
      resource(types.rolePolicy, {
        role: "r",
        policy:
          '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:CreateNetworkInterface","Resource":"*"}]}',
      }),
    ],
  },
  {
    id: "functions-in-two-zones",
    source: "Security Hub Lambda.5",
    says: "A function in a VPC has subnets in two zones at least, and a security group.",
    appliesTo: [types.function],
    check: ({ inputs }) => {
      if (!isJsonObject(inputs.vpcConfig)) return [];
      const { subnetIds, securityGroupIds } = inputs.vpcConfig;
      return [
        ...unless(new Set(list(subnetIds)).size >= 2, "it has one subnet"),
        ...unless(list(securityGroupIds).length > 0, "it has no security group"),
      ];
    },
    wrong: [resource(types.function, { vpcConfig: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] } })],
  },
  {
    id: "functions-not-public",
    source: "Security Hub Lambda.1",
    says: "A function is invoked by one service, for one source.",
    appliesTo: [types.permission],
    check: ({ inputs }) => [
      ...unless(
        /^[a-z]+\.amazonaws\.com$/.test(String(inputs.principal)),
        `it lets in ${String(inputs.principal)}`,
      ),
      ...unless(
        inputs.sourceArn !== undefined || inputs.sourceAccount !== undefined,
        `it lets in ${String(inputs.principal)} on behalf of anybody`,
      ),
      ...unless(inputs.action === "lambda:InvokeFunction", `it allows ${String(inputs.action)}`),
    ],
    wrong: [
      resource(types.permission, { principal: "events.amazonaws.com", action: "lambda:InvokeFunction" }),
    ],
  },
  {
    id: "failed-events-kept",
    source: "NIST.800.53.R5-LambdaDLQ; AWS Lambda: Capturing records of asynchronous invocations",
    says: "A function that a rule invokes sends what it fails on to a queue of the program.",
    appliesTo: [types.eventTarget],
    check: ({ inputs }, graph) => {
      const target = find(graph, types.function, inputs.arn);
      if (!target) return [];
      const kept = ofType(graph, types.invokeConfig).some(
        (config) =>
          config.inputs.functionName === target.outputs.name &&
          destinationOf(config.inputs.destinationConfig) !== undefined,
      );
      return unless(kept, `${target.name} loses events that it fails on`);
    },
    wrong: [
      resource(types.eventTarget, { arn: "arn:f" }),
      resource(types.function, {}, { arn: "arn:f", name: "f" }),
    ],
  },
  {
    id: "failed-events-queue",
    source: "AWS Lambda: Capturing records of asynchronous invocations",
    says: "What a function fails on goes to a queue of the program, which is encrypted.",
    appliesTo: [types.invokeConfig],
    check: ({ inputs }, graph) =>
      unless(
        find(graph, types.queue, destinationOf(inputs.destinationConfig) ?? null) !== undefined,
        "its failures go to no queue of the program",
      ),
    wrong: [resource(types.invokeConfig, { functionName: "f", maximumRetryAttempts: 2 })],
  },
];

function destinationOf(config: unknown): string | undefined {
  const { onFailure } = (config ?? {}) as { onFailure?: { destination?: string } };
  return onFailure?.destination;
}
