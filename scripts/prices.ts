/**
 * What AWS charges, where a document states what a deployment costs: in US dollars, in us-east-1, beyond the free tiers, as the pages stated it on
 * 2026-11-26. Other Regions may charge more.
 */
export const prices = {
  /** A transition of a Standard workflow. Source: https://aws.amazon.com/step-functions/pricing/ */
  stateTransition: 0.025 / 1000,
  /** A request to an HTTP API. Source: https://aws.amazon.com/api-gateway/pricing/ */
  apiRequest: 1 / 1e6,
  /** An invocation of a function. Source: https://aws.amazon.com/lambda/pricing/ */
  invocation: 0.2 / 1e6,
  /** A gigabyte of an arm64 function's memory, for a second. Source: https://aws.amazon.com/lambda/pricing/ */
  gigabyteSecond: 0.0000133334,
  /** On demand: a write of up to 1 KB into a table or an index. Source: https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  writeUnit: 0.625 / 1e6,
  /** On demand: a consistent read of up to 4 KB. Source: https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  readUnit: 0.125 / 1e6,
  /** A custom event of up to 64 KB. Source: https://aws.amazon.com/eventbridge/pricing/ */
  event: 1 / 1e6,
  /** A run of a schedule. Source: https://aws.amazon.com/eventbridge/pricing/ */
  scheduleRun: 1 / 1e6,
  /** A VPC's interface endpoint in one zone, for an hour. Source: https://aws.amazon.com/privatelink/pricing/ */
  interfaceEndpointHour: 0.01,
  /** A metric that an alarm watches, for a month, beyond the ten free ones of an account. Source: https://aws.amazon.com/cloudwatch/pricing/ */
  alarmMetric: 0.1,
  /** A metric of one's own for a month, beyond the ten free ones of an account; billed for the hours in which it gets a value. Source: the same page. */
  customMetric: 0.3,
  /** A dashboard for a month, beyond the three free ones of an account. Source: the same page. */
  dashboard: 3,
};

/** The month in which AWS's own examples reckon. */
export const daysInMonth = 30;
