import type * as aws from "@pulumi/aws";

/**
 * The resources of a `StreamOrchestration`, for what its arguments do not reach: an alarm on a metric, a policy of yours, a dependency. What an argument names, such as
 * `events.busName`, is the existing resource.
 *
 * A `StreamOrchestration` relies on how it has configured its resources. To change one of their inputs, give the component `transforms`.
 */
export interface StreamOrchestrationNodes {
  readonly api: aws.apigatewayv2.Api;
  /** The table of attempts. Its items are internal: read streams by the API. */
  readonly attemptsTable: aws.dynamodb.Table;
  /** The table of channel leases. Its items are internal. */
  readonly leasesTable: aws.dynamodb.Table;
  readonly eventBus: aws.cloudwatch.EventBus;
  /** Gets the events that could not be delivered. */
  readonly deadLetterQueue: aws.sqs.Queue;
  readonly onCallTopic: aws.sns.Topic;
  readonly alarmTopic: aws.sns.Topic;
  /** The group of the schedules that streams get at run time. */
  readonly scheduleGroup: aws.scheduler.ScheduleGroup;
  readonly stateMachines: {
    readonly StreamLifecycleOrchestrator: aws.sfn.StateMachine;
    readonly StreamTeardown: aws.sfn.StateMachine;
    readonly StreamSweep: aws.sfn.StateMachine;
    readonly StreamHealth: aws.sfn.StateMachine;
    /** With `readiness` alone. */
    readonly StreamReadiness?: aws.sfn.StateMachine;
    /** With a signed webhook in `notify` alone. */
    readonly StreamWebhooks?: aws.sfn.StateMachine;
  };
  /** The Lambda functions by the names of their handlers, such as `create-stream-workflow`. */
  readonly functions: { readonly [handler: string]: aws.lambda.Function };
}
