import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  eventSource,
  type StreamLifecycleProgressedDetail,
  type StreamProvisionRequestedDetail,
  type StreamStatus,
  streamLifecycleProgressed,
  streamProvisionRequested,
} from "../contracts";
import type { FunctionName } from "../contracts/internal";
import { HttpApi } from "./api/http-api";
import { checkArgs } from "./check-args";
import type { CommonArgs } from "./common";
import { closeBus } from "./events/bus-policy";
import { confirmationPattern, EventBus } from "./events/event-bus";
import { sendToFunction } from "./events/event-rule";
import { type StreamEventHandler, StreamEventSubscription } from "./events/stream-event-subscription";
import { subscribeEmails } from "./events/subscribe-emails";
import { type FunctionOwnArgs, functions, type WorkflowFunctionName } from "./functions/functions";
import { StreamFunction } from "./functions/stream-function";
import { Alarms } from "./guards/alarms";
import { createLiveLimit } from "./guards/live-limit";
import { Sweep } from "./guards/sweep";
import { Teardown } from "./guards/teardown";
import { readMedia } from "./media/media";
import { createViewerRequestFunction } from "./media/viewer-request-function";
import { Network } from "./network/network";
import { createTables } from "./storage/tables";
import type { StreamOrchestrationArgs } from "./stream-orchestration-args";
import { createOrchestrator } from "./workflow/orchestrator";

/**
 * Takes live streams on AWS from requested to ready, and undoes what it began when that fails: an HTTP API, Lambdas, the
 * `StreamLifecycleOrchestrator` workflow, an event bus and two tables.
 *
 * @example see `examples/stack.ts`, which is type-checked.
 */
export class StreamOrchestration extends pulumi.ComponentResource {
  /** The API's base URL, without a trailing slash. */
  readonly apiUrl: pulumi.Output<string>;
  /** An IAM policy (JSON) for callers of `/streams`, where IAM lets them in: what they need, and nothing more. */
  readonly invokePolicyJson: pulumi.Output<string>;
  readonly stateMachineArn: pulumi.Output<string>;
  readonly eventBusName: pulumi.Output<string>;
  readonly eventBusArn: pulumi.Output<string>;
  /** The table of attempts. */
  readonly tableName: pulumi.Output<string>;
  /** The topic that is told of every failed attempt. */
  readonly onCallTopicArn: pulumi.Output<string>;
  /** The topic that is told of every alarm. */
  readonly alarmTopicArn: pulumi.Output<string>;
  /** The queue of the events that reached nobody: `npm run redrive` reads it. */
  readonly deadLetterQueueUrl: pulumi.Output<string>;

  private readonly events: EventBus;
  private readonly common: CommonArgs;

  /**
   * @param name the prefix of every child's name. Child names are a contract: `docs/architecture.md` lists them, for
   * Pulumi's `transforms`.
   * @throws {pulumi.InputPropertiesError} naming every wrong argument, before any resource is registered.
   */
  constructor(name: string, args: StreamOrchestrationArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super("stream-orchestration:index:StreamOrchestration", name, {}, opts);
    const child = { parent: this };

    const arns = this.createArns();
    this.common = {
      accountId: arns.accountId,
      tags: pulumi.output(args.tags ?? {}),
      logRetentionDays: args.logRetentionDays ?? 30,
      encryptionKeyArn: args.encryptionKeyArn,
    };
    const { common } = this;
    const media = readMedia(args, createViewerRequestFunction(name, child).arn, arns);
    const tables = createTables(name, { ...common, protect: args.protect ?? true }, child);
    this.events = new EventBus(
      `${name}-events`,
      {
        ...common,
        archiveRetentionDays: args.archiveRetentionDays ?? 30,
        rulesArns: (busName) => [arns.rule(pulumi.interpolate`${busName}/*`), arns.rule(`${name}-*`)],
      },
      child,
    );
    const { bus, deadLetters } = this.events;
    const emails = args.onCall?.emails ?? [];
    const onCall = this.createOnCallTopic(name, emails);
    const network =
      args.network && new Network(`${name}-network`, args.network, { ...arns, ...common }, child);
    const createFunction = (handler: FunctionName, own: FunctionOwnArgs) =>
      new StreamFunction(
        `${name}-${handler}`,
        { ...common, handler, ...own, ...(network && { network }) },
        child,
      );

    const scheduleGroup = new aws.scheduler.ScheduleGroup(`${name}-schedules`, { tags: common.tags }, child);
    const { schedulesArn } = arns;
    const teardown = new Teardown(
      `${name}-StreamTeardown`,
      { ...common, ...tables, events: this.events, onCall, media, scheduleGroup, schedulesArn },
      child,
    );
    const maxLiveHours = args.maxLiveHours ?? 12;
    const includeIngestEndpoints = args.events?.includeIngestEndpoints ?? true;
    const workflowResources = { ...tables, events: this.events, onCall };
    const createWorkflowFunction = (handler: WorkflowFunctionName) =>
      createFunction(handler, functions[handler](workflowResources));
    const handleFailure = createWorkflowFunction("handle-provision-failure");
    const { stateMachine: orchestrator, role: orchestratorRole } = createOrchestrator(
      name,
      {
        ...common,
        ...tables,
        validate: createWorkflowFunction("validate-provision-request"),
        handleFailure,
        bus,
        media,
        liveLimit: createLiveLimit(
          name,
          {
            ...common,
            maxLiveHours,
            teardown: teardown.stateMachine,
            scheduleGroup,
            schedulesArn,
            deadLetters,
          },
          child,
        ),
        confirmationTimeoutSeconds: args.confirmationTimeoutSeconds ?? 900,
        leadTimeMinutes: args.encoder.leadTimeMinutes,
        includeIngestEndpoints,
      },
      child,
    );
    teardown.allowDescribe(arns.executions(orchestrator.name));

    const sweepName = `${name}-StreamSweep`;
    const resources = {
      ...workflowResources,
      orchestrator,
      teardown: teardown.stateMachine,
      executionsArn: arns.executions,
      sweepName,
      includeIngestEndpoints,
      maxLiveHours,
    };
    const create = (handler: FunctionName) => createFunction(handler, functions[handler](resources));
    const updateStatus = create("update-stream-status");
    const recoverExecution = create("recover-execution");
    const sweepStreams = create("sweep-streams");
    this.createConfirmation(name, create("resume-orchestration"));
    this.createRecovery(name, recoverExecution, orchestrator);
    const sweep = new Sweep(
      sweepName,
      {
        ...common,
        sweepStreams,
        leases: tables.leases,
        media,
        scheduleGroup,
        deadLetters,
        intervalMinutes: args.sweepIntervalMinutes ?? 10,
        stopUnowned: args.encoder.stopUnowned ?? false,
      },
      child,
    );
    const alarms = new Alarms(
      `${name}-alarms`,
      {
        ...common,
        emails,
        deadLetters,
        stateMachines: { StreamTeardown: teardown.stateMachine, StreamSweep: sweep.stateMachine },
      },
      child,
    );
    const ownFunctions = [handleFailure, updateStatus, recoverExecution, sweepStreams];
    closeBus(
      `${name}-events`,
      {
        bus,
        principals: [orchestratorRole, teardown.role, ...ownFunctions.map(({ role }) => role)].map(
          ({ arn }) => arn,
        ),
        furtherPrincipals: args.events?.confirmationPrincipals ?? [],
      },
      child,
    );
    const api = new HttpApi(
      `${name}-api`,
      {
        ...common,
        functions: {
          GetHealthStatus: create("get-health-status"),
          CreateStreamWorkflow: create("create-stream-workflow"),
          UpdateStreamStatus: updateStatus,
        },
        jwt: args.auth?.jwt,
        cors: args.cors,
        throttle: args.throttle ?? { burstLimit: 50, rateLimit: 25 },
      },
      child,
    );

    this.apiUrl = api.url;
    this.invokePolicyJson = api.invokePolicyJson;
    this.stateMachineArn = orchestrator.arn;
    this.eventBusName = bus.name;
    this.eventBusArn = bus.arn;
    this.tableName = tables.attempts.name;
    this.onCallTopicArn = onCall.arn;
    this.alarmTopicArn = alarms.topic.arn;
    this.deadLetterQueueUrl = deadLetters.url;
    this.registerOutputs({
      apiUrl: this.apiUrl,
      invokePolicyJson: this.invokePolicyJson,
      stateMachineArn: this.stateMachineArn,
      eventBusName: this.eventBusName,
      eventBusArn: this.eventBusArn,
      tableName: this.tableName,
      onCallTopicArn: this.onCallTopicArn,
      alarmTopicArn: this.alarmTopicArn,
      deadLetterQueueUrl: this.deadLetterQueueUrl,
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
        ...this.common,
      },
      pulumi.mergeOptions({ parent: this }, opts),
    );
  }

  /** READY, FAILED or COMPLETE on the bus → the Lambda that resumes the workflow. */
  private createConfirmation(name: string, resume: StreamFunction): void {
    const ruleName = `${name}-confirmation`;
    const child = { parent: this };
    this.events.subscribe(
      ruleName,
      {
        description:
          "READY, FAILED or COMPLETE, from anybody but the workflow: resumes the workflow that waits for it.",
        pattern: confirmationPattern,
        target: resume.function,
        tags: this.common.tags,
      },
      child,
    );
    this.events.keepFailures(ruleName, resume.function, child);
  }

  /** An execution that ended other than well → the Lambda that looks whether anything of its attempt is left. */
  private createRecovery(name: string, recover: StreamFunction, orchestrator: aws.sfn.StateMachine): void {
    const child = { parent: this };
    sendToFunction(
      `${name}-recovery`,
      {
        description: "An execution was stopped, timed out or failed: makes sure that its attempt is undone.",
        // Step Functions tells the account's default bus.
        pattern: {
          source: ["aws.states"],
          "detail-type": ["Step Functions Execution Status Change"],
          detail: { stateMachineArn: [orchestrator.arn], status: ["FAILED", "TIMED_OUT", "ABORTED"] },
        },
        target: recover.function,
        deadLettersArn: this.events.deadLetters.arn,
        tags: this.common.tags,
      },
      child,
    );
    this.events.keepFailures(`${name}-recovery`, recover.function, child);
  }

  private createOnCallTopic(name: string, emails: readonly pulumi.Input<string>[]): aws.sns.Topic {
    const child = { parent: this };
    const topic = new aws.sns.Topic(
      `${name}-on-call`,
      { kmsMasterKeyId: this.common.encryptionKeyArn ?? "alias/aws/sns", tags: this.common.tags },
      child,
    );
    subscribeEmails(`${name}-on-call`, topic, emails, child);
    return topic;
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
      accountId,
      rule: (rule: pulumi.Input<string>) => arn("events", pulumi.interpolate`rule/${rule}`),
      schedulesArn: (groupName: pulumi.Output<string>) =>
        arn("scheduler", pulumi.interpolate`schedule/${groupName}/*`),
      executions: (machineName: pulumi.Input<string>) =>
        arn("states", pulumi.interpolate`execution:${machineName}:*`),
    };
  }
}
