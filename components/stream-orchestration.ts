import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  eventSource,
  type OperationName,
  type StreamLifecycleProgressedDetail,
  type StreamProvisionRequestedDetail,
  type StreamStatus,
  streamLifecycleProgressed,
  streamProvisionRequested,
} from "../contracts";
import { checkArgs } from "./check-args";
import { confirmationPattern, EventBus } from "./event-bus";
import { HttpApi } from "./http-api";
import { Network } from "./network";
import { createStateMachine } from "./state-machine";
import { type StreamEventHandler, StreamEventSubscription } from "./stream-event-subscription";
import { StreamFunction, type StreamFunctionArgs } from "./stream-function";
import type { StreamOrchestrationArgs } from "./stream-orchestration-args";
import { createTables } from "./tables";
import { createViewerRequestFunction } from "./viewer-request-function";

/** AWS's managed cache policy for MediaPackage origins: it keeps the query strings by which players ask for a window. */
const elementalMediaPackageCachePolicyId = "08627262-05a9-4f76-9ded-b50ca2e3a84f";

/**
 * Takes live streams on AWS from requested to ready, and undoes what it began when that fails: an HTTP API, Lambdas, the
 * `StreamLifecycleOrchestrator` workflow, an event bus and two tables.
 *
 * @example see `examples/stack.ts`, which is type-checked.
 */
export class StreamOrchestration extends pulumi.ComponentResource {
  /** The API's base URL, without a trailing slash. */
  readonly apiUrl: pulumi.Output<string>;
  readonly stateMachineArn: pulumi.Output<string>;
  readonly eventBusName: pulumi.Output<string>;
  readonly eventBusArn: pulumi.Output<string>;
  /** The table of attempts. */
  readonly tableName: pulumi.Output<string>;
  /** The topic that is told of every failed attempt. */
  readonly onCallTopicArn: pulumi.Output<string>;

  private readonly events: EventBus;
  private readonly logRetentionDays: pulumi.Input<number>;
  private readonly tags: pulumi.Output<{ [key: string]: string }>;

  /**
   * @param name the prefix of every child's name. Child names are a contract: `docs/architecture.md` lists them, for
   * Pulumi's `transforms`.
   * @throws {pulumi.InputPropertiesError} naming every wrong argument, before any resource is registered.
   */
  constructor(name: string, args: StreamOrchestrationArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super("stream-orchestration:index:StreamOrchestration", name, {}, opts);
    const child = { parent: this };

    this.tags = pulumi.output(args.tags ?? {});
    this.logRetentionDays = args.logRetentionDays ?? 30;
    const common = { tags: this.tags, logRetentionDays: this.logRetentionDays };
    const playback = pulumi.output({
      distributionId: args.playback.distributionId,
      cachePolicyId: args.playback.cachePolicyId ?? elementalMediaPackageCachePolicyId,
      viewerRequestFunctionArn: createViewerRequestFunction(name, child).arn,
      trustedKeyGroupIds: args.playback.trustedKeyGroupIds ?? [],
    });
    const channels = pulumi.output(args.encoder.channels);
    const arns = this.createArns();
    const channelArns = channels.apply((entries) =>
      pulumi.all(entries.map(({ channelId }) => arns.channel(channelId))),
    );
    const distributionArn = arns.distribution(playback.distributionId);

    const { attempts, leases } = createTables(
      name,
      { protect: args.protect ?? true, tags: this.tags },
      child,
    );
    this.events = new EventBus(
      `${name}-events`,
      { archiveRetentionDays: args.archiveRetentionDays ?? 30, rulesArn: arns.rules, tags: this.tags },
      child,
    );
    const onCall = this.createOnCallTopic(name, args.onCall?.emails ?? []);
    const network =
      args.network && new Network(`${name}-network`, args.network, { ...arns, ...common }, child);

    const createFunction = (
      functionArgs: Pick<StreamFunctionArgs, "handler" | "environment" | "statements" | "timeoutSeconds">,
    ) =>
      new StreamFunction(
        `${name}-${functionArgs.handler}`,
        { ...common, ...functionArgs, ...(network && { network }) },
        child,
      );
    const validate = createFunction({
      handler: "validate-provision-request",
      environment: { TABLE_NAME: attempts.name, LEASE_TABLE_NAME: leases.name },
      statements: [
        { actions: ["dynamodb:Query", "dynamodb:GetItem"], resources: [attempts.arn] },
        { actions: ["dynamodb:BatchGetItem", "dynamodb:PutItem"], resources: [leases.arn] },
      ],
      timeoutSeconds: 60,
    });
    const handleFailure = createFunction({
      handler: "handle-provision-failure",
      environment: {
        TABLE_NAME: attempts.name,
        LEASE_TABLE_NAME: leases.name,
        EVENT_BUS_NAME: this.events.bus.name,
        ON_CALL_TOPIC_ARN: onCall.arn,
      },
      statements: [
        {
          actions: ["dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
          resources: [attempts.arn],
        },
        { actions: ["dynamodb:BatchGetItem", "dynamodb:DeleteItem"], resources: [leases.arn] },
        this.announce(),
        { actions: ["sns:Publish"], resources: [onCall.arn] },
      ],
      timeoutSeconds: 60,
    });
    const stateMachine = createStateMachine(
      name,
      {
        ...common,
        validate,
        handleFailure,
        attempts,
        bus: this.events.bus,
        channels,
        channelArns,
        playback,
        distributionArn,
        confirmationTimeoutSeconds: args.confirmationTimeoutSeconds ?? 900,
      },
      child,
    );

    const functions: Record<OperationName, StreamFunction> = {
      GetHealthStatus: createFunction({
        handler: "get-health-status",
        environment: {
          TABLE_NAME: attempts.name,
          STATE_MACHINE_ARN: stateMachine.arn,
          EVENT_BUS_NAME: this.events.bus.name,
        },
        statements: [
          { actions: ["dynamodb:DescribeTable"], resources: [attempts.arn] },
          { actions: ["states:DescribeStateMachine"], resources: [stateMachine.arn] },
          { actions: ["events:DescribeEventBus"], resources: [this.events.bus.arn] },
        ],
        timeoutSeconds: 10,
      }),
      CreateStreamWorkflow: createFunction({
        handler: "create-stream-workflow",
        environment: { TABLE_NAME: attempts.name, STATE_MACHINE_ARN: stateMachine.arn },
        statements: [
          { actions: ["dynamodb:Query"], resources: [attempts.arn] },
          { actions: ["states:StartExecution"], resources: [stateMachine.arn] },
          { actions: ["states:DescribeExecution"], resources: [arns.executions(stateMachine.name)] },
        ],
        timeoutSeconds: 25,
      }),
      UpdateStreamStatus: createFunction({
        handler: "update-stream-status",
        environment: { TABLE_NAME: attempts.name, EVENT_BUS_NAME: this.events.bus.name },
        statements: [
          { actions: ["dynamodb:Query", "dynamodb:UpdateItem"], resources: [attempts.arn] },
          this.announce(),
        ],
        timeoutSeconds: 25,
      }),
    };
    this.createConfirmation(
      name,
      createFunction({
        handler: "resume-orchestration",
        environment: { TABLE_NAME: attempts.name },
        statements: [
          { actions: ["dynamodb:Query", "dynamodb:UpdateItem"], resources: [attempts.arn] },
          { actions: ["states:SendTaskSuccess", "states:SendTaskFailure"], resources: [stateMachine.arn] },
          { actions: ["sqs:SendMessage"], resources: [this.events.deadLetters.arn] },
        ],
        timeoutSeconds: 30,
      }),
    );
    const api = new HttpApi(
      `${name}-api`,
      {
        ...common,
        functions,
        jwt: args.auth?.jwt,
        cors: args.cors,
        throttle: args.throttle ?? { burstLimit: 50, rateLimit: 25 },
      },
      child,
    );

    this.apiUrl = api.url;
    this.stateMachineArn = stateMachine.arn;
    this.eventBusName = this.events.bus.name;
    this.eventBusArn = this.events.bus.arn;
    this.tableName = attempts.name;
    this.onCallTopicArn = onCall.arn;
    this.registerOutputs({
      apiUrl: this.apiUrl,
      stateMachineArn: this.stateMachineArn,
      eventBusName: this.eventBusName,
      eventBusArn: this.eventBusArn,
      tableName: this.tableName,
      onCallTopicArn: this.onCallTopicArn,
    });
  }

  /**
   * Calls a handler for every accepted request.
   *
   * @param name the subscription's name; its resources are prefixed with it.
   * @param handler an inline function, or a Lambda function that exists. EventBridge delivers at least once.
   */
  onProvisionRequested(
    name: string,
    handler: StreamEventHandler<StreamProvisionRequestedDetail>,
    opts?: pulumi.ComponentResourceOptions,
  ): StreamEventSubscription<StreamProvisionRequestedDetail> {
    return this.subscribe(name, handler, streamProvisionRequested.detailType, {}, opts);
  }

  /**
   * Calls a handler for the changes of streams' statuses.
   *
   * @param name the subscription's name; its resources are prefixed with it.
   * @param handler an inline function, or a Lambda function that exists. EventBridge delivers at least once, and READY
   * is told twice: by whoever confirms the stream, and with `origin: "orchestrator"` once the workflow has taken note.
   * @param options `statuses`: the statuses wanted; all of them unless told.
   */
  onLifecycleProgressed(
    name: string,
    handler: StreamEventHandler<StreamLifecycleProgressedDetail>,
    options: { statuses?: readonly StreamStatus[] } = {},
    opts?: pulumi.ComponentResourceOptions,
  ): StreamEventSubscription<StreamLifecycleProgressedDetail> {
    const detail = options.statuses ? { detail: { status: options.statuses } } : {};
    return this.subscribe(name, handler, streamLifecycleProgressed.detailType, detail, opts);
  }

  private subscribe<TDetail>(
    name: string,
    handler: StreamEventHandler<TDetail>,
    detailType: string,
    pattern: object,
    opts?: pulumi.ComponentResourceOptions,
  ): StreamEventSubscription<TDetail> {
    return new StreamEventSubscription(
      name,
      {
        bus: this.events,
        description: `${detailType} for ${name}`,
        pattern: { source: [eventSource], "detail-type": [detailType], ...pattern },
        handler,
        logRetentionDays: this.logRetentionDays,
        tags: this.tags,
      },
      pulumi.mergeOptions({ parent: this }, opts),
    );
  }

  /** READY or FAILED on the bus → the Lambda that resumes the workflow. */
  private createConfirmation(name: string, resume: StreamFunction): void {
    const ruleName = `${name}-confirmation`;
    const child = { parent: this };
    this.events.subscribe(
      ruleName,
      {
        description:
          "READY or FAILED, from anybody but the workflow: resumes the workflow that waits for it.",
        pattern: confirmationPattern,
        target: resume.function,
        tags: this.tags,
      },
      child,
    );
    this.events.keepFailures(ruleName, resume.function, child);
  }

  private createOnCallTopic(name: string, emails: readonly pulumi.Input<string>[]): aws.sns.Topic {
    const child = { parent: this };
    const topic = new aws.sns.Topic(
      `${name}-on-call`,
      { kmsMasterKeyId: "alias/aws/sns", tags: this.tags },
      child,
    );
    emails.forEach((endpoint, index) => {
      new aws.sns.TopicSubscription(
        `${name}-on-call-${index}`,
        { topic: topic.arn, protocol: "email", endpoint },
        child,
      );
    });
    return topic;
  }

  /** The statement with which a function announces status changes. */
  private announce() {
    return {
      actions: ["events:PutEvents"],
      resources: [this.events.bus.arn],
      conditions: {
        StringEquals: {
          "events:source": eventSource,
          "events:detail-type": streamLifecycleProgressed.detailType,
        },
      },
    };
  }

  /** ARNs of what exists already, and where this stack is. */
  private createArns() {
    const child = { parent: this };
    const region = aws.getRegionOutput({}, child).region;
    const { accountId } = aws.getCallerIdentityOutput({}, child);
    const { partition } = aws.getPartitionOutput({}, child);
    const arn = (service: string, resource: pulumi.Output<string>) =>
      pulumi.interpolate`arn:${partition}:${service}:${region}:${accountId}:${resource}`;
    return {
      region,
      channel: (id: string) => arn("medialive", pulumi.interpolate`channel:${id}`),
      // CloudFront is global: its ARNs have no Region.
      distribution: (id: pulumi.Input<string>) =>
        pulumi.interpolate`arn:${partition}:cloudfront::${accountId}:distribution/${id}`,
      rules: (busName: pulumi.Output<string>) => arn("events", pulumi.interpolate`rule/${busName}/*`),
      executions: (machineName: pulumi.Output<string>) =>
        arn("states", pulumi.interpolate`execution:${machineName}:*`),
    };
  }
}
