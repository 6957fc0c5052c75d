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

/** An event that cannot be delivered for a day is given up: the longest and the most often that EventBridge tries. */
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
 * What a state machine is started with: which attempt an event is about, and nothing else of it, in one member, so that no event passes for
 * an input of the state machine's own. Facts of the user guide, "Amazon EventBridge input transformation":
 * - A text gets quotation marks where the template has none around the variable; any other value is inserted as JSON.
 * - A variable whose path is missing leaves nothing: so `attempt`, which an event may lack, stands in quotation marks.
 * - "EventBridge doesn't escape values extracted by Input Path". Whatever a text breaks out of, `event` stays in the input.
 */
const attemptOfEvent = {
  inputPaths: { streamId: "$.detail.streamId", attempt: "$.detail.attempt" },
  inputTemplate: '{"event": {"streamId": <streamId>, "attempt": "<attempt>"}}',
};

/**
 * Matches every value but a text with a quotation mark or a backslash. Unescaped, either makes the input of `sendToStateMachine` invalid JSON,
 * and the event a dead letter.
 */
export const cleanText = [{ "anything-but": { wildcard: ['*"*', "*\\\\*"] } }];

/** Starts a state machine for every event that matches a pattern, with `{ event: { streamId, attempt } }` as input. */
export function sendToStateMachine(
  name: string,
  {
    target,
    role,
    policy,
    takes = "attempt",
    ...args
  }: EventRuleArgs & {
    target: aws.sfn.StateMachine;
    role: aws.iam.Role;
    /** Allows the role to start executions. */
    policy: aws.iam.RolePolicy;
    /**
     * What an execution gets: which attempt the event is about, or the whole event.
     *
     * @default "attempt"
     */
    takes?: "attempt" | "event";
  },
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.EventRule {
  const rule = createRule(name, args, opts);
  createTarget(
    name,
    rule,
    args,
    {
      arn: target.arn,
      roleArn: role.arn,
      ...(takes === "attempt" && { inputTransformer: attemptOfEvent }),
    },
    { ...opts, dependsOn: [policy] },
  );
  return rule;
}

/** Sends the detail of the events that match a pattern to an API destination, as the body of a request. */
export function sendToApiDestination(
  name: string,
  {
    target,
    role,
    policy,
    inputPath = "$.detail",
    ...args
  }: EventRuleArgs & {
    target: aws.cloudwatch.EventApiDestination;
    role: aws.iam.Role;
    /** Allows the role to call the destination. */
    policy: aws.iam.RolePolicy;
    /** @default "$.detail" */
    inputPath?: string;
  },
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.EventRule {
  const rule = createRule(name, args, opts);
  createTarget(
    name,
    rule,
    args,
    { arn: target.arn, roleArn: role.arn, inputPath },
    { ...opts, dependsOn: [policy] },
  );
  return rule;
}

/** Publishes a part of the events that match a pattern on a topic, whose policy has to let the rule in. */
export function sendToTopic(
  name: string,
  { target, inputPath, ...args }: EventRuleArgs & { target: aws.sns.Topic; inputPath: string },
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.EventRule {
  const rule = createRule(name, args, opts);
  createTarget(name, rule, args, { arn: target.arn, inputPath }, opts);
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
  target: Pick<aws.cloudwatch.EventTargetArgs, "arn" | "roleArn" | "inputPath" | "inputTransformer">,
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
