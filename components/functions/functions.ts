import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  streamHealthChanged,
  streamLifecycleProgressed,
  streamNotification,
  streamProvisionRequested,
} from "../../contracts";
import {
  attemptIndexes,
  type Environment,
  type FunctionName,
  type NotificationTarget,
} from "../../contracts/internal";
import type { EventBus } from "../events/event-bus";
import { type PolicyStatement, putEvents } from "../policy";
import type { StreamFunctionArgs } from "./stream-function";

/** What of a function is its own: what it reads, what it may do, and for how long. */
export type FunctionOwnArgs = Pick<StreamFunctionArgs, "environment" | "statements" | "timeoutSeconds"> & {
  /** Keeps the function out of the private network: it has to reach the internet. */
  readonly isOutside?: true;
};

/** The same, with just the variables that the function reads. */
interface OwnArgsOf<Name extends FunctionName> extends FunctionOwnArgs {
  environment: Environment<Name, pulumi.Input<string>>;
}

/** What the functions of the workflow use. */
export interface WorkflowResources {
  readonly attempts: aws.dynamodb.Table;
  readonly leases: aws.dynamodb.Table;
  readonly events: EventBus;
  readonly onCall: aws.sns.Topic;
  readonly teardown: aws.sfn.StateMachine;
  readonly graceMinutes: pulumi.Input<number>;
}

/** What the other functions use: also the orchestrator. */
export interface Resources extends WorkflowResources {
  readonly orchestrator: aws.sfn.StateMachine;
  /** The ARN pattern of the executions of a state machine, given its name. */
  readonly executionsArn: (machineName: pulumi.Input<string>) => pulumi.Output<string>;
  readonly includeIngestEndpoints: pulumi.Input<boolean>;
  readonly leadTimeMinutes: pulumi.Input<number> | undefined;
  readonly maxLiveHours: pulumi.Input<number>;
}

/** What the functions around StreamHealth use. */
export interface HealthResources
  extends Pick<WorkflowResources, "attempts" | "leases" | "events" | "onCall"> {
  readonly health: aws.sfn.StateMachine;
  readonly readiness: aws.sfn.StateMachine | undefined;
  readonly onChannelLost: "fail" | "restart";
  readonly alertMinutes: pulumi.Input<number>;
  readonly noInputMinutes: pulumi.Input<number>;
}

const progressed = streamLifecycleProgressed.detailType;

/** Lambda takes no empty variable. */
const leadTime = ({
  leadTimeMinutes = "none",
}: {
  leadTimeMinutes?: pulumi.Input<number | string> | undefined;
}) => pulumi.interpolate`${leadTimeMinutes}`;

/** What recovery and the sweep have in common: to fail an attempt, announce that, and have it torn down. */
const recoveryEnvironment = (resources: Resources): OwnArgsOf<"recover-execution">["environment"] => ({
  TABLE_NAME: resources.attempts.name,
  LEASE_TABLE_NAME: resources.leases.name,
  EVENT_BUS_NAME: resources.events.bus.name,
  ON_CALL_TOPIC_ARN: resources.onCall.arn,
  TEARDOWN_STATE_MACHINE_ARN: resources.teardown.arn,
  INCLUDE_INGEST_ENDPOINTS: pulumi.interpolate`${resources.includeIngestEndpoints}`,
});
const recoveryStatements = (resources: Resources): PolicyStatement[] => [
  {
    actions: ["dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
    resources: [resources.attempts.arn],
  },
  putEvents(resources.events.bus, [streamProvisionRequested.detailType, progressed]),
  { actions: ["sns:Publish"], resources: [resources.onCall.arn] },
  { actions: ["states:StartExecution"], resources: [resources.teardown.arn] },
];

/** Every function. Those that the StreamLifecycleOrchestrator invokes are made before it, and use less. */
export const functions = {
  "track-health": ({ attempts, leases, events, health, readiness, ...resources }: HealthResources) => ({
    environment: {
      TABLE_NAME: attempts.name,
      LEASE_TABLE_NAME: leases.name,
      EVENT_BUS_NAME: events.bus.name,
      HEALTH_STATE_MACHINE_ARN: health.arn,
      ALERT_MINUTES: pulumi.interpolate`${resources.alertMinutes}`,
      NO_INPUT_MINUTES: pulumi.interpolate`${resources.noInputMinutes}`,
    },
    statements: [
      { actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"], resources: [attempts.arn] },
      { actions: ["dynamodb:GetItem"], resources: [leases.arn] },
      putEvents(events.bus, streamHealthChanged.detailType),
      { actions: ["states:StartExecution"], resources: [health.arn] },
      ...(readiness ? [{ actions: ["states:SendTaskSuccess"], resources: [readiness.arn] }] : []),
      { actions: ["sqs:SendMessage"], resources: [events.deadLetters.arn] },
    ],
    timeoutSeconds: 30,
  }),
  "act-on-health": ({
    attempts,
    events,
    onCall,
    onChannelLost,
  }: Omit<HealthResources, "health" | "readiness" | "leases">) => ({
    environment: {
      TABLE_NAME: attempts.name,
      EVENT_BUS_NAME: events.bus.name,
      ON_CALL_TOPIC_ARN: onCall.arn,
      ON_CHANNEL_LOST: onChannelLost,
    },
    statements: [
      {
        actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"],
        resources: [attempts.arn],
      },
      putEvents(events.bus, [progressed, streamHealthChanged.detailType]),
      { actions: ["sns:Publish"], resources: [onCall.arn] },
    ],
    timeoutSeconds: 60,
  }),
  "compose-notification": ({
    attempts,
    events,
    targets,
  }: Pick<WorkflowResources, "attempts" | "events"> & { targets: readonly NotificationTarget[] }) => ({
    environment: {
      TABLE_NAME: attempts.name,
      EVENT_BUS_NAME: events.bus.name,
      NOTIFICATION_TARGETS: JSON.stringify(targets),
    },
    statements: [
      {
        actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"],
        resources: [attempts.arn],
      },
      putEvents(events.bus, streamNotification.detailType),
      { actions: ["sqs:SendMessage"], resources: [events.deadLetters.arn] },
    ],
    timeoutSeconds: 30,
  }),
  "get-health-status": ({ attempts, orchestrator, events }: Resources) => ({
    environment: {
      TABLE_NAME: attempts.name,
      STATE_MACHINE_ARN: orchestrator.arn,
      EVENT_BUS_NAME: events.bus.name,
    },
    statements: [
      { actions: ["dynamodb:DescribeTable"], resources: [attempts.arn] },
      { actions: ["states:DescribeStateMachine"], resources: [orchestrator.arn] },
      { actions: ["events:DescribeEventBus"], resources: [events.bus.arn] },
    ],
    timeoutSeconds: 10,
  }),
  "create-stream-workflow": ({ attempts, orchestrator, executionsArn }: Resources) => ({
    environment: { TABLE_NAME: attempts.name, STATE_MACHINE_ARN: orchestrator.arn },
    statements: [
      { actions: ["dynamodb:Query"], resources: [attempts.arn] },
      { actions: ["states:StartExecution"], resources: [orchestrator.arn] },
      { actions: ["states:DescribeExecution"], resources: [executionsArn(orchestrator.name)] },
    ],
    timeoutSeconds: 25,
  }),
  "update-stream-status": (resources: Resources) => ({
    environment: {
      TABLE_NAME: resources.attempts.name,
      EVENT_BUS_NAME: resources.events.bus.name,
      LEAD_TIME_MINUTES: leadTime(resources),
    },
    statements: [
      { actions: ["dynamodb:Query", "dynamodb:UpdateItem"], resources: [resources.attempts.arn] },
      putEvents(resources.events.bus, progressed),
    ],
    timeoutSeconds: 25,
  }),
  "read-streams": ({ attempts, orchestrator, executionsArn }: Resources) => ({
    environment: { TABLE_NAME: attempts.name, STATE_MACHINE_ARN: orchestrator.arn },
    statements: [
      {
        actions: ["dynamodb:Query"],
        resources: [attempts.arn, pulumi.interpolate`${attempts.arn}/index/${attemptIndexes.byRequest.name}`],
      },
      // A stream that its workflow has not stored yet.
      { actions: ["states:DescribeExecution"], resources: [executionsArn(orchestrator.name)] },
    ],
    timeoutSeconds: 25,
  }),
  "validate-provision-request": ({ attempts, leases, teardown, graceMinutes }: WorkflowResources) => ({
    environment: {
      TABLE_NAME: attempts.name,
      LEASE_TABLE_NAME: leases.name,
      TEARDOWN_STATE_MACHINE_ARN: teardown.arn,
    },
    statements: [
      { actions: ["dynamodb:Query", "dynamodb:GetItem"], resources: [attempts.arn] },
      { actions: ["dynamodb:BatchGetItem", "dynamodb:PutItem"], resources: [leases.arn] },
      // The time after COMPLETE is over when the stream is requested again.
      ...(graceMinutes === 0
        ? []
        : [
            { actions: ["dynamodb:UpdateItem"], resources: [attempts.arn] },
            { actions: ["states:StartExecution"], resources: [teardown.arn] },
          ]),
    ],
    timeoutSeconds: 60,
  }),
  "handle-provision-failure": (resources: WorkflowResources) => ({
    environment: {
      TABLE_NAME: resources.attempts.name,
      LEASE_TABLE_NAME: resources.leases.name,
      EVENT_BUS_NAME: resources.events.bus.name,
      ON_CALL_TOPIC_ARN: resources.onCall.arn,
    },
    statements: [
      {
        actions: ["dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
        resources: [resources.attempts.arn],
      },
      { actions: ["dynamodb:Scan", "dynamodb:DeleteItem"], resources: [resources.leases.arn] },
      putEvents(resources.events.bus, progressed),
      { actions: ["sns:Publish"], resources: [resources.onCall.arn] },
    ],
    timeoutSeconds: 60,
  }),
  "resume-orchestration": ({ attempts, orchestrator, events, ...resources }: Resources) => ({
    environment: { TABLE_NAME: attempts.name, LEAD_TIME_MINUTES: leadTime(resources) },
    statements: [
      { actions: ["dynamodb:Query", "dynamodb:UpdateItem"], resources: [attempts.arn] },
      { actions: ["states:SendTaskSuccess", "states:SendTaskFailure"], resources: [orchestrator.arn] },
      { actions: ["sqs:SendMessage"], resources: [events.deadLetters.arn] },
    ],
    timeoutSeconds: 30,
  }),
  "send-webhook": ({
    targets,
  }: {
    targets: readonly { name: string; url: pulumi.Input<string>; secretArn: pulumi.Input<string> }[];
  }) => ({
    environment: { WEBHOOK_TARGETS: pulumi.jsonStringify(targets) },
    statements: [
      {
        actions: ["secretsmanager:GetSecretValue"],
        resources: targets.map(({ secretArn }) => secretArn),
      },
    ],
    timeoutSeconds: 15,
    // Receivers are outside.
    isOutside: true,
  }),
  "probe-manifest": () => ({ environment: {}, statements: [], timeoutSeconds: 30, isOutside: true }),
  "recover-execution": (resources: Resources) => ({
    environment: recoveryEnvironment(resources),
    statements: [
      ...recoveryStatements(resources),
      { actions: ["dynamodb:Scan", "dynamodb:DeleteItem"], resources: [resources.leases.arn] },
      { actions: ["sqs:SendMessage"], resources: [resources.events.deadLetters.arn] },
    ],
    timeoutSeconds: 60,
  }),
  "sweep-streams": (resources: Resources) => ({
    environment: {
      ...recoveryEnvironment(resources),
      STATE_MACHINE_ARN: resources.orchestrator.arn,
      MAX_LIVE_HOURS: pulumi.interpolate`${resources.maxLiveHours}`,
    },
    statements: [
      ...recoveryStatements(resources),
      {
        actions: ["dynamodb:Query"],
        resources: [pulumi.interpolate`${resources.attempts.arn}/index/${attemptIndexes.byStatus.name}`],
      },
      {
        actions: ["dynamodb:Scan"],
        resources: [pulumi.interpolate`${resources.attempts.arn}/index/${attemptIndexes.byUnpublished.name}`],
      },
      { actions: ["dynamodb:Scan", "dynamodb:DeleteItem"], resources: [resources.leases.arn] },
      { actions: ["states:ListExecutions"], resources: [resources.orchestrator.arn] },
      {
        actions: ["states:DescribeExecution"],
        resources: [resources.executionsArn(resources.orchestrator.name)],
      },
    ],
    timeoutSeconds: 120,
  }),
} as const satisfies { readonly [Name in FunctionName]: (resources: never) => OwnArgsOf<Name> };

/** The functions that use what most of them use. */
export type CommonFunctionName = {
  [Name in FunctionName]: Resources extends Parameters<(typeof functions)[Name]>[0] ? Name : never;
}[FunctionName];

/** The functions that can be made before the state machines. */
export type WorkflowFunctionName = {
  [Name in FunctionName]: WorkflowResources extends Parameters<(typeof functions)[Name]>[0] ? Name : never;
}[FunctionName];
