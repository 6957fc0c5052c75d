import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { executions, type Metric, own, requests, throttledInvocations, visibleMessages } from "./metrics";

/** What the alarms look at. */
export interface Watched {
  readonly attempts: aws.dynamodb.Table;
  readonly deadLetters: aws.sqs.Queue;
  readonly apiId: pulumi.Input<string>;
  readonly orchestrator: aws.sfn.StateMachine;
  /** The state machines of which no execution is to fail. */
  readonly guards: { readonly [name: string]: aws.sfn.StateMachine };
  readonly sweepIntervalMinutes: pulumi.Input<number>;
  /** The pool. */
  readonly channels: pulumi.Input<readonly { readonly draining?: boolean | undefined }[]>;
}

/** One alarm. It goes off when the metric, or the sum of the metrics, reaches the threshold. */
export interface AlarmDefinition {
  /** What has happened and what to do, in sentences. */
  readonly description: string;
  /** The heading of its entry in `docs/runbook.md`. */
  readonly runbook: string;
  /** CloudWatch takes ten at most, and bills each. */
  readonly metrics: readonly Metric[];
  readonly statistic: "Sum" | "Maximum" | "p90";
  /** Seconds. */
  readonly period: number;
  readonly threshold: pulumi.Input<number>;
  /** @default 1 */
  readonly evaluationPeriods?: pulumi.Input<number>;
  /** @default - all of `evaluationPeriods` */
  readonly datapointsToAlarm?: number;
  /** Whether the topic is told, too, when the alarm is over. The next minute without a failed execution says nothing of what was left. */
  readonly tellsEnd?: true;
}

/** How an execution ends otherwise than well. */
const endings = ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"] as const;

export type Definitions = { readonly [suffix: string]: AlarmDefinition };

/** With periods of a minute, CloudWatch evaluates a day at most. */
const maxPeriods = 1440;

/** So many minutes pass without a sweep that says the same before an alarm is over: what a sweep sees lasts until the next one at least. */
function overTwoSweeps({ sweepIntervalMinutes }: Watched) {
  return {
    period: 60,
    evaluationPeriods: pulumi
      .output(sweepIntervalMinutes)
      .apply((minutes) => Math.min(2 * minutes + 1, maxPeriods)),
    datapointsToAlarm: 1,
  };
}

/** Each of these tells of something that no retry mended. */
export function guardAlarms(watched: Watched): Definitions {
  const failures = Object.entries(watched.guards).flatMap(([machine, stateMachine]) =>
    endings.map((metricName): [string, AlarmDefinition] => [
      `${machine}-${metricName}`,
      {
        description: `An execution of ${machine} did not succeed: its error and cause say what may still run, and what to do. StreamSweep tries again.`,
        runbook: `${machine} did not succeed`,
        metrics: [executions(stateMachine, metricName)],
        statistic: "Sum",
        ...(machine === "StreamSweep" ? overTwoSweeps(watched) : { period: 60 }),
        threshold: 1,
      },
    ]),
  );
  return {
    "dead-letters": {
      description:
        "An event or a schedule reached nobody. Look at the messages of the dead-letter queue, mend the cause, and run 'npm run redrive'.",
      runbook: "Dead letters",
      metrics: [visibleMessages(watched.deadLetters)],
      statistic: "Maximum",
      period: 60,
      threshold: 1,
      tellsEnd: true,
    },
    ...Object.fromEntries(failures),
  };
}

/** Tells of notifications that StreamWebhooks has lost: it could neither deliver them nor keep them as dead letters. */
export function webhookAlarms(webhooks: aws.sfn.StateMachine): Definitions {
  return {
    "StreamWebhooks-failures": {
      description:
        "StreamWebhooks could neither deliver a notification nor put it into the dead-letter queue. The input of the failed execution is the notification.",
      runbook: "StreamWebhooks did not succeed",
      metrics: endings.map((name) => executions(webhooks, name)),
      statistic: "Sum",
      // The alarm is told to the targets as well: the webhook that fails would repeat it once a period.
      period: 3600,
      threshold: 1,
    },
  };
}

/** At most one in ten channels is free. A pool of one or two is empty whenever it is used, which is nothing to tell. */
const smallestPool = 3;

/** Each of these tells of something that goes wrong more often than on-call's messages about single streams say. */
export function workloadAlarms(watched: Watched): Definitions {
  const { attempts, apiId, orchestrator } = watched;
  return {
    "StreamLifecycleOrchestrator-failures": {
      description:
        "Three attempts at streams failed, timed out or were stopped within 15 minutes. Compare the errors in on-call's messages: one cause for all of them is a fault of the deployment or of AWS.",
      runbook: "Many attempts fail",
      metrics: endings.map((name) => executions(orchestrator, name)),
      statistic: "Sum",
      period: 900,
      threshold: 3,
      tellsEnd: true,
    },
    "StreamLifecycleOrchestrator-throttled": {
      description:
        "Step Functions throttles the state transitions of StreamLifecycleOrchestrator: streams start later. Ask for a higher quota, or start fewer streams at once.",
      runbook: "Executions are throttled",
      metrics: [executions(orchestrator, "ExecutionThrottled")],
      statistic: "Sum",
      period: 300,
      threshold: 1,
      tellsEnd: true,
    },
    "api-5xx": {
      description:
        "The API answered three requests with 5xx within five minutes. Look for the error in the function's log, by the request's id in the access log.",
      runbook: "The API answers 5xx",
      metrics: [requests(apiId, "5xx")],
      statistic: "Sum",
      period: 300,
      // As many tries as most clients make: one request that keeps failing is enough.
      threshold: 3,
      tellsEnd: true,
    },
    "api-latency": {
      description:
        "One in ten requests to the API has taken more than five seconds, for 15 minutes. Look which AWS service answers the functions late.",
      runbook: "The API is slow",
      metrics: [requests(apiId, "Latency")],
      statistic: "p90",
      period: 300,
      threshold: 5000,
      evaluationPeriods: 3,
      tellsEnd: true,
    },
    "function-errors": {
      description:
        "Functions ended in an error ten times within five minutes. Look for 'The invocation failed.' in the functions' logs: each line has the reason.",
      runbook: "Functions fail",
      metrics: [own(attempts, "FunctionErrors")],
      statistic: "Sum",
      period: 300,
      // Lambda tries an event three times, and a workflow a state up to nine times: one of them has an alarm of its own in the end.
      threshold: 10,
      tellsEnd: true,
    },
    "function-throttles": {
      description:
        "Lambda throttled ten invocations of this account and Region within five minutes: all functions share one concurrency. Find the function that uses it up, or ask for a higher quota.",
      runbook: "Functions are throttled",
      metrics: [throttledInvocations],
      statistic: "Sum",
      period: 300,
      threshold: 10,
      tellsEnd: true,
    },
    "channels-in-use": {
      description:
        "Nine of ten channels of the pool, or more, are in use. A request that finds no free channel fails with NoChannelAvailable: end streams that are over, or add channels.",
      runbook: "The pool is nearly empty",
      metrics: [own(attempts, "ChannelsInUse")],
      statistic: "Maximum",
      ...overTwoSweeps(watched),
      threshold: pulumi.output(watched.channels).apply(poolThreshold),
      tellsEnd: true,
    },
    "channels-down": {
      description:
        "The channels of streams that were up stopped twice within 15 minutes. Look at MediaLive and at the streams' sources: on-call's messages name the streams.",
      runbook: "Channels stop",
      metrics: [own(attempts, "HealthChanges", { Health: "CHANNEL_DOWN" })],
      statistic: "Sum",
      period: 900,
      threshold: 2,
      tellsEnd: true,
    },
  };
}

/** @returns how many channels in use make a pool nearly empty; more than it has for a pool that is too small for that. */
export function poolThreshold(channels: readonly { readonly draining?: boolean | undefined }[]): number {
  const open = channels.filter(({ draining }) => draining !== true).length;
  return open < smallestPool ? channels.length + 1 : Math.ceil(0.9 * open);
}
