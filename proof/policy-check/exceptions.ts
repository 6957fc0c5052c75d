/** A problem that is accepted. */
export interface Exception {
  /** The rule's id. */
  readonly rule: string;
  /** The logical names of the resources. */
  readonly resource: RegExp;
  /** What the rule says of them. */
  readonly problem: RegExp;
  readonly reason: string;
}

export const exceptions: readonly Exception[] = [
  {
    rule: "no-wildcard-resources",
    resource: /^streams-Stream(LifecycleOrchestrator|Teardown|Sweep|Health|Readiness)$/,
    problem:
      /^it allows logs:\w+(LogDelivery|LogDeliveries|ResourcePolicy|ResourcePolicies|LogGroups) on \*$/,
    reason: "Log delivery belongs to the account: none of its actions knows a resource.",
  },
  {
    rule: "no-wildcard-resources",
    resource: /^streams-[a-z-]+$/,
    problem: /^it allows ec2:\w+(PrivateIpAddresses|NetworkInterface|NetworkInterfaces|Subnets) on \*$/,
    reason: "Lambda refuses a role for a function in a VPC that may do this on less than everything.",
  },
  {
    rule: "no-wildcard-resources",
    resource: /^(streams-|praise$)/,
    problem: /^it allows xray:\w+ on \*$/,
    reason:
      "Traces belong to the account: none of X-Ray's actions that send them knows a resource. Only with `tracing`.",
  },
  {
    rule: "role-ready",
    resource: /^streams-StreamTeardown$/,
    problem: /^it does not wait for the policy streams-StreamTeardown-orchestrator$/,
    reason:
      "The policy names the executions of StreamLifecycleOrchestrator, which names StreamTeardown. No stream can end before there is an API.",
  },
  {
    rule: "api-authorized",
    resource: /^streams-api-[A-Z]+-health$/,
    problem: /^[A-Z]+ \/health is open$/,
    reason:
      "Load balancers ask for the health without credentials. It tells whether services are up, and nothing of streams.",
  },
  {
    rule: "topic-encrypted",
    resource: /^streams-alarms$/,
    problem: /^it is not encrypted$/,
    reason:
      "CloudWatch may not use the key that AWS manages for SNS. An alarm holds names only; with `encryptionKeyArn` the topic is encrypted.",
  },
];

/** Rules of the same packs that are not checked, since the component decided otherwise. */
export const declined: readonly {
  readonly source: string;
  readonly asks: string;
  readonly reason: string;
}[] = [
  {
    source: "AwsSolutions-SF2; Security Hub Lambda.7",
    asks: "X-Ray traces of workflows and functions",
    reason:
      "Off unless `tracing` is set. An execution's history and its log tell every step already; X-Ray's actions know no resource, so that each role would allow them on `*`. HTTP APIs have no tracing.",
  },
  {
    source: "NIST.800.53.R5-LambdaConcurrency",
    asks: "Reserved concurrency of functions",
    reason:
      "It takes from what all functions of the account share, and throttles confirmations. The API's throttle and the pool of channels are the limits.",
  },
  {
    source: "AwsSolutions-VPC7; Security Hub EC2.6",
    asks: "Flow logs of the VPC",
    reason:
      "The VPC that `network.create` makes has no way in or out but its endpoints. Where it is a rule, a flow log is the account's to add.",
  },
  {
    source: "AwsSolutions-APIG3; Security Hub APIGateway.4",
    asks: "A web ACL before the API",
    reason: "AWS WAF has none for HTTP APIs. Every route but `/health` asks for a signature or a token.",
  },
  {
    source: "PCI.DSS.321-IAMNoInlinePolicy",
    asks: "Managed policies instead of inline ones",
    reason: "A role's policy is for that role alone, and goes when the role goes.",
  },
  {
    source: "Security Hub Lambda.3",
    asks: "Functions in a VPC",
    reason: "They call AWS's services alone, by TLS. `network` puts them into one.",
  },
];
