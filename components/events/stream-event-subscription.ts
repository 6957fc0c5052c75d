import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CommonArgs } from "../common";
import { createFunctionRole, tracingConfig } from "../functions/function-role";
import type { EventBus } from "./event-bus";

/** An event as EventBridge hands it to a function. */
export interface StreamEvent<TDetail> {
  readonly id: string;
  readonly source: string;
  readonly "detail-type": string;
  readonly account: string;
  readonly region: string;
  /** RFC 3339, whole seconds. */
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: TDetail;
}

/** What handles an event: an inline function, which Pulumi turns into a Lambda, or a Lambda that exists. */
export type StreamEventHandler<TDetail> = aws.lambda.EventHandler<StreamEvent<TDetail>, void>;

export interface StreamEventSubscriptionArgs<TDetail> extends CommonArgs {
  bus: EventBus;
  description: string;
  pattern: object;
  handler: StreamEventHandler<TDetail>;
}

/**
 * A team's own subscription to the events of the bus. An inline handler gets a role that may write its own log and, when
 * it fails for good, put the event into the dead-letter queue: what else it calls is for the team to allow, by handing a
 * Lambda of its own. What is packaged with it are the dependencies of the program's `package.json`, but for this package (`pulumi` in its `package.json`):
 * a callback that calls functions of `contracts` needs a Lambda of its own, too.
 */
export class StreamEventSubscription<TDetail = unknown> extends pulumi.ComponentResource {
  readonly function: aws.lambda.Function;
  readonly rule: aws.cloudwatch.EventRule;

  constructor(
    name: string,
    args: StreamEventSubscriptionArgs<TDetail>,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("stream-orchestration:index:StreamEventSubscription", name, {}, opts);
    const child = { parent: this };

    this.function = aws.lambda.Function.isInstance(args.handler)
      ? args.handler
      : this.createFunction(name, args.handler, args);
    this.rule = args.bus.subscribe(
      name,
      { description: args.description, pattern: args.pattern, target: this.function, tags: args.tags },
      child,
    );
    this.registerOutputs({ functionArn: this.function.arn, ruleArn: this.rule.arn });
  }

  private createFunction(
    name: string,
    callback: aws.lambda.Callback<StreamEvent<TDetail>, void>,
    args: StreamEventSubscriptionArgs<TDetail>,
  ): aws.lambda.Function {
    const child = { parent: this };
    const { logGroup, role, policy } = createFunctionRole(
      name,
      {
        ...args,
        statements: [{ actions: ["sqs:SendMessage"], resources: [args.bus.deadLetters.arn] }],
      },
      child,
    );
    const created = new aws.lambda.CallbackFunction(
      name,
      {
        callback: passingOverMalformed(callback),
        runtime: aws.lambda.Runtime.NodeJS24dX,
        architectures: ["arm64"],
        role: role.arn,
        timeout: 30,
        kmsKeyArn: args.encryptionKeyArn,
        loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
        tracingConfig: tracingConfig(args),
        tags: args.tags,
      },
      { ...child, dependsOn: [policy] },
    );
    args.bus.keepFailures(name, created, child);
    return created;
  }
}

/**
 * Spares a handler the events that break their contract, which every program may send that the bus takes events from: one that the handler
 * fails on would end in the dead-letter queue, and page. Pulumi puts the text of this function into the Lambda, so that it names nothing
 * outside of itself.
 */
function passingOverMalformed<TDetail>(
  handle: aws.lambda.Callback<StreamEvent<TDetail>, void>,
): aws.lambda.Callback<StreamEvent<TDetail>, void> {
  return async (event, context, done) => {
    const { streamId, attempt, status, reason } = Object(event.detail) as {
      readonly [member: string]: unknown;
    };
    const isText = (value: unknown) => value === undefined || typeof value === "string";
    const isCount = attempt === undefined || (Number.isInteger(attempt) && Number(attempt) >= 1);
    const isStreamId = typeof streamId === "string" && /^[a-zA-Z0-9-]{3,64}$/.test(streamId);
    if (isStreamId && isCount && isText(status) && isText(reason)) {
      await handle(event, context, done);
    } else {
      console.warn(`The event ${event.id} is malformed, and passed over.`);
    }
  };
}
