import { maxWaitForReleaseSeconds, workflowError } from "../../../contracts/internal";
import type { Retrier } from "./asl";

/**
 * Which errors are worth a second try, for each service. Step Functions names an error by the integration: an optimized
 * integration has a prefix and spelling of its own (`DynamoDB.`), an SDK integration another (`DynamoDb.`), and ends each
 * name in `Exception`.
 *
 * An error that the service's API model does not name gets the name of the base exception in the SDK behind the integration: of the
 * AWS SDK for Java 1 for an optimized one (`DynamoDB.AmazonDynamoDBException`, `Lambda.AWSLambdaException`), of version 2 for an SDK one
 * (`DynamoDb.DynamoDbException`). A service's faults may come by that name alone, so that each retrier has it.
 */

/** A failed expression would fail again, and the call before it is already done: never repeat it. */
const noRetry = (...errors: string[]): Retrier => ({ ErrorEquals: errors, MaxAttempts: 0 });

/** Throttles and passing faults: about half a minute of tries, spread so that executions do not try in step. */
const retry = (...errors: string[]): Retrier => ({
  ErrorEquals: errors,
  IntervalSeconds: 1,
  MaxAttempts: 6,
  BackoffRate: 2,
  MaxDelaySeconds: 20,
  JitterStrategy: "FULL",
});

const releaseWaitSeconds = 5;

/**
 * ValidateProvisionRequest finds its own lease again, so that it may be repeated whatever stopped it, save for its own
 * verdict on the request.
 */
export const validateRetriers: readonly Retrier[] = [
  noRetry(
    workflowError("ProvisionRequestInvalid"),
    workflowError("StreamAlreadyActive"),
    workflowError("StreamCancelled"),
    workflowError("NoChannelAvailable"),
  ),
  // A channel is being given back by a stream that has ended, and may have to start before it can be stopped.
  {
    ErrorEquals: [workflowError("ChannelReleasePending")],
    IntervalSeconds: releaseWaitSeconds,
    MaxAttempts: maxWaitForReleaseSeconds / releaseWaitSeconds,
    BackoffRate: 1,
  },
  noRetry("States.QueryEvaluationError"),
  retry("States.ALL"),
];

/**
 * The errors by which Lambda says that a function died, and not that its code threw: it ran out of time or memory, or its process or an
 * extension ended. Step Functions passes them on as they are, and calls those without a name `Lambda.Unknown`.
 *
 * Sources: the Step Functions guide, "Handle transient Lambda service exceptions"; `fatalerror.go` and
 * `lambda-managed-instances/rapid/model/error_types.go` of github.com/aws/aws-lambda-runtime-interface-emulator, which is Lambda's own
 * runtime supervisor. What a second try cannot mend is left out: a missing entry point or working directory, too many extensions, an
 * answer that is too large.
 */
export const functionDied = [
  "Lambda.Unknown",
  "Sandbox.Timedout",
  // The name of earlier supervisors.
  "Sandbox.Timeout",
  "Sandbox.Failure",
  "Runtime.ExitError",
  "Runtime.OutOfMemory",
  "Runtime.InitError",
  "Runtime.InvokeTimeout",
  "Runtime.TruncatedResponse",
  "Runtime.Unknown",
  "Function.Unknown",
  // A layer that a team adds may bring an extension.
  "Extension.Crash",
  "Extension.ExitError",
  "Extension.InitError",
  "Extension.LaunchError",
] as const;

/**
 * For a function that the next sweep invokes again anyway. A sweep that is repeated finds its own leases again.
 */
export const recurringFunctionRetriers: readonly Retrier[] = [
  {
    ErrorEquals: [
      "Lambda.ClientExecutionTimeoutException",
      "Lambda.ServiceException",
      "Lambda.AWSLambdaException",
      "Lambda.SdkClientException",
      "Lambda.TooManyRequestsException",
      ...functionDied,
      "States.Timeout",
    ],
    IntervalSeconds: 5,
    MaxAttempts: 2,
  },
];

/** What `act-on-health` has done stands on the item: two minutes of tries, and then the next sweep. */
export const actOnHealthRetriers: readonly Retrier[] = [
  noRetry("States.QueryEvaluationError"),
  {
    ErrorEquals: ["States.ALL"],
    IntervalSeconds: 2,
    MaxAttempts: 6,
    BackoffRate: 2,
    MaxDelaySeconds: 40,
    JitterStrategy: "FULL",
  },
];

/** Every step of HandleProvisionFailure is idempotent, and it is the last chance to tell of a failure: five minutes. */
export const handleFailureRetriers: readonly Retrier[] = [
  noRetry("States.QueryEvaluationError"),
  {
    ErrorEquals: ["States.ALL"],
    IntervalSeconds: 2,
    MaxAttempts: 9,
    BackoffRate: 2,
    MaxDelaySeconds: 60,
    JitterStrategy: "FULL",
  },
];

/** The optimized DynamoDB integration. Each write carries a condition that makes a repetition harmless. */
export const dynamoDbRetriers: readonly Retrier[] = [
  retry(
    "DynamoDB.ProvisionedThroughputExceededException",
    "DynamoDB.RequestLimitExceededException",
    "DynamoDB.ThrottlingException",
    "DynamoDB.InternalServerErrorException",
    "DynamoDB.AmazonDynamoDBException",
    "DynamoDB.SdkClientException",
    "States.Timeout",
  ),
];

/** The same service by its SDK integration, as only that has the callback pattern. */
export const dynamoDbSdkRetriers: readonly Retrier[] = [
  retry(
    "DynamoDb.ProvisionedThroughputExceededException",
    "DynamoDb.RequestLimitExceededException",
    "DynamoDb.ThrottlingException",
    "DynamoDb.InternalServerErrorException",
    "DynamoDb.DynamoDbException",
    "DynamoDb.SdkClientException",
  ),
];

/** The same for a call that answers at once: its timeout is no confirmation that did not come. */
export const dynamoDbSdkReadRetriers: readonly Retrier[] = [...dynamoDbSdkRetriers, retry("States.Timeout")];

/** PutEvents succeeds as a call even where an entry failed; the integration turns that into an error of its own. */
export const eventBridgeRetriers: readonly Retrier[] = [
  retry(
    "EventBridge.FailedEntry",
    "EventBridge.ThrottlingException",
    "EventBridge.InternalException",
    "EventBridge.AmazonEventBridgeException",
    "EventBridge.SdkClientException",
    "States.Timeout",
  ),
];

export const mediaLiveRetriers: readonly Retrier[] = [
  retry(
    "MediaLive.TooManyRequestsException",
    "MediaLive.InternalServerErrorException",
    "MediaLive.BadGatewayException",
    "MediaLive.GatewayTimeoutException",
    "MediaLive.MediaLiveException",
    "MediaLive.SdkClientException",
    "States.Timeout",
  ),
];

export const schedulerRetriers: readonly Retrier[] = [
  retry(
    "Scheduler.ThrottlingException",
    "Scheduler.InternalServerException",
    "Scheduler.SchedulerException",
    "Scheduler.SdkClientException",
    "States.Timeout",
  ),
];

export const snsRetriers: readonly Retrier[] = [
  retry(
    "SNS.ThrottledException",
    "SNS.ThrottlingException",
    "SNS.InternalErrorException",
    "SNS.AmazonSNSException",
    "SNS.SdkClientException",
    "States.Timeout",
  ),
];

/** The throttle and the faults are among the errors that all actions of the service have in common, and in the model of none. */
export const stepFunctionsRetriers: readonly Retrier[] = [
  retry(
    "Sfn.SfnException",
    "Sfn.ThrottlingException",
    "Sfn.InternalFailureException",
    "Sfn.ServiceUnavailableException",
    "Sfn.SdkClientException",
    "States.Timeout",
  ),
];

/**
 * CloudFront's API model names neither its throttle nor its faults. A stale ETag is not among these: the same call would send the same
 * ETag again.
 */
export const cloudFrontRetriers: readonly Retrier[] = [
  retry(
    "CloudFront.CloudFrontException",
    "CloudFront.ThrottlingException",
    "CloudFront.ServiceUnavailableException",
    "CloudFront.SdkClientException",
    "States.Timeout",
  ),
];

/** The optimized SQS integration. A letter that is kept twice is sent again twice, under the same id. */
export const sqsRetriers: readonly Retrier[] = [
  retry(
    "SQS.RequestThrottledException",
    "SQS.AmazonSQSException",
    "SQS.SdkClientException",
    "States.Timeout",
  ),
];

/** A receiver that is down for less than a day gets its notifications: as often, and for as long, as EventBridge tries an API destination. */
export const webhookRetriers: readonly Retrier[] = [
  noRetry(workflowError("WebhookRefused"), "States.QueryEvaluationError"),
  {
    ErrorEquals: ["States.ALL"],
    IntervalSeconds: 10,
    MaxAttempts: 185,
    BackoffRate: 2,
    MaxDelaySeconds: 480,
    JitterStrategy: "FULL",
  },
];
