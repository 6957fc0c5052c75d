import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { manifestsOf, playbackSegment } from "../contracts";
import { HttpApi, mapOperations } from "./api/http-api";
import type { CommonArgs } from "./common";
import { busPolicy, closeBus } from "./events/bus-policy";
import { resumeOnConfirmation } from "./events/confirmation";
import { EventBus } from "./events/event-bus";
import { createOnCallTopic } from "./events/on-call-topic";
import { createSchemaRegistry } from "./events/schema-registry";
import { handlerOf } from "./functions/bundles";
import { type CreateFunction, functionCreator, functionsOf } from "./functions/create-function";
import { functions } from "./functions/functions";
import { Health } from "./guards/health";
import { Readiness } from "./guards/readiness";
import { recoverExecutions } from "./guards/recovery";
import { Sweep } from "./guards/sweep";
import { Teardown } from "./guards/teardown";
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

/** Registers the resources of a `StreamOrchestration`, each after those that it names. */
export function createResources(
  name: string,
  args: StreamOrchestrationArgs,
  opts: pulumi.ComponentResourceOptions,
) {
  const foundation = createFoundation(name, args, opts);
  const workflows = createWorkflows(foundation);
  const functionOf = functionsOf(foundation.createFunction, {
    ...foundation.settings,
    ...foundation.resources,
    orchestrator: workflows.orchestrator,
    teardown: workflows.teardown.stateMachine,
    executionsArn: foundation.arns.executions,
  });
  const guards = createGuards(foundation, workflows, functionOf);
  const api = createApi(foundation, functionOf);
  const observers = createObservers(foundation, workflows, guards, api);
  const policy = createBusPolicy(foundation, workflows, guards, observers);
  return { ...foundation, ...workflows, ...guards, ...observers, api, policy };
}

/** What every stream, function and workflow uses. */
function createFoundation(
  name: string,
  args: StreamOrchestrationArgs,
  opts: pulumi.ComponentResourceOptions,
) {
  const settings = normalizeArgs(args);
  const arns = stackArns(opts);
  const logGroup =
    args.logGroupName === undefined
      ? undefined
      : aws.cloudwatch.LogGroup.get(`${name}-logs`, args.logGroupName, undefined, opts);
  const common: CommonArgs = { ...settings.common, accountId: arns.accountId, logGroup };

  const tables = settings.tables
    ? readTables(name, settings.tables, opts)
    : createTables(name, { ...common, protect: settings.protect }, opts);
  const media = createMedia(name, { ...args, attempts: tables.attempts, arns, tags: common.tags }, opts);
  const events = new EventBus(
    `${name}-events`,
    { ...common, archiveRetentionDays: settings.archiveRetentionDays, busName: settings.busName },
    opts,
  );
  if (settings.schemaRegistry) createSchemaRegistry(`${name}-schemas`, common, opts);
  const onCall = createOnCallTopic(`${name}-on-call`, { ...settings, ...common }, opts);
  const network =
    settings.network && new Network(`${name}-network`, settings.network, { ...arns, ...common }, opts);
  const scheduleGroup = new aws.scheduler.ScheduleGroup(`${name}-schedules`, { tags: common.tags }, opts);

  const lambdas: { [handler: string]: aws.lambda.Function } = {};
  const create = functionCreator(name, { ...common, network }, opts);
  const createFunction: CreateFunction = (handler, own) => {
    const created = create(handler, own);
    lambdas[handler] = created.function;
    return created;
  };
  const resources = { ...tables, events, onCall };
  return { name, opts, settings, arns, common, resources, media, scheduleGroup, lambdas, createFunction };
}

type Foundation = ReturnType<typeof createFoundation>;

/** The workflows of a stream: the `StreamLifecycleOrchestrator`, and those which take over from it. */
function createWorkflows(foundation: Foundation) {
  const { name, opts, settings, arns, common, resources, media, scheduleGroup, createFunction } = foundation;
  const schedules = { scheduleGroup, schedulesArn: arns.schedules };
  const teardown = new Teardown(
    `${name}-StreamTeardown`,
    { ...settings, ...common, ...resources, ...schedules, media },
    opts,
  );
  const readiness = createReadiness(foundation);
  const health = new Health(
    `${name}-StreamHealth`,
    {
      ...{ ...common, ...resources, ...settings.health, media, createFunction },
      readiness: readiness?.stateMachine,
    },
    opts,
  );
  const workflow = createWorkflow(
    name,
    {
      ...settings,
      readiness: readiness?.stateMachine,
      requireRunning: settings.readiness.requireRunning,
      ...common,
      ...resources,
      ...schedules,
      createFunction,
      media,
      teardown: teardown.stateMachine,
    },
    opts,
  );
  const { orchestrator } = workflow;
  teardown.allowDescribe(arns.executions(orchestrator.name));
  return { orchestrator, workflow, teardown, readiness, health };
}

type Workflows = ReturnType<typeof createWorkflows>;

function createReadiness({ name, opts, settings, common, resources, media, createFunction }: Foundation) {
  const { mode, requireRunning, timeoutSeconds } = settings.readiness;
  const isProbed = mode === "automatic";
  if (!isProbed && !requireRunning) return undefined;
  const { attempts, leases, events } = resources;
  return new Readiness(
    `${name}-StreamReadiness`,
    {
      ...{ ...common, attempts, leases, bus: events.bus, media, timeoutSeconds },
      probe: isProbed ? createFunction("probe-manifest", functions["probe-manifest"]()) : undefined,
    },
    opts,
  );
}

/** What resumes workflows, and what finds those that died. */
function createGuards(
  { name, opts, settings, arns, common, resources, media, scheduleGroup }: Foundation,
  { orchestrator, teardown, health }: Workflows,
  functionOf: ReturnType<typeof functionsOf>,
) {
  const { attempts, leases, events } = resources;
  const { bus, deadLetters } = events;
  const { tags } = common;
  const updateStatus = functionOf("update-stream-status");
  const recover = functionOf("recover-execution");
  const sweepStreams = functionOf("sweep-streams");
  const resume = functionOf("resume-orchestration");
  resumeOnConfirmation(`${name}-confirmation`, { events, resume, tags }, opts);
  const recovery = recoverExecutions(`${name}-recovery`, { events, orchestrator, recover, tags }, opts);
  // Every rule of the bus, the teams' subscriptions included, and our own on the account's bus.
  events.acceptDeadLetters([arns.rule(pulumi.interpolate`${bus.name}/*`), recovery.arn, health.rule.arn]);
  const sweep = new Sweep(
    `${name}-StreamSweep`,
    {
      ...{ ...common, sweepStreams, attempts, leases, media, scheduleGroup, deadLetters },
      health: health.stateMachine,
      intervalMinutes: settings.sweepIntervalMinutes,
      stopUnowned: settings.stopUnowned,
    },
    opts,
  );
  // A stream starts with new settings once the workflows' roles allow what these ask for.
  const workflows = [orchestrator, teardown.stateMachine, sweep.stateMachine];
  createSettingsItem(name, { ...settings, ...resources, media }, { ...opts, dependsOn: workflows });
  return { updateStatus, recover, sweepStreams, sweep };
}

type Guards = ReturnType<typeof createGuards>;

function createApi(
  { name, opts, settings, common }: Foundation,
  functionOf: ReturnType<typeof functionsOf>,
): HttpApi {
  return new HttpApi(
    `${name}-api`,
    {
      ...settings,
      ...common,
      functions: mapOperations((operation) => functionOf(handlerOf[operation])),
    },
    opts,
  );
}

/** Alarms, notifications and the dashboard. */
function createObservers(
  { name, opts, settings, arns, common, resources, media, lambdas, createFunction }: Foundation,
  { orchestrator, teardown, readiness, health }: Workflows,
  { sweep }: Guards,
  api: HttpApi,
) {
  const { emails, notify, observability } = settings;
  const { attempts, leases, events } = resources;
  const watched: Watched = {
    ...{ attempts, leases, deadLetters: events.deadLetters },
    ...{ orchestrator, channels: media.channels, apiId: api.id },
    sweepIntervalMinutes: settings.sweepIntervalMinutes,
    guards: {
      StreamTeardown: teardown.stateMachine,
      StreamHealth: health.stateMachine,
      ...(readiness && { StreamReadiness: readiness.stateMachine }),
      StreamSweep: sweep.stateMachine,
    },
  };
  const alarms = new Alarms(
    `${name}-alarms`,
    { ...common, ...watched, emails, alarms: observability.alarms },
    opts,
  );
  const notifications =
    notify.length > 0
      ? new Notifications(
          `${name}-notify`,
          {
            ...{ ...common, ...resources, createFunction },
            ...{ alarms: alarms.topic, teardown: teardown.stateMachine, targets: notify },
          },
          opts,
        )
      : undefined;
  if (notifications?.webhooks) alarms.watch(webhookAlarms(notifications.webhooks), common.tags);
  if (observability.dashboard) {
    const functionNames = Object.values(lambdas).map((lambda) => lambda.name);
    const dashboard = { ...watched, region: arns.region, functionNames, alarmArns: alarms.arns };
    createDashboard(`${name}-dashboard`, dashboard, opts);
  }
  return { alarms, notifications };
}

type Observers = ReturnType<typeof createObservers>;

/** Closes the bus to everything that is not ours. @returns its policy. */
function createBusPolicy(
  { name, opts, settings, resources }: Foundation,
  { workflow, teardown, readiness, health }: Workflows,
  { updateStatus, recover, sweepStreams }: Guards,
  { notifications }: Observers,
): pulumi.Output<string> {
  const { bus } = resources.events;
  const senders: { role: aws.iam.Role }[] = [
    ...[workflow, teardown, workflow.handleFailure, updateStatus, recover, sweepStreams],
    ...[health.track, health.act],
    ...(readiness && settings.readiness.mode === "automatic" ? [readiness] : []),
    ...(notifications ? [notifications.compose] : []),
  ];
  const policy = busPolicy({
    bus,
    principals: senders.map(({ role }) => role.arn),
    furtherPrincipals: settings.confirmationPrincipals,
  });
  if (settings.busName === undefined) closeBus(`${name}-events`, { bus, policy }, opts);
  return policy;
}

/** What `createResources` returns. */
export type Resources = ReturnType<typeof createResources>;

/** @returns the resources for programs. */
export function nodesOf({
  resources,
  scheduleGroup,
  lambdas,
  orchestrator,
  teardown,
  sweep,
  health,
  readiness,
  alarms,
  notifications,
  api,
}: Resources): StreamOrchestrationNodes {
  return {
    api: api.api,
    attemptsTable: resources.attempts,
    leasesTable: resources.leases,
    eventBus: resources.events.bus,
    deadLetterQueue: resources.events.deadLetters,
    onCallTopic: resources.onCall,
    alarmTopic: alarms.topic,
    scheduleGroup,
    stateMachines: {
      StreamLifecycleOrchestrator: orchestrator,
      StreamTeardown: teardown.stateMachine,
      StreamSweep: sweep.stateMachine,
      StreamHealth: health.stateMachine,
      ...(readiness && { StreamReadiness: readiness.stateMachine }),
      ...(notifications?.webhooks && { StreamWebhooks: notifications.webhooks }),
    },
    functions: lambdas,
  };
}

/** @returns what stacks and other programs get to know of the resources. */
export function outputsOf({ resources, orchestrator, media, alarms, api, policy }: Resources) {
  const { attempts, events, onCall } = resources;
  const manifestUrls = media.viewer.apply((viewer) => {
    if (!viewer) return {};
    const manifests = manifestsOf(viewer, playbackSegment(viewer, "{streamId}", "{channelId}"));
    return Object.fromEntries(manifests.map(({ name, url }) => [name, url]));
  });
  return {
    apiUrl: api.url,
    apiDomain: api.domain,
    invokePolicyJson: api.invokePolicyJson,
    readPolicyJson: api.readPolicyJson,
    ingestPolicyJson: api.ingestPolicyJson,
    endpointPolicyJson: media.endpointPolicyJson,
    playbackOrigins: media.entries.origins,
    playbackBehaviors: media.entries.behaviors,
    manifestUrls,
    stateMachineArn: orchestrator.arn,
    eventBusName: events.bus.name,
    eventBusArn: events.bus.arn,
    eventBusPolicyJson: policy,
    tableName: attempts.name,
    onCallTopicArn: onCall.arn,
    alarmTopicArn: alarms.topic.arn,
    deadLetterQueueUrl: events.deadLetters.url,
  };
}
