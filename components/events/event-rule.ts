import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../common";

export interface EventRuleArgs {
  /** The bus; the account's default one without it. */
  eventBusName?: pulumi.Input<string>;
  description: string;
  pattern: pulumi.Input<object>;
  /** The queue that gets what cannot be delivered within a day. */
  deadLettersArn: pulumi.Input<string>;
  tags: Tags;
}

/** What reaches nobody for a day is given up: the longest and the most often that EventBridge tries. */
const retryPolicy = { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 };

/** Sends the events that match a pattern to a function. */
export function sendToFunction(
  name: string,
  { target, ...args }: EventRuleArgs & { target: aws.lambda.Function },
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.EventRule {
  const rule = createRule(name, args, opts);
  const permission = new aws.lambda.Permission(
    name,
    {
      action: "lambda:InvokeFunction",
      function: target.name,
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
    },
    opts,
  );
  createTarget(name, rule, args, { arn: target.arn }, { ...opts, dependsOn: [permission] });
  return rule;
}

/** Starts a state machine, with an event's detail as input, for every event that matches a pattern. */
export function sendToStateMachine(
  name: string,
  {
    target,
    role,
    policy,
    ...args
  }: EventRuleArgs & {
    target: aws.sfn.StateMachine;
    role: aws.iam.Role;
    /** Allows the role to start executions. */
    policy: aws.iam.RolePolicy;
  },
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.EventRule {
  const rule = createRule(name, args, opts);
  createTarget(
    name,
    rule,
    args,
    { arn: target.arn, roleArn: role.arn, inputPath: "$.detail" },
    { ...opts, dependsOn: [policy] },
  );
  return rule;
}

function createRule(
  name: string,
  { eventBusName, description, pattern, tags }: EventRuleArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.EventRule {
  return new aws.cloudwatch.EventRule(
    name,
    {
      ...(eventBusName !== undefined && { eventBusName }),
      description,
      eventPattern: pulumi.jsonStringify(pattern),
      tags,
    },
    opts,
  );
}

function createTarget(
  name: string,
  rule: aws.cloudwatch.EventRule,
  { eventBusName, deadLettersArn }: EventRuleArgs,
  target: Pick<aws.cloudwatch.EventTargetArgs, "arn" | "roleArn" | "inputPath">,
  opts: pulumi.CustomResourceOptions,
): void {
  new aws.cloudwatch.EventTarget(
    name,
    {
      rule: rule.name,
      ...(eventBusName !== undefined && { eventBusName }),
      ...target,
      deadLetterConfig: { arn: deadLettersArn },
      retryPolicy,
    },
    opts,
  );
}
