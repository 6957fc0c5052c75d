import type { ServiceCall } from "../calls/calls";
import { AwsError, ConnectionLost } from "../services";

/** How a call fails: as its service throttles, as it breaks down, without any answer, or with an error of one's own. */
export type FaultError =
  | "throttle"
  | "5xx"
  | "timeout"
  | { readonly code: string; readonly message: string; readonly statusCode?: number };

type Words = readonly [code: string, message: string, statusCode: number];

/** Each service has words of its own; the names are those that the SDKs and the workflow's retriers know. */
const wordsOf: { readonly [service in ServiceCall["service"]]: { throttle: Words; broken: Words } } = {
  CloudFront: {
    throttle: ["Throttling", "Rate exceeded", 400],
    broken: ["ServiceUnavailable", "CloudFront is temporarily unable to handle the request.", 503],
  },
  DynamoDB: {
    throttle: [
      "ProvisionedThroughputExceededException",
      "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
      400,
    ],
    broken: ["InternalServerError", "Internal server error", 500],
  },
  EventBridge: {
    throttle: ["ThrottlingException", "Rate exceeded", 400],
    broken: ["InternalException", "An internal error occurred.", 500],
  },
  Lambda: {
    throttle: ["TooManyRequestsException", "Rate Exceeded.", 429],
    broken: ["ServiceException", "The AWS Lambda service encountered an internal error.", 500],
  },
  MediaLive: {
    throttle: ["TooManyRequestsException", "Too many requests", 429],
    broken: ["InternalServerErrorException", "Internal server error", 500],
  },
  Scheduler: {
    throttle: ["ThrottlingException", "Rate exceeded", 429],
    broken: ["InternalServerException", "Internal server error", 500],
  },
  SNS: {
    throttle: ["Throttling", "Rate exceeded", 400],
    broken: ["InternalError", "Internal error", 500],
  },
  SQS: {
    throttle: ["RequestThrottled", "Request is throttled.", 400],
    broken: ["InternalFailure", "The request processing has failed because of an unknown error.", 500],
  },
  StepFunctions: {
    throttle: ["ThrottlingException", "Rate exceeded", 400],
    broken: ["InternalFailure", "The request processing has failed because of an unknown error.", 500],
  },
};

/** @returns what the caller of a service sees. */
export function faultError(service: ServiceCall["service"], error: FaultError): AwsError {
  if (error === "timeout") return new ConnectionLost();
  if (typeof error === "object") return new AwsError(error.code, error.message, error.statusCode ?? 400);
  const { throttle, broken } = wordsOf[service];
  return new AwsError(...(error === "throttle" ? throttle : broken));
}
