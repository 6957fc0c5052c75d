import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  eventSource,
  manifestsOf,
  playbackSegment,
  type StreamLifecycleProgressedDetail,
  type StreamProvisionRequestedDetail,
  type StreamStatus,
  streamLifecycleProgressed,
  streamProvisionRequested,
} from "../contracts";
import type { ApiDomainTarget } from "./api/domain";
import { HttpApi, mapOperations } from "./api/http-api";
import { checkArgs } from "./check-args";
import type { CommonArgs } from "./common";
import { busPolicy, closeBus } from "./events/bus-policy";
import { resumeOnConfirmation } from "./events/confirmation";
import { EventBus } from "./events/event-bus";
import { createOnCallTopic } from "./events/on-call-topic";
import { createSchemaRegistry } from "./events/schema-registry";
import { type StreamEventHandler, StreamEventSubscription } from "./events/stream-event-subscription";
import { handlerOf } from "./functions/bundles";
import { type CreateFunction, functionCreator, functionsOf } from "./functions/create-function";
import { functions } from "./functions/functions";
import { Health } from "./guards/health";
import { Readiness } from "./guards/readiness";
import { recoverExecutions } from "./guards/recovery";
import { Sweep } from "./guards/sweep";
import { Teardown } from "./guards/teardown";
import type { PlaybackBehavior, PlaybackOrigin } from "./media/channel-entries";
import { createMedia } from "./media/media";
import { Network } from "./network/network";
import type { StreamOrchestrationNodes } from "./nodes";
import { normalizeArgs } from "./normalize-args";
import { Notifications } from "./notifications/notifications";
import { type Watched, webhookAlarms } from "./observability/alarm-definitions";
import { Alarms } from "./observability/alarms";
import { createDashboard } from "./observability/dashboard";
import { stackArns } from "./stack-arns";
import { createSettingsItem } from "./storage/settings-item";
import { createTables, readTables } from "./storage/tables";
import type { StreamOrchestrationArgs } from "./stream-orchestration-args";
import { createWorkflow } from "./workflow/create-workflow";

/** What a component keeps besides its outputs: Pulumi's other languages take every property of the class for an output. */
interface Parts {
  readonly events: EventBus;
  readonly common: CommonArgs;
  readonly nodes: StreamOrchestrationNodes;
}

const parts = new WeakMap<StreamOrchestration, Parts>();

function partsOf(orchestration: StreamOrchestration): Parts {
  const found = parts.get(orchestration);
  if (!found) throw new Error("The component was not constructed.");
  return found;
}

/**
 * Takes live streams on AWS from requested to ready, and undoes what it began when that fails: an HTTP API, Lambdas, the
 * `StreamLifecycleOrchestrator` workflow, an event bus and two tables.
 *
 * @example see `examples/stack.ts`, which is type-checked.
 */
export class StreamOrchestration extends pulumi.ComponentResource {
  /** The API's base URL, without a trailing slash. */
  readonly apiUrl: pulumi.Output<string>;
  /** With `api.domain`, the API's URL there and what its DNS record has to point at; all empty without. */
  readonly apiDomain: pulumi.Output<ApiDomainTarget>;
  /** An IAM policy (JSON) for callers of `/streams`, where IAM lets them in: what they need, and nothing more. */
  readonly invokePolicyJson: pulumi.Output<string>;
  /** The part of `invokePolicyJson` that reads: for a dashboard, say. */
  readonly readPolicyJson: pulumi.Output<string>;
  /**
   * An IAM policy (JSON) for those who may also see ingest URLs in full, by `GET /ingest/{streamId}`. They may hold stream keys, and everybody
   * else gets them masked.
   */
  readonly ingestPolicyJson: pulumi.Output<string>;
  /**
   * The endpoint policy (JSON) that lets only the distribution read a MediaPackage v2 endpoint. `Resource` lists the endpoints
   * that the channels' `originPath` names; where none does, put your endpoint's ARN in place of the words in capitals. An endpoint
   * takes its own ARN alone: where several are listed, give each endpoint the policy with its own.
   */
  readonly endpointPolicyJson: pulumi.Output<string>;
  /** With `playback.update: "none"`, the origin of each channel, for the distribution of your own program; else none. */
  readonly playbackOrigins: pulumi.Output<PlaybackOrigin[]>;
  /** With `playback.update: "none"`, the behaviour `/<channelId>/*` of each channel, for that distribution; else none. */
  readonly playbackBehaviors: pulumi.Output<PlaybackBehavior[]>;
  /** The URL of each manifest by its name, with `{streamId}` or `{channelId}` in its path; empty without `playback.manifests`. */
  readonly manifestUrls: pulumi.Output<{ [name: string]: string }>;
  /** The `StreamLifecycleOrchestrator`. */
  readonly stateMachineArn: pulumi.Output<string>;
  /** The bus that carries the contract's events. */
  readonly eventBusName: pulumi.Output<string>;
  /** The same bus, for policies and rules of other stacks. */
  readonly eventBusArn: pulumi.Output<string>;
  /**
   * The resource policy (JSON) by which the bus takes our events from the component's roles and `events.confirmationPrincipals` alone. A bus of its own has it. Put its
   * statement into the policy of the bus that `events.busName` names.
   */
  readonly eventBusPolicyJson: pulumi.Output<string>;
  /** The table of attempts. */
  readonly tableName: pulumi.Output<string>;
  /** The topic that is told of every failed attempt. */
  readonly onCallTopicArn: pulumi.Output<string>;
  /** The topic that is told of every alarm. */
  readonly alarmTopicArn: pulumi.Output<string>;
  /** The queue of the events that could not be delivered: `npm run redrive` reads it. */
  readonly deadLetterQueueUrl: pulumi.Output<string>;

  /**
   * @param name the prefix of every child's name. Child names are a contract: `docs/architecture.md` lists them, for
   * Pulumi's `transforms`.
   * @throws {pulumi.InputPropertiesError} naming every wrong argument, before any resource is registered.
   */
  constructor(name: string, args: StreamOrchestrationArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super("stream-orchestration:index:StreamOrchestration", name, {}, opts);
    const child = { parent: this };
    const settings = normalizeArgs(args);
    const arns = stackArns(child);
    const logGroup =
      args.logGroupName === undefined
        ? undefined
        : aws.cloudwatch.LogGroup.get(`${name}-logs`, args.logGroupName, undefined, child);
    const common: CommonArgs = { ...settings.common, accountId: arns.accountId, logGroup };

    const tables = settings.tables
      ? readTables(name, settings.tables, child)
      : createTables(name, { ...common, protect: settings.protect }, child);
    const media = createMedia(name, { ...args, attempts: tables.attempts, arns, tags: common.tags }, child);
    const events = new EventBus(
      `${name}-events`,
      {
        ...common,
        archiveRetentionDays: settings.archiveRetentionDays,
        busName: settings.busName,
      },
      child,
    );
    const { bus, deadLetters } = events;
    if (settings.schemaRegistry) createSchemaRegistry(`${name}-schemas`, common, child);
    const onCall = createOnCallTopic(`${name}-on-call`, { ...settings, ...common }, child);
    const network =
      settings.network && new Network(`${name}-network`, settings.network, { ...arns, ...common }, child);
    const scheduleGroup = new aws.scheduler.ScheduleGroup(`${name}-schedules`, { tags: common.tags }, child);

    const made: { [handler: string]: aws.lambda.Function } = {};
    const create = functionCreator(name, { ...common, network }, child);
    const createFunction: CreateFunction = (handler, own) => {
      const created = create(handler, own);
      made[handler] = created.function;
      return created;
    };
    const resources = { ...tables, events, onCall };
    const schedules = { scheduleGroup, schedulesArn: arns.schedules };
    const teardown = new Teardown(
      `${name}-StreamTeardown`,
      { ...settings, ...common, ...resources, ...schedules, media },
      child,
    );
    const { readiness: ready } = settings;
    const isProbed = ready.mode === "automatic";
    const readiness =
      isProbed || ready.requireRunning
        ? new Readiness(
            `${name}-StreamReadiness`,
            {
              ...{ ...common, ...tables, bus, media, timeoutSeconds: ready.timeoutSeconds },
              probe: isProbed ? createFunction("probe-manifest", functions["probe-manifest"]()) : undefined,
            },
            child,
          )
        : undefined;
    const health = new Health(
      `${name}-StreamHealth`,
      {
        ...{ ...common, ...resources, ...settings.health, media, createFunction },
        readiness: readiness?.stateMachine,
      },
      child,
    );
    const workflow = createWorkflow(
      name,
      {
        ...settings,
        readiness: readiness?.stateMachine,
        requireRunning: ready.requireRunning,
        ...common,
        ...resources,
        ...schedules,
        createFunction,
        media,
        teardown: teardown.stateMachine,
      },
      child,
    );
    const { orchestrator, handleFailure } = workflow;
    teardown.allowDescribe(arns.executions(orchestrator.name));

    const functionOf = functionsOf(createFunction, {
      ...settings,
      ...resources,
      orchestrator,
      teardown: teardown.stateMachine,
      executionsArn: arns.executions,
    });
    const updateStatus = functionOf("update-stream-status");
    const recover = functionOf("recover-execution");
    const sweepStreams = functionOf("sweep-streams");
    const resume = functionOf("resume-orchestration");
    const { tags } = common;
    resumeOnConfirmation(`${name}-confirmation`, { events, resume, tags }, child);
    const recovery = recoverExecutions(`${name}-recovery`, { events, orchestrator, recover, tags }, child);
    // Every rule of the bus, the teams' subscriptions included, and our own on the account's bus.
    events.acceptDeadLetters([arns.rule(pulumi.interpolate`${bus.name}/*`), recovery.arn, health.rule.arn]);
    const sweep = new Sweep(
      `${name}-StreamSweep`,
      {
        ...common,
        sweepStreams,
        ...tables,
        media,
        health: health.stateMachine,
        scheduleGroup,
        deadLetters,
        intervalMinutes: settings.sweepIntervalMinutes,
        stopUnowned: settings.stopUnowned,
      },
      child,
    );
    // A stream starts with new settings once the workflows' roles allow what these ask for.
    const workflows = [orchestrator, teardown.stateMachine, sweep.stateMachine];
    createSettingsItem(name, { ...settings, ...tables, media }, { ...child, dependsOn: workflows });
    const api = new HttpApi(
      `${name}-api`,
      {
        ...settings,
        ...common,
        functions: mapOperations((operation) => functionOf(handlerOf[operation])),
      },
      child,
    );
    const watched: Watched = {
      ...{ ...tables, deadLetters, orchestrator, channels: media.channels, apiId: api.id },
      sweepIntervalMinutes: settings.sweepIntervalMinutes,
      guards: {
        StreamTeardown: teardown.stateMachine,
        StreamHealth: health.stateMachine,
        ...(readiness && { StreamReadiness: readiness.stateMachine }),
        StreamSweep: sweep.stateMachine,
      },
    };
    const { emails, observability } = settings;
    const alarms = new Alarms(
      `${name}-alarms`,
      { ...common, ...watched, emails, alarms: observability.alarms },
      child,
    );
    const notifications =
      settings.notify.length > 0
        ? new Notifications(
            `${name}-notify`,
            {
              ...{ ...common, ...resources, createFunction },
              ...{ alarms: alarms.topic, teardown: teardown.stateMachine, targets: settings.notify },
            },
            child,
          )
        : undefined;
    const webhooks = notifications?.webhooks;
    if (webhooks) alarms.watch(webhookAlarms(webhooks), tags);
    if (observability.dashboard) {
      createDashboard(
        `${name}-dashboard`,
        {
          ...watched,
          region: arns.region,
          functionNames: Object.values(made).map(({ name: functionName }) => functionName),
          alarmArns: alarms.arns,
        },
        child,
      );
    }
    // Everything of ours that puts events on the bus.
    const senders: { role: aws.iam.Role }[] = [
      ...[workflow, teardown, handleFailure, updateStatus, recover, sweepStreams],
      ...[health.track, health.act],
      ...(readiness && isProbed ? [readiness] : []),
      ...(notifications ? [notifications.compose] : []),
    ];
    const policy = busPolicy({
      bus,
      principals: senders.map(({ role }) => role.arn),
      furtherPrincipals: settings.confirmationPrincipals,
    });
    if (settings.busName === undefined) closeBus(`${name}-events`, { bus, policy }, child);

    parts.set(this, {
      events,
      common,
      nodes: {
        api: api.api,
        attemptsTable: tables.attempts,
        leasesTable: tables.leases,
        eventBus: bus,
        deadLetterQueue: deadLetters,
        onCallTopic: onCall,
        alarmTopic: alarms.topic,
        scheduleGroup,
        stateMachines: {
          StreamLifecycleOrchestrator: orchestrator,
          StreamTeardown: teardown.stateMachine,
          StreamSweep: sweep.stateMachine,
          StreamHealth: health.stateMachine,
          ...(readiness && { StreamReadiness: readiness.stateMachine }),
          ...(webhooks && { StreamWebhooks: webhooks }),
        },
        functions: made,
      },
    });
    this.apiUrl = api.url;
    this.apiDomain = api.domain;
    this.invokePolicyJson = api.invokePolicyJson;
    this.readPolicyJson = api.readPolicyJson;
    this.ingestPolicyJson = api.ingestPolicyJson;
    this.endpointPolicyJson = media.endpointPolicyJson;
    this.playbackOrigins = media.entries.origins;
    this.playbackBehaviors = media.entries.behaviors;
    this.manifestUrls = media.viewer.apply((viewer) =>
      Object.fromEntries(
        viewer
          ? manifestsOf(viewer, playbackSegment(viewer, "{streamId}", "{channelId}")).map(({ name, url }) => [
              name,
              url,
            ])
          : [],
      ),
    );
    this.stateMachineArn = orchestrator.arn;
    this.eventBusName = bus.name;
    this.eventBusArn = bus.arn;
    this.eventBusPolicyJson = policy;
    this.tableName = tables.attempts.name;
    this.onCallTopicArn = onCall.arn;
    this.alarmTopicArn = alarms.topic.arn;
    this.deadLetterQueueUrl = deadLetters.url;
    this.registerOutputs({
      apiUrl: this.apiUrl,
      apiDomain: this.apiDomain,
      invokePolicyJson: this.invokePolicyJson,
      readPolicyJson: this.readPolicyJson,
      ingestPolicyJson: this.ingestPolicyJson,
      endpointPolicyJson: this.endpointPolicyJson,
      playbackOrigins: this.playbackOrigins,
      playbackBehaviors: this.playbackBehaviors,
      manifestUrls: this.manifestUrls,
      stateMachineArn: this.stateMachineArn,
      eventBusName: this.eventBusName,
      eventBusArn: this.eventBusArn,
      eventBusPolicyJson: this.eventBusPolicyJson,
      tableName: this.tableName,
      onCallTopicArn: this.onCallTopicArn,
      alarmTopicArn: this.alarmTopicArn,
      deadLetterQueueUrl: this.deadLetterQueueUrl,
    });
  }

  /** The component's resources, for TypeScript programs. */
  get nodes(): StreamOrchestrationNodes {
    return partsOf(this).nodes;
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
   * is announced twice: when the stream is confirmed, and with `origin: "orchestrator"` once the workflow has taken note.
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
    const { events, common } = partsOf(this);
    return new StreamEventSubscription(
      name,
      {
        bus: events,
        description: `${detailType} for ${name}`,
        pattern: { source: [eventSource], "detail-type": [detailType], ...pattern },
        handler,
        ...common,
      },
      pulumi.mergeOptions({ parent: this }, opts),
    );
  }
}
