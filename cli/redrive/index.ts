// The build bundles this file with the AWS SDK, so that an installed package needs no SDK of its own for its commands.
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { AwsCredentials } from "../../contracts/sign-request";
import { type Redriven, redrive } from "./redrive";

// On Node.js 20, the SDK tells at each start that its later versions want another Node.js. This one is bundled, and stays as it is.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/** Redrives a queue with the AWS SDK's own credentials and endpoint, in the queue's Region where its URL names one. */
export function redriveQueue(queueUrl: string, tell: (line: string) => void): Promise<Redriven> {
  // https://sqs.eu-west-1.amazonaws.com/123456789012/name
  const region = /^https:\/\/sqs\.([a-z0-9-]+)\./.exec(queueUrl)?.[1];
  const settings = region === undefined ? {} : { region };
  return redrive({
    sqs: new SQSClient(settings),
    lambda: new LambdaClient(settings),
    sfn: new SFNClient(settings),
    queueUrl,
    tell,
  });
}

/** The AWS SDK's own credentials (environment, profile, SSO, role) and Region, which the operators' commands sign with. */
export function standardChain(): {
  credentials(): Promise<AwsCredentials>;
  /** Undefined where neither the environment nor the profile names one. */
  region(): Promise<string | undefined>;
} {
  const { config } = new SFNClient({});
  return {
    credentials: () => config.credentials(),
    region: () => config.region().catch(() => undefined),
  };
}
