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

/**
 * What a state machine is started with: the event's detail, as the one member `event`, so that no member of it passes for an input of the
 * state machine's own. EventBridge inserts an object as JSON. A text it would insert as it is ("EventBridge doesn't escape values extracted
 * by Input Path", user guide, "Amazon EventBridge input transformation"): a quotation mark in `$.detail.streamId` could end the text
 * and begin another member. A variable whose path is missing leaves a gap, and `$.detail.attempt` may be.
 */
const detailAsEvent = { inputPaths: { detail: "$.detail" }, inputTemplate: '{"event": <detail>}' };

/** Starts a state machine for every event that matches a pattern, with `{ event: <the event's detail> }` as input. */
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
    { arn: target.arn, roleArn: role.arn, inputTransformer: detailAsEvent },
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
  target: Pick<aws.cloudwatch.EventTargetArgs, "arn" | "roleArn" | "inputTransformer">,
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
