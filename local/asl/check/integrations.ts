/** Whether an integration can wait for a task token. Source: Developer Guide, "Integrating services with Step Functions". */
interface Integration {
  readonly callback: boolean;
}

const optimized = (callback: boolean): Integration => ({ callback });
/** SDK integrations of STANDARD workflows all offer the callback pattern. */
const sdk: Integration = { callback: true };

/**
 * The integrations of AWS that the workflows use, by what follows `arn:aws:states:::`. AWS refuses a definition with an
 * integration that it does not have; before another one is used, it is looked up in the Developer Guide and added here.
 */
export const integrations: { readonly [name: string]: Integration } = {
  "lambda:invoke": optimized(true),
  "events:putEvents": optimized(true),
  "sns:publish": optimized(true),
  // The optimized DynamoDB integration has no callback pattern; the SDK integration does.
  "dynamodb:getItem": optimized(false),
  "dynamodb:putItem": optimized(false),
  "dynamodb:updateItem": optimized(false),
  "dynamodb:deleteItem": optimized(false),
  "aws-sdk:dynamodb:query": sdk,
  "aws-sdk:dynamodb:updateItem": sdk,
  "aws-sdk:cloudfront:getDistributionConfig": sdk,
  "aws-sdk:cloudfront:updateDistribution": sdk,
  "aws-sdk:medialive:describeChannel": sdk,
  "aws-sdk:medialive:startChannel": sdk,
  "aws-sdk:medialive:stopChannel": sdk,
  "aws-sdk:scheduler:createSchedule": sdk,
  "aws-sdk:scheduler:deleteSchedule": sdk,
  "aws-sdk:sfn:describeExecution": sdk,
};

export const callbackSuffix = ".waitForTaskToken";

const resourcePattern = /^arn:aws[a-z-]*:states:::([\w:-]+?)(\.[\w:]+)?$/;

/** @returns what is wrong with a Task's `Resource`; undefined when nothing is. */
export function integrationProblem(resource: string): string | undefined {
  const [, name = "", pattern = ""] = resourcePattern.exec(resource) ?? [];
  if (name === "events:waitForEvent") {
    return `the integration '${resource}' does not exist in AWS; to wait for an event, store the task token with ${callbackSuffix} and have a rule's target send it back.`;
  }
  const integration = integrations[name];
  if (!integration) {
    const known = Object.keys(integrations).join(", ");
    return `the integration '${resource}' is not one of those known to exist in AWS: ${known}.`;
  }
  if (pattern !== "" && pattern !== callbackSuffix) {
    return `the pattern '${pattern}' of '${resource}' is not used here; allowed is ${callbackSuffix}.`;
  }
  if (pattern === callbackSuffix && !integration.callback) {
    return `the integration '${name}' cannot wait for a task token; use its SDK integration, aws-sdk:${name}.`;
  }
  return undefined;
}
